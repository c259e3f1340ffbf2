// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/read_back.h"

#include "crypto/sha.h"
#include "storage/wrapped.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

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

class ReadBack final : public Wrapped {
 public:
  using Wrapped::Wrapped;

  Result<> put(std::string_view name, ByteView bytes) override {
    TRY(inner().put(name, bytes));
    return compare(inner(), name, crypto::sha256(bytes));
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override {
    auto draft = TRY(inner().draft(size));
    return std::make_unique<CheckedDraft>(inner(), std::move(draft));
  }
};

}  // namespace

std::unique_ptr<Storage> with_read_back(std::unique_ptr<Storage> storage) {
  return std::make_unique<ReadBack>(std::move(storage));
}

}  // namespace keepsake::storage
