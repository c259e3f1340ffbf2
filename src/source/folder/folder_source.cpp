// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/folder_source.h"

#include "source/folder/scan.h"

namespace keepsake::source {

namespace {

class FileStream final : public Bytestream {
 public:
  FileStream(std::unique_ptr<os::InFile> file, std::string version)
      : file_(std::move(file)), version_(std::move(version)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override { return file_->read(buffer); }

  Result<> confirm() override {
    const auto entry = TRY(file_->look());
    if (to_text(stamp_of(entry)) != version_)
      return fail(Cause::changed,
                  "the file was written to while it was read; the next run takes it again");
    return {};
  }

 private:
  std::unique_ptr<os::InFile> file_;
  std::string version_;
};

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
    auto stream = std::make_unique<FileStream>(std::move(file), rendition.source_version);
    TRY(stream->confirm());
    return stream;
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
