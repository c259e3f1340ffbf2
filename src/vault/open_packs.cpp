// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/open_packs.h"

#include "crypto/cipher.h"

#include <algorithm>
#include <array>

namespace keepsake::vault {

namespace {

constexpr std::size_t packs_of_a_kind = 2;

std::size_t random_pick() {
  std::array<std::byte, 1> random{};
  crypto::fill_random(random);
  return std::to_integer<std::size_t>(random[0]) % packs_of_a_kind;
}

}  // namespace

Result<> OpenPacks::add(BlobKind kind,
                        const BlobId& id,
                        std::uint32_t plain_length,
                        ByteView sealed) {
  auto lent = TRY(lend(kind));
  const auto added = lent.pack->add(id, plain_length, sealed);
  const auto back = give_back(std::move(lent));
  return added ? back : added;
}

Result<OpenPacks::Lent> OpenPacks::lend(BlobKind kind) {
  const auto pick = random_pick();
  const auto which = static_cast<std::size_t>(kind);
  Lent lent;
  {
    const std::scoped_lock lock(mutex_);
    std::vector<std::size_t> usable;
    for (std::size_t i = 0; i < idle_.size(); ++i)
      if (idle_[i]->kind() == kind) usable.push_back(i);
    const bool room_for_one = usable.size() + lent_of_kind_[which] < packs_of_a_kind;
    const bool old_one = !usable.empty() && (pick < usable.size() || !room_for_one);
    if (old_one) {
      const auto chosen = idle_.begin() + static_cast<std::ptrdiff_t>(usable[pick % usable.size()]);
      lent.pack = std::move(*chosen);
      idle_.erase(chosen);
    }
    lent.round = round_;
    ++lent_of_round_;
    ++lent_of_kind_[which];
  }
  if (lent.pack) return lent;
  auto begun = PackBuilder::begin(storage_, kind);
  if (begun) {
    lent.pack = *std::move(begun);
    return lent;
  }
  const std::scoped_lock lock(mutex_);
  --(lent.round == round_ ? lent_of_round_ : lent_before_);
  --lent_of_kind_[which];
  returned_.notify_all();
  return fail(std::move(begun).error());
}

Result<> OpenPacks::give_back(Lent lent) {
  const BlobKind kind = lent.pack->kind();
  const bool done = lent.pack->is_full() || lent.pack->is_broken();
  Result<> result;
  if (done) result = finish(std::move(lent.pack));
  std::unique_lock lock(mutex_);
  const bool wanted = lent.round != round_;
  if (wanted && lent.pack) {
    lock.unlock();
    result = finish(std::move(lent.pack));
    lock.lock();
  }
  if (lent.pack) idle_.push_back(std::move(lent.pack));
  if (wanted && !result && !failure_) failure_ = result.error();
  --(lent.round == round_ ? lent_of_round_ : lent_before_);
  --lent_of_kind_[static_cast<std::size_t>(kind)];
  lock.unlock();
  returned_.notify_all();
  return result;
}

Result<> OpenPacks::finish(std::unique_ptr<PackBuilder> pack) {
  if (pack->blobs().empty()) return {};
  const auto published = pack->is_broken()
                             ? Result<FileId>(fail(Cause::internal, "a pack could not be written"))
                             : pack->publish(key_);
  const std::scoped_lock lock(mutex_);
  if (published) {
    written_ += pack->size();
    results_.published.push_back({*published, pack->blobs()});
    return {};
  }
  for (const BlobPlace& blob : pack->blobs()) results_.lost.emplace_back(blob.kind, blob.id);
  return fail(published.error());
}

Result<> OpenPacks::close_all() {
  std::vector<std::unique_ptr<PackBuilder>> packs;
  {
    const std::scoped_lock lock(mutex_);
    packs = std::exchange(idle_, {});
    ++round_;
    lent_before_ += std::exchange(lent_of_round_, 0);
    failure_.reset();
  }
  Result<> result;
  for (auto& pack : packs) {
    const auto finished = finish(std::move(pack));
    if (!finished && result) result = finished;
  }
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return lent_before_ == 0; });
  if (failure_ && result) return fail(*std::exchange(failure_, std::nullopt));
  return result;
}

PackResults OpenPacks::take_results() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(results_, {});
}

ByteCount OpenPacks::written() const {
  const std::scoped_lock lock(mutex_);
  return written_;
}

}  // namespace keepsake::vault
