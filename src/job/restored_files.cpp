// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/restored_files.h"

#include "transfer/read_back.h"

namespace keepsake::job {

namespace {

constexpr std::string_view unfinished = ".keepsake-part";

tl::unexpected<Error> another_is_there() {
  return fail(Cause::conflict, "a different file is there already; it was left as it is");
}

Result<> check_read(const Result<photo::Content>& read,
                    const std::optional<photo::Content>& content) {
  if (!read) return fail(read.error());
  if (!content || *read == *content) return {};
  return fail(Cause::corrupt,
              "the copy is damaged, so it was not restored; 'keepsake verify --repair' can heal it "
              "from another destination or the source");
}

}  // namespace

Result<RestoredFiles> RestoredFiles::into(const std::filesystem::path& folder,
                                          std::stop_token stop) {
  auto made = TRY(os::make_folder(folder));
  return RestoredFiles(std::move(made), std::move(stop));
}

Result<RestoredFiles::Outcome> RestoredFiles::restore(const std::string& path,
                                                      RandomAccess& from,
                                                      const std::optional<photo::Content>& content,
                                                      Instant modified) {
  const auto place = TRY(RelativePath::parse(path));
  const auto there = TRY(folder_->look(place));
  if (!there) {
    TRY(write(place, from, content, modified));
    return Outcome::written;
  }
  std::optional<photo::Content> wanted = content;
  if (!wanted) wanted = TRY(transfer::read_back(from, block_, stop_));
  TRY(has(path, *wanted));
  return Outcome::equal;
}

Result<bool> RestoredFiles::has(const std::string& path, const photo::Content& content) {
  const auto place = TRY(RelativePath::parse(path));
  const auto there = TRY(folder_->look(place));
  if (!there) return false;
  if (there->type != os::Entry::Type::file || there->size != content.size)
    return another_is_there();
  auto file = TRY(folder_->open(place, os::Reading::cached));
  const auto found = TRY(transfer::read_back(*file, block_, stop_));
  if (found != content) return another_is_there();
  return true;
}

Result<> RestoredFiles::restore_folder(const std::string& path) {
  const auto place = TRY(RelativePath::parse(path));
  return folder_->make_folders(place);
}

Result<RestoredFiles::Outcome> RestoredFiles::restore_link(const std::string& path,
                                                           const std::string& target) {
  const auto place = TRY(RelativePath::parse(path));
  const auto there = TRY(folder_->look(place));
  if (!there) {
    TRY(folder_->make_folders(place.folder()));
    TRY(folder_->symlink(target, place));
    return Outcome::written;
  }
  if (there->type != os::Entry::Type::link) return another_is_there();
  const auto found = TRY(folder_->read_link(place));
  if (found != target) return another_is_there();
  return Outcome::equal;
}

Result<> RestoredFiles::write(const RelativePath& path,
                              RandomAccess& from,
                              const std::optional<photo::Content>& content,
                              Instant modified) {
  TRY(folder_->make_folders(path.folder()));
  const auto part = RelativePath::known(path.text() + std::string(unfinished));
  TRY(folder_->remove(part));
  auto out = TRY(folder_->create(part, from.size()));
  const auto read =
      transfer::read_back(from, block_, stop_, [&](ByteView bytes) { return out->write(bytes); });
  auto right = check_read(read, content);
  if (right) {
    TRY(out->finish(modified));
    TRY(folder_->rename(part, path, os::Existing::keep));
    return folder_->sync(path.folder());
  }
  out.reset();
  TRY(folder_->remove(part));
  return right;
}

}  // namespace keepsake::job
