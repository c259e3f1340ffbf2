// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/index.h"

#include "base/result.h"
#include "vault/blob.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::size_t first_slots = 1024;
constexpr std::uint32_t most_entries = 0x7ffffffe;

}  // namespace

// The first place of a blob stands in the table, the others follow it as a chain. A blob whose
// places were all removed stays in the table as a removed entry, so that what was entered behind it
// is still found; the next time the table grows it goes.

Index& Index::operator=(Index&& other) noexcept {
  if (this == &other) return *this;
  const std::scoped_lock lock(mutex_, other.mutex_);
  packs_ = std::move(other.packs_);
  numbers_ = std::move(other.numbers_);
  entries_ = std::move(other.entries_);
  slots_ = std::move(other.slots_);
  used_ = std::exchange(other.used_, 0);
  count_ = std::exchange(other.count_, 0);
  return *this;
}

void Index::add(const PackContents& pack) {
  const std::scoped_lock lock(mutex_);
  if (const auto known = numbers_.find(pack.pack); known != numbers_.end()) {
    auto blobs = places_in(pack.pack);
    const auto before = blobs.size();
    for (const BlobPlace& blob : pack.blobs)
      if (std::find(blobs.begin(), blobs.end(), blob) == blobs.end()) blobs.push_back(blob);
    if (blobs.size() == before) return;
    forget(pack.pack);
    add_new(pack.pack, blobs);
    return;
  }
  add_new(pack.pack, pack.blobs);
}

void Index::add_new(const FileId& pack, std::span<const BlobPlace> blobs) {
  expect(entries_.size() + blobs.size() < most_entries, "a vault has fewer than 2^31 blobs");
  const auto number = static_cast<std::uint32_t>(packs_.size());
  numbers_.emplace(pack, number);
  packs_.push_back({.id = pack,
                    .first = static_cast<std::uint32_t>(entries_.size()),
                    .count = static_cast<std::uint32_t>(blobs.size())});
  for (const BlobPlace& blob : blobs) {
    entries_.push_back({.id = blob.id,
                        .pack = number,
                        .kind = blob.kind == BlobKind::tree ? 1U : 0U,
                        .next = 0,
                        .offset = blob.offset,
                        .length = blob.length,
                        .plain_length = blob.plain_length});
    make_room();
    enter(static_cast<std::uint32_t>(entries_.size() - 1));
  }
  count_ += blobs.size();
}

void Index::remove(const FileId& pack) {
  const std::scoped_lock lock(mutex_);
  forget(pack);
}

void Index::forget(const FileId& pack) {
  const auto known = numbers_.find(pack);
  if (known == numbers_.end()) return;
  Pack& gone = packs_[known->second];
  for (std::uint32_t i = 0; i < gone.count; ++i) leave(gone.first + i);
  count_ -= gone.count;
  gone.count = 0;
  numbers_.erase(known);
}

std::optional<Index::Found> Index::find(BlobKind kind, const BlobId& id) const {
  const std::shared_lock lock(mutex_);
  const auto number = number_in_table(kind, id);
  if (!number) return std::nullopt;
  return found(entries_[*number]);
}

std::vector<Index::Found> Index::find_all(BlobKind kind, const BlobId& id) const {
  std::vector<Found> all;
  const std::shared_lock lock(mutex_);
  const auto first = number_in_table(kind, id);
  if (!first) return all;
  for (std::uint32_t at = *first + 1; at != 0; at = entries_[at - 1].next)
    all.push_back(found(entries_[at - 1]));
  return all;
}

std::optional<std::uint32_t> Index::number_of(BlobKind kind, const BlobId& id) const {
  const std::shared_lock lock(mutex_);
  return number_in_table(kind, id);
}

std::size_t Index::numbers() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

bool Index::contains_pack(const FileId& pack) const {
  const std::shared_lock lock(mutex_);
  return numbers_.contains(pack);
}

std::size_t Index::blob_count() const {
  const std::shared_lock lock(mutex_);
  return count_;
}

std::optional<std::uint32_t> Index::number_in_table(BlobKind kind, const BlobId& id) const {
  if (slots_.empty()) return std::nullopt;
  const auto number = slots_[slot_of(kind, id)];
  if (number == 0 || entries_[number - 1].pack == nothing) return std::nullopt;
  return number - 1;
}

std::vector<FileId> Index::packs() const {
  const std::shared_lock lock(mutex_);
  std::vector<FileId> all;
  all.reserve(numbers_.size());
  for (const auto& [id, number] : numbers_) all.push_back(id);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<BlobPlace> Index::blobs_of(const FileId& pack) const {
  const std::shared_lock lock(mutex_);
  return places_in(pack);
}

std::vector<BlobPlace> Index::places_in(const FileId& pack) const {
  std::vector<BlobPlace> blobs;
  const auto known = numbers_.find(pack);
  if (known == numbers_.end()) return blobs;
  const Pack& its = packs_[known->second];
  blobs.reserve(its.count);
  for (std::uint32_t i = 0; i < its.count; ++i)
    blobs.push_back(found(entries_[its.first + i]).place);
  std::sort(blobs.begin(), blobs.end(), [](const BlobPlace& a, const BlobPlace& b) {
    return std::tie(a.offset, a.id) < std::tie(b.offset, b.id);
  });
  return blobs;
}

/// Keeps the table at most three quarters full.
void Index::make_room() {
  if ((used_ + 1) * 4 <= slots_.size() * 3) return;
  const auto size = std::max(first_slots, slots_.size() * 2);
  const auto old = std::exchange(slots_, std::vector<std::uint32_t>(size));
  used_ = 0;
  for (const std::uint32_t number : old) {
    if (number == 0 || entries_[number - 1].pack == nothing) continue;
    const Entry& entry = entries_[number - 1];
    slots_[slot_of(entry.kind != 0 ? BlobKind::tree : BlobKind::data, entry.id)] = number;
    ++used_;
  }
}

void Index::enter(std::uint32_t number) {
  Entry& entry = entries_[number];
  std::uint32_t& slot =
      slots_[slot_of(entry.kind != 0 ? BlobKind::tree : BlobKind::data, entry.id)];
  if (slot == 0) {
    ++used_;
    slot = number + 1;
    return;
  }
  Entry& first = entries_[slot - 1];
  if (first.pack == nothing) {
    slot = number + 1;
    return;
  }
  entry.next = first.next & 0x7fffffffU;
  first.next = (number + 1) & 0x7fffffffU;
}

void Index::leave(std::uint32_t number) {
  Entry& entry = entries_[number];
  std::uint32_t& slot =
      slots_[slot_of(entry.kind != 0 ? BlobKind::tree : BlobKind::data, entry.id)];
  if (slot == number + 1) {
    if (entry.next != 0) slot = entry.next;
  } else {
    std::uint32_t before = slot;
    while (entries_[before - 1].next != number + 1) before = entries_[before - 1].next;
    entries_[before - 1].next = entry.next & 0x7fffffffU;
  }
  entry.next = 0;
  entry.pack = nothing;
}

/// Where a blob stands in the table, or the free place where it would.
std::size_t Index::slot_of(BlobKind kind, const BlobId& id) const {
  const auto mask = slots_.size() - 1;
  const std::uint32_t wanted = kind == BlobKind::tree ? 1 : 0;
  auto slot = Hash()(id) & mask;
  for (;; slot = (slot + 1) & mask) {
    const auto number = slots_[slot];
    if (number == 0) return slot;
    const Entry& entry = entries_[number - 1];
    if (entry.kind == wanted && entry.id == id) return slot;
  }
}

Index::Found Index::found(const Entry& entry) const {
  return {.pack = packs_[entry.pack].id,
          .place = {.kind = entry.kind != 0 ? BlobKind::tree : BlobKind::data,
                    .id = entry.id,
                    .offset = entry.offset,
                    .length = entry.length,
                    .plain_length = entry.plain_length}};
}

}  // namespace keepsake::vault
