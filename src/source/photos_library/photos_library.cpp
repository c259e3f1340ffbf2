// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/photos_library.h"

#include "source/file_stream.h"
#include "source/photos_library/bundle.h"
#include "source/photos_library/library_scan.h"
#include "source/photos_library/places.h"

#include <utility>

namespace keepsake::source {

namespace {

class PhotosLibrary final : public Source {
 public:
  PhotosLibrary(std::unique_ptr<os::Folder> bundle,
                const Id128& id,
                std::filesystem::path work,
                os::Clock& clock)
      : places_(std::move(bundle)), id_(id), work_(std::move(work)), clock_(clock) {}

  Result<> note_changes(Changes& changes, std::stop_token stop) override {
    return photos::LibraryScan(places_, id_, work_, clock_.now(), changes, std::move(stop)).run();
  }

  Result<std::unique_ptr<Bytestream>> open(const photo::AssetKey& /*asset*/,
                                           const photo::Rendition& rendition,
                                           std::stop_token /*stop*/) override {
    auto file = TRY(places_.open(rendition.key));
    return stream_of(std::move(file), rendition.source_version, Sum::apple);
  }

 private:
  photos::Places places_;
  Id128 id_;
  std::filesystem::path work_;
  os::Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_photos_library_source(std::unique_ptr<os::Folder> bundle,
                                                   const Id128& id,
                                                   const std::filesystem::path& work,
                                                   os::Clock& clock) {
  return std::make_unique<PhotosLibrary>(std::move(bundle), id, work, clock);
}

Result<> check_photos_library(os::Folder& bundle) { return photos::check_bundle(bundle); }

}  // namespace keepsake::source
