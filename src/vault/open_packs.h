// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/index.h"
#include "vault/pack_builder.h"
#include "vault/seal.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace keepsake::vault {

/// What became of packs since it was last asked.
struct PackResults {
  std::vector<PackContents> published;  ///< not yet durable
  /// Blobs of packs that could not be finished: they are stored nowhere.
  std::vector<std::pair<BlobKind, BlobId>> lost;
};

/// The packs being filled. Each blob goes to one of two of its kind, chosen at random, so that the
/// order of blobs in packs does not tell what sizes followed each other (as restic does since
/// 0.18); while both are being written to, to one more. May be used by several threads.
class OpenPacks {
 public:
  OpenPacks(storage::Storage& storage, const MasterKey& key) : storage_(storage), key_(key) {}

  Result<> add(BlobKind kind, const BlobId& id, std::uint32_t plain_length, ByteView sealed);

  /// Finishes every pack, and waits for those that another thread is adding to. Returns the first
  /// failure; what could be finished is.
  Result<> close_all();

  PackResults take_results();

  /// Bytes written so far.
  [[nodiscard]] ByteCount written() const;

 private:
  struct Lent {
    std::unique_ptr<PackBuilder> pack;
    std::uint64_t round = 0;  ///< it was lent in this round of `close_all`
  };

  Result<Lent> lend(BlobKind kind);
  Result<> give_back(Lent lent);
  Result<> finish(std::unique_ptr<PackBuilder> pack);

  storage::Storage& storage_;
  const MasterKey& key_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<PackBuilder>> idle_;
  std::uint64_t round_ = 0;        ///< how often all packs were closed
  std::size_t lent_of_round_ = 0;  ///< packs lent in this round
  std::size_t lent_before_ = 0;    ///< packs lent in rounds before
  std::size_t lent_of_kind_[2]{};
  PackResults results_;
  std::optional<Error> failure_;  ///< of a pack that `close_all` waited for
  ByteCount written_;
};

}  // namespace keepsake::vault
