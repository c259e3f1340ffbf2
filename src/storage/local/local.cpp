// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/local/local.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "base/path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/text.h"
#include "os/folder.h"
#include "storage/storage.h"
#include "storage/unfinished.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

/// What is set on files and folders that are made.
struct Permissions {
  std::uint32_t unfinished = 0600;
  std::uint32_t file = 0400;
  std::uint32_t folder = 0700;
};

constexpr Permissions for_a_group{.unfinished = 0660, .file = 0440, .folder = 0770};

/// What the storage and its drafts share. Drafts hold a reference: they never outlive the storage.
class Shared {
 public:
  explicit Shared(std::unique_ptr<os::Folder> folder) : folder_(std::move(folder)) {}

  [[nodiscard]] os::Folder& folder() const { return *folder_; }

  /// A new file that nobody else may read.
  Result<std::unique_ptr<os::OutFile>> create(const RelativePath& file, ByteCount size) {
    const auto permissions = TRY(this->permissions());
    auto made = TRY(folder_->create(file, size));
    set_if_possible(file, permissions.unfinished);
    return made;
  }

  /// Gives a finished file its name, which is not yet durable.
  Result<> publish(const RelativePath& unfinished, const RelativePath& name) {
    const auto permissions = TRY(this->permissions());
    TRY(make_folders(name.folder()));
    TRY(folder_->rename(unfinished, name, os::Existing::keep));
    set_if_possible(name, permissions.file);
    return {};
  }

  Result<> make_folders(const RelativePath& folder) {
    if (folder.is_root()) return {};
    if (TRY(is_there(folder))) return {};
    const auto permissions = TRY(this->permissions());
    TRY(make_folders(folder.folder()));
    TRY(folder_->make_folders(folder));
    set_if_possible(folder, permissions.folder);
    return {};
  }

  void touched(const RelativePath& folder) {
    touched_.with([&](std::set<RelativePath>& folders) { folders.insert(folder); });
  }

  Result<> sync_touched() {
    auto folders =
        touched_.with([](std::set<RelativePath>& touched) { return std::exchange(touched, {}); });
    while (!folders.empty()) {
      auto synced = folder_->sync(*folders.begin());
      if (!synced) {
        touched_.with([&](std::set<RelativePath>& touched) { touched.merge(folders); });
        return synced;
      }
      folders.erase(folders.begin());
    }
    return {};
  }

 private:
  Result<bool> is_there(const RelativePath& folder) {
    const auto entry = TRY(folder_->look(folder));
    return entry.has_value();
  }

  /// FAT, exFAT and many servers have no permissions: their own protection has to do.
  void set_if_possible(const RelativePath& path, std::uint32_t permissions) {
    static_cast<void>(folder_->set_permissions(path, permissions));
  }

  /// Asked when something is made, and then known: nobody changes a repository's group under way.
  Result<Permissions> permissions() {
    const auto known = permissions_.with([](const std::optional<Permissions>& had) { return had; });
    if (known) return *known;
    const auto config = TRY(folder_->look(RelativePath::known("config")));
    if (!config) return Permissions{};
    constexpr std::uint32_t group_reads = 0040;
    const auto found = (config->permissions & group_reads) != 0 ? for_a_group : Permissions{};
    permissions_.with([&](std::optional<Permissions>& had) { had = found; });
    return found;
  }

  std::unique_ptr<os::Folder> folder_;
  Guarded<std::set<RelativePath>> touched_;
  Guarded<std::optional<Permissions>> permissions_;
};

class LocalDraft final : public Draft {
 public:
  LocalDraft(Shared& shared, RelativePath unfinished, std::unique_ptr<os::OutFile> file)
      : shared_(shared), unfinished_(std::move(unfinished)), file_(std::move(file)) {}

  LocalDraft(const LocalDraft&) = delete;
  LocalDraft& operator=(const LocalDraft&) = delete;

  ~LocalDraft() override {
    if (published_) return;
    file_.reset();
    static_cast<void>(shared_.folder().remove(unfinished_));
  }

  Result<> write(ByteView bytes) override { return file_->write(bytes); }

  Result<> cut_back_to(ByteCount size) override { return file_->cut_back_to(size); }

  void bear_time(Instant modified) override { modified_ = modified; }

  Result<> publish(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    TRY(file_->finish(modified_));
    TRY(shared_.publish(unfinished_, path));
    published_ = true;
    shared_.touched(path.folder());
    return {};
  }

 private:
  Shared& shared_;
  RelativePath unfinished_;
  std::unique_ptr<os::OutFile> file_;
  std::optional<Instant> modified_;
  bool published_ = false;
};

class Local final : public Storage {
 public:
  explicit Local(std::unique_ptr<os::Folder> folder) : shared_(std::move(folder)) {}

  [[nodiscard]] std::string where() const override {
    return shown(shared_.folder().where().native());
  }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    auto entries = shared_.folder().list(path);
    if (!entries && entries.error().cause == Cause::not_found) return std::vector<Listed>{};
    if (!entries) return fail(std::move(entries).error());
    std::vector<Listed> files;
    for (os::Entry& entry : *entries)
      if (entry.type == os::Entry::Type::file)
        files.push_back({.name = std::move(entry.name), .size = entry.size});
    return files;
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    std::vector<Listed> files;
    TRY(add_below(path, "", files));
    std::ranges::sort(files, {}, &Listed::name);
    return files;
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    const auto entry = TRY(shared_.folder().look(path));
    if (!entry || entry->type != os::Entry::Type::file) return std::nullopt;
    return entry->size;
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override {
    const auto path = TRY(RelativePath::parse(name));
    return TRY(shared_.folder().open(path, reading));
  }

  Result<> put(std::string_view name, ByteView bytes) override {
    const auto path = TRY(RelativePath::parse(name));
    TRY(shared_.make_folders(path.folder()));
    const auto unfinished = RelativePath::known(unfinished_.name());
    auto stored = store(unfinished, path, bytes);
    if (!stored) static_cast<void>(shared_.folder().remove(unfinished));
    TRY(std::move(stored));
    return shared_.folder().sync(path.folder());
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override {
    auto unfinished = RelativePath::known(unfinished_.name());
    auto file = TRY(shared_.create(unfinished, size));
    return std::make_unique<LocalDraft>(shared_, std::move(unfinished), std::move(file));
  }

  Result<> make_durable() override { return shared_.sync_touched(); }

  Result<> make_folder(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    return shared_.make_folders(path);
  }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    const auto source = TRY(RelativePath::parse(from));
    const auto target = TRY(RelativePath::parse(to));
    TRY(shared_.make_folders(target.folder()));
    TRY(shared_.folder().rename(source, target, existing));
    TRY(shared_.folder().sync(target.folder()));
    return shared_.folder().sync(source.folder());
  }

  Result<std::optional<ByteCount>> free_space() override { return shared_.folder().free_space(); }

  Result<> remove(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return shared_.folder().remove(path);
  }

  Result<> begin_writing_as(std::string_view writer) override {
    return unfinished_.belong_to(writer, *this);
  }

  Result<> sync_removals(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    auto synced = shared_.folder().sync(path);
    if (!synced && synced.error().cause == Cause::not_found) return {};
    return synced;
  }

 private:
  Result<> add_below(const RelativePath& folder,
                     const std::string& before,
                     std::vector<Listed>& files) {
    const auto entries = shared_.folder().list(folder);
    if (!entries && entries.error().cause == Cause::not_found) return {};
    if (!entries) return fail(entries.error());
    for (const os::Entry& entry : *entries) {
      if (entry.type == os::Entry::Type::file)
        files.push_back({.name = before + entry.name, .size = entry.size});
      if (entry.type == os::Entry::Type::folder)
        TRY(add_below(folder / entry.name, before + entry.name + '/', files));
    }
    return {};
  }

  Result<> store(const RelativePath& unfinished, const RelativePath& path, ByteView bytes) {
    auto file = TRY(shared_.create(unfinished, ByteCount{bytes.size()}));
    TRY(file->write(bytes));
    TRY(file->finish(std::nullopt));
    return shared_.publish(unfinished, path);
  }

  Shared shared_;
  UnfinishedFiles unfinished_;
};

}  // namespace

std::unique_ptr<Storage> make_local(std::unique_ptr<os::Folder> folder) {
  return std::make_unique<Local>(std::move(folder));
}

}  // namespace keepsake::storage
