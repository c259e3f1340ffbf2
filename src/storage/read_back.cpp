// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/read_back.h"

#include "crypto/sha.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::size_t block_size = std::size_t{4} << 20U;

Result<Digest> digest_of(Storage& storage, std::string_view name) {
  const auto file = TRY(storage.open(name, Reading::from_disk));
  crypto::Sha256 sha256;
  Bytes block(std::min<std::uint64_t>(block_size, file->size().value));
  for (std::uint64_t at = 0; at < file->size().value;) {
    const auto count = TRY(file->read_at(at, block));
    if (count == 0) break;
    sha256.add(ByteView(block).first(count));
    at += count;
  }
  return sha256.finish();
}

Result<> compare(Storage& storage, std::string_view name, const Digest& wanted) {
  const auto found = digest_of(storage, name);
  if (found && *found == wanted) return {};
  if (!found && found.error().cause != Cause::corrupt) return fail(found.error());
  TRY(storage.remove(name));
  return fail(Error{Cause::corrupt,
                    "what was written is not what comes back; the drive or server is not to be "
                    "trusted, and nothing of it is counted",
                    std::string(name),
                    Scope::destination});
}

/// A pack's name is the digest of its bytes.
class CheckedDraft final : public Draft {
 public:
  CheckedDraft(Storage& storage, std::unique_ptr<Draft> draft)
      : storage_(storage), draft_(std::move(draft)) {}

  Result<> write(ByteView bytes) override { return draft_->write(bytes); }

  Result<> cut_back_to(ByteCount size) override { return draft_->cut_back_to(size); }

  void bear_time(Instant modified) override { draft_->bear_time(modified); }

  Result<> publish(std::string_view name) override {
    TRY(draft_->publish(name));
    const auto digest = Digest::from_hex(name.substr(name.rfind('/') + 1));
    return digest ? compare(storage_, name, *digest) : Result<>();
  }

 private:
  Storage& storage_;
  std::unique_ptr<Draft> draft_;
};

class ReadBack final : public Storage {
 public:
  explicit ReadBack(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}

  [[nodiscard]] std::string where() const override { return storage_->where(); }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    return storage_->list(folder);
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    return storage_->list_below(folder);
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    return storage_->size_of(name);
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override {
    return storage_->open(name, reading);
  }

  Result<> read_part(std::string_view name,
                     std::uint64_t position,
                     std::span<std::byte> buffer) override {
    return storage_->read_part(name, position, buffer);
  }

  Result<> put(std::string_view name, ByteView bytes) override {
    TRY(storage_->put(name, bytes));
    return compare(*storage_, name, crypto::sha256(bytes));
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override {
    auto draft = TRY(storage_->draft(size));
    return std::make_unique<CheckedDraft>(*storage_, std::move(draft));
  }

  Result<> make_durable() override { return storage_->make_durable(); }

  Result<> make_folder(std::string_view folder) override { return storage_->make_folder(folder); }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    return storage_->rename(from, to, existing);
  }

  Result<std::optional<ByteCount>> free_space() override { return storage_->free_space(); }

  Result<> remove(std::string_view name) override { return storage_->remove(name); }

  Result<> begin_writing_as(std::string_view writer) override {
    return storage_->begin_writing_as(writer);
  }

  Result<> sync_removals(std::string_view folder) override {
    return storage_->sync_removals(folder);
  }

 private:
  std::unique_ptr<Storage> storage_;
};

}  // namespace

std::unique_ptr<Storage> with_read_back(std::unique_ptr<Storage> storage) {
  return std::make_unique<ReadBack>(std::move(storage));
}

}  // namespace keepsake::storage
