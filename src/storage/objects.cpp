// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/objects.h"

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/random_access.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace keepsake::storage {

namespace {

/// Of several writers of one name in this program, one gets it. (Writers elsewhere choose names
/// that nobody else has, as every file of a repository but its config is named by its content.)
class NamesBeingWritten {
 public:
  bool begin(const std::string& name) {
    return names_.with([&](std::set<std::string>& names) { return names.insert(name).second; });
  }

  void end(const std::string& name) {
    names_.with([&](std::set<std::string>& names) { names.erase(name); });
  }

 private:
  Guarded<std::set<std::string>> names_;
};

class ObjectStorage final : public Storage {
 public:
  ObjectStorage(std::string where, std::unique_ptr<Objects> objects, std::shared_ptr<void> server)
      : where_(std::move(where)), server_(std::move(server)), objects_(std::move(objects)) {}

  [[nodiscard]] std::string where() const override { return where_; }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    return objects_->list(path);
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    return objects_->list_below(path);
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return objects_->size_of(path);
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override;

  Result<> read_part(std::string_view name,
                     std::uint64_t position,
                     std::span<std::byte> buffer) override {
    const auto path = TRY(RelativePath::parse(name));
    return objects_->read(path, position, buffer).map_error(in(std::string(name)));
  }

  Result<> put(std::string_view name, ByteView bytes) override {
    std::string text(text_of(bytes));
    return store(name, text);
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override;

  /// An answer that all is well means that it is stored for good.
  Result<> make_durable() override { return {}; }

  Result<> make_folder(std::string_view folder) override {
    return folder.empty() ? objects_->make_root() : Result<>();
  }

  Result<> remove(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return objects_->remove(path);
  }

  /// A draft is memory until it is whole.
  Result<> begin_writing_as(std::string_view writer) override {
    return objects_->begin_writing_as(writer, *this);
  }

  Result<> sync_removals(std::string_view /*folder*/) override { return {}; }

  Result<> store(std::string_view name, std::string& bytes) {
    const auto path = TRY(RelativePath::parse(name));
    if (!being_written_.begin(path.text()))
      return fail(Cause::conflict, "it is being written already");
    auto stored = store_if_free(path, bytes);
    being_written_.end(path.text());
    return stored;
  }

 private:
  Result<> store_if_free(const RelativePath& path, std::string& bytes) {
    const auto taken = TRY(objects_->size_of(path));
    if (taken) return fail(Cause::conflict, "there is one of that name already");
    auto stored = objects_->store(path, bytes);
    if (stored || stored.error().cause != Cause::conflict) return stored;
    // A server says the same of a second attempt whose first one arrived.
    const bool same = TRY(holds(path, bytes));
    return same ? Result<>() : stored;
  }

  Result<bool> holds(const RelativePath& path, const std::string& bytes) {
    const auto there = TRY(objects_->size_of(path));
    if (!there || there->value != bytes.size()) return false;
    Bytes stored(bytes.size());
    TRY(objects_->read(path, 0, stored));
    return text_of(stored) == bytes;
  }

  std::string where_;
  std::shared_ptr<void> server_;  ///< goes after the conversation with it
  std::unique_ptr<Objects> objects_;
  NamesBeingWritten being_written_;
};

class RemoteFile final : public RandomAccess {
 public:
  RemoteFile(Objects& server, RelativePath name, ByteCount size)
      : server_(server), name_(std::move(name)), size_(size) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    if (position >= size_.value) return std::size_t{0};
    const auto count = std::min<std::uint64_t>(size_.value - position, buffer.size());
    TRY(server_.read(name_, position, buffer.first(count)));
    return static_cast<std::size_t>(count);
  }

 private:
  Objects& server_;
  RelativePath name_;
  ByteCount size_;
};

class DraftInMemory final : public Draft {
 public:
  DraftInMemory(ObjectStorage& storage, ByteCount size) : storage_(storage) {
    bytes_.reserve(size.value);
  }

  Result<> write(ByteView bytes) override {
    bytes_ += text_of(bytes);
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    bytes_.resize(std::min<std::size_t>(size.value, bytes_.size()));
    return {};
  }

  Result<> publish(std::string_view name) override { return storage_.store(name, bytes_); }

 private:
  ObjectStorage& storage_;
  std::string bytes_;
};

Result<std::unique_ptr<RandomAccess>> ObjectStorage::open(std::string_view name,
                                                          Reading /*reading*/) {
  const auto path = TRY(RelativePath::parse(name));
  const auto size = TRY(objects_->size_of(path));
  if (!size) return fail(Error{Cause::not_found, "it is not there", std::string(name)});
  return std::unique_ptr<RandomAccess>(std::make_unique<RemoteFile>(*objects_, path, *size));
}

Result<std::unique_ptr<Draft>> ObjectStorage::draft(ByteCount size) {
  return std::unique_ptr<Draft>(std::make_unique<DraftInMemory>(*this, size));
}

}  // namespace

std::unique_ptr<Storage> make_object_storage(std::string where,
                                             std::unique_ptr<Objects> objects,
                                             std::shared_ptr<void> server) {
  return std::make_unique<ObjectStorage>(std::move(where), std::move(objects), std::move(server));
}

}  // namespace keepsake::storage
