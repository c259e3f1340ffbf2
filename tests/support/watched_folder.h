// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/folder.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace keepsake::tests {

enum class Operation { look, list, open, write };

enum class Fate {
  happens,
  torn,  ///< half of the bytes are written, then it fails
  fails
};

/// What a watched folder asks before everything it does, and the error of what shall not happen.
struct Watch {
  std::function<Fate(Operation, const RelativePath&)> fate;
  Error error{Cause::internal, "the test let it fail", {}, Scope::asset};
  bool clones = true;    ///< whether files can share blocks here
  bool links = true;     ///< whether files can have a second name
  bool symlinks = true;  ///< whether there are symbolic links

  [[nodiscard]] Result<> check(Operation operation, const RelativePath& path) const {
    if (fate && fate(operation, path) != Fate::happens) return fail(error);
    return {};
  }

  /// Writes all, half or nothing.
  template <class Write>
  Result<> write(const RelativePath& path, ByteView bytes, Write&& write) const {
    const Fate what = fate ? fate(Operation::write, path) : Fate::happens;
    if (what == Fate::happens) return write(bytes);
    if (what == Fate::torn) static_cast<void>(write(bytes.first(bytes.size() / 2)));
    return fail(error);
  }
};

/// A real folder in which operations fail at a test's will. The watch may change at any time.
class WatchedFolder final : public os::Folder {
 public:
  WatchedFolder(std::unique_ptr<os::Folder> folder, std::shared_ptr<Watch> watch)
      : folder_(std::move(folder)), watch_(std::move(watch)) {}

  [[nodiscard]] const std::filesystem::path& where() const override { return folder_->where(); }

  Result<std::optional<os::Entry>> look(const RelativePath& path) override {
    TRY(watch_->check(Operation::look, path));
    return folder_->look(path);
  }

  Result<std::vector<os::Entry>> list(const RelativePath& folder) override {
    TRY(watch_->check(Operation::list, folder));
    return folder_->list(folder);
  }

  Result<std::unique_ptr<os::InFile>> open(const RelativePath& file, os::Reading reading) override {
    TRY(watch_->check(Operation::open, file));
    return folder_->open(file, reading);
  }

  Result<Bytes> read_all(const RelativePath& file, ByteCount most) override {
    TRY(watch_->check(Operation::open, file));
    return folder_->read_all(file, most);
  }

  Result<std::unique_ptr<os::OutFile>> create(const RelativePath& file, ByteCount size) override {
    TRY(watch_->check(Operation::write, file));
    auto made = TRY(folder_->create(file, size));
    return std::unique_ptr<os::OutFile>(std::make_unique<Written>(std::move(made), watch_, file));
  }

  Result<> append(const RelativePath& file, ByteView bytes) override {
    return watch_->write(file, bytes, [&](ByteView some) { return folder_->append(file, some); });
  }

  Result<> rename(const RelativePath& from,
                  const RelativePath& to,
                  os::Existing existing) override {
    TRY(watch_->check(Operation::write, to));
    return folder_->rename(from, to, existing);
  }

  Result<> link(const RelativePath& from, const RelativePath& to) override {
    TRY(watch_->check(Operation::write, to));
    if (!watch_->links) return fail(Cause::unsupported, "no second names here");
    return folder_->link(from, to);
  }

  Result<std::unique_ptr<os::OutFile>> clone(const RelativePath& from,
                                             const RelativePath& to) override {
    TRY(watch_->check(Operation::write, to));
    if (!watch_->clones) return fail(Cause::unsupported, "no shared blocks here");
    auto made = TRY(folder_->clone(from, to));
    return std::unique_ptr<os::OutFile>(std::make_unique<Written>(std::move(made), watch_, to));
  }

  Result<> symlink(std::string_view target, const RelativePath& at) override {
    TRY(watch_->check(Operation::write, at));
    if (!watch_->symlinks) return fail(Cause::unsupported, "no symbolic links here");
    return folder_->symlink(target, at);
  }

  Result<std::string> read_link(const RelativePath& link) override {
    return folder_->read_link(link);
  }

  Result<> make_folders(const RelativePath& folder) override {
    TRY(watch_->check(Operation::write, folder));
    return folder_->make_folders(folder);
  }

  Result<> set_permissions(const RelativePath& path, std::uint32_t permissions) override {
    TRY(watch_->check(Operation::write, path));
    return folder_->set_permissions(path, permissions);
  }

  Result<> remove(const RelativePath& path) override {
    TRY(watch_->check(Operation::write, path));
    return folder_->remove(path);
  }

  Result<> sync(const RelativePath& folder) override {
    TRY(watch_->check(Operation::write, folder));
    return folder_->sync(folder);
  }

  Result<std::optional<ByteCount>> free_space() override { return folder_->free_space(); }

  Result<bool> is_case_insensitive() override { return folder_->is_case_insensitive(); }

 private:
  class Written final : public os::OutFile {
   public:
    Written(std::unique_ptr<os::OutFile> file, std::shared_ptr<Watch> watch, RelativePath path)
        : file_(std::move(file)), watch_(std::move(watch)), path_(std::move(path)) {}

    Result<> write(ByteView bytes) override {
      return watch_->write(path_, bytes, [&](ByteView some) { return file_->write(some); });
    }

    Result<> cut_back_to(ByteCount size) override {
      TRY(watch_->check(Operation::write, path_));
      return file_->cut_back_to(size);
    }

    Result<> finish(std::optional<Instant> modified) override {
      TRY(watch_->check(Operation::write, path_));
      return file_->finish(modified);
    }

   private:
    std::unique_ptr<os::OutFile> file_;
    std::shared_ptr<Watch> watch_;
    RelativePath path_;
  };

  std::unique_ptr<os::Folder> folder_;
  std::shared_ptr<Watch> watch_;
};

}  // namespace keepsake::tests
