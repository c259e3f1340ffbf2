// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/objects.h"

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/random_access.h"
#include "os/spool.h"
#include "storage/unfinished.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace keepsake::storage {

namespace {

constexpr ByteCount most_in_memory{24 << 20};  // of one draft; packs are smaller
constexpr std::size_t block_size = std::size_t{4} << 20U;

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
    Parcel parcel{.bytes = std::string(text_of(bytes))};
    return store(name, parcel);
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override;

  /// An answer that all is well means that it is stored for good.
  Result<> make_durable() override { return {}; }

  Result<> make_folder(std::string_view folder) override {
    return folder.empty() ? objects_->make_root() : Result<>();
  }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    const auto source = TRY(RelativePath::parse(from));
    const auto target = TRY(RelativePath::parse(to));
    return objects_->rename(source, target, existing);
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

  Result<> store(std::string_view name, Parcel& parcel) {
    const auto path = TRY(RelativePath::parse(name));
    if (!being_written_.begin(path.text()))
      return fail(Cause::conflict, "it is being written already");
    auto stored = store_if_free(path, parcel);
    being_written_.end(path.text());
    return stored;
  }

 private:
  Result<> store_if_free(const RelativePath& path, Parcel& parcel) {
    const auto taken = TRY(objects_->size_of(path));
    if (taken) return fail(Cause::conflict, "there is one of that name already");
    auto stored = objects_->store(path, parcel);
    if (stored || stored.error().cause != Cause::conflict) return stored;
    // A server says the same of a second attempt whose first one arrived.
    const bool same = TRY(holds(*objects_, path, parcel));
    return same ? Result<>() : stored;
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

class DraftHere final : public Draft {
 public:
  DraftHere(ObjectStorage& storage, ByteCount size) : storage_(storage) {
    parcel_.bytes.reserve(std::min(size, most_in_memory).value);
  }

  Result<> write(ByteView bytes) override {
    if (!spool_ && parcel_.bytes.size() + bytes.size() > most_in_memory.value) {
      spool_ = TRY(os::make_spool());
      TRY(spool_->write(bytes_of(parcel_.bytes)));
      parcel_ = {.bytes = {}, .file = spool_, .modified = parcel_.modified};
    }
    if (spool_) return spool_->write(bytes);
    parcel_.bytes += text_of(bytes);
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    if (spool_) return spool_->cut_back_to(size);
    parcel_.bytes.resize(std::min<std::size_t>(size.value, parcel_.bytes.size()));
    return {};
  }

  void bear_time(Instant modified) override { parcel_.modified = modified; }

  Result<> publish(std::string_view name) override { return storage_.store(name, parcel_); }

 private:
  ObjectStorage& storage_;
  Parcel parcel_;
  std::shared_ptr<os::Spool> spool_;  ///< the parcel's file
};

Result<std::unique_ptr<RandomAccess>> ObjectStorage::open(std::string_view name,
                                                          Reading /*reading*/) {
  const auto path = TRY(RelativePath::parse(name));
  const auto size = TRY(objects_->size_of(path));
  if (!size) return fail(Error{Cause::not_found, "it is not there", std::string(name)});
  return std::unique_ptr<RandomAccess>(std::make_unique<RemoteFile>(*objects_, path, *size));
}

Result<std::unique_ptr<Draft>> ObjectStorage::draft(ByteCount size) {
  return std::unique_ptr<Draft>(std::make_unique<DraftHere>(*this, size));
}

}  // namespace

Result<> Objects::rename(const RelativePath& from, const RelativePath& /*to*/, Existing /*how*/) {
  return fail(
      Error{Cause::unsupported, "files cannot be renamed here", from.text(), Scope::destination});
}

Result<bool> holds(Objects& objects, const RelativePath& name, const Parcel& parcel) {
  const auto there = TRY(objects.size_of(name));
  if (there != parcel.size()) return false;
  BytesInMemory in_memory(bytes_of(parcel.bytes));
  RandomAccess& wanted = parcel.file ? *parcel.file : static_cast<RandomAccess&>(in_memory);
  Bytes block(std::min<std::size_t>(block_size, there->value));
  Bytes stored(block.size());
  for (std::uint64_t at = 0; at < there->value; at += block.size()) {
    const auto count = TRY(wanted.read_at(at, block));
    const auto part = std::span(stored).first(count);
    TRY(objects.read(name, at, part));
    if (!std::ranges::equal(part, std::span(block).first(count))) return false;
  }
  return true;
}

std::unique_ptr<Storage> make_object_storage(std::string where,
                                             std::unique_ptr<Objects> objects,
                                             std::shared_ptr<void> server) {
  return std::make_unique<ObjectStorage>(std::move(where), std::move(objects), std::move(server));
}

}  // namespace keepsake::storage
