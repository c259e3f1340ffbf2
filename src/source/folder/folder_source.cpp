// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/folder_source.h"

#include "source/file_stream.h"
#include "source/folder/scan.h"

namespace keepsake::source {

namespace {

class FolderSource final : public Source {
 public:
  FolderSource(std::unique_ptr<os::Folder> folder, const Id128& id, os::Clock& clock)
      : folder_(std::move(folder)), id_(id), clock_(clock) {}

  Result<> note_changes(Changes& changes, std::stop_token stop) override {
    return Scan(*folder_, id_, clock_.now(), changes, std::move(stop)).run();
  }

  Result<std::unique_ptr<Bytestream>> open(const photo::AssetKey& /*asset*/,
                                           const photo::Rendition& rendition,
                                           std::stop_token /*stop*/) override {
    const auto path = TRY(RelativePath::parse(rendition.key));
    auto file = TRY(folder_->open(path, os::Reading::cached));
    return stream_of(std::move(file), rendition.source_version, Sum::none);
  }

 private:
  std::unique_ptr<os::Folder> folder_;
  Id128 id_;
  os::Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_folder_source(std::unique_ptr<os::Folder> folder,
                                           const Id128& id,
                                           os::Clock& clock) {
  return std::make_unique<FolderSource>(std::move(folder), id, clock);
}

}  // namespace keepsake::source
