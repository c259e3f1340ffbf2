// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/repository.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::vault {

/// How much of the packs is read.
struct CheckAmount {
  enum class Depth {
    none,   ///< presence and sizes
    packs,  ///< the SHA-256 of every pack
    blobs   ///< also every MAC, blob id, length, header against index
  };

  Depth depth = Depth::blobs;
  double share = 1;  ///< of the packs, 0 to 1, chosen at random
};

/// Something that is not as it must be.
struct Finding {
  enum class Kind { damaged, missing };

  Kind kind = Kind::damaged;
  std::string thing;    ///< "pack 5e0c…", "snapshot 5e0c…", "index 5e0c…", "tree 5e0c…", "config"
  std::string message;  ///< what is wrong, for a person
};

struct CheckReport {
  std::int64_t packs = 0;  ///< looked at
  std::int64_t blobs = 0;  ///< read and right
  ByteCount bytes_read;
  std::vector<Finding> findings;   ///< damage
  std::vector<std::string> notes;  ///< harmless

  /// Blobs that cannot be had from any pack, and packs that are not to be trusted, by id. Missing
  /// packs are among them.
  std::vector<std::pair<BlobKind, BlobId>> lost_blobs;
  std::vector<FileId> bad_packs;

  /// Files whose bytes cannot be read whole, in any snapshot, the newest first; at most
  /// `max_broken_paths`. A folder that cannot be read stands for all below it, an empty path for
  /// the whole snapshot.
  struct BrokenPath {
    FileId snapshot;
    std::string path;
  };

  std::vector<BrokenPath> broken_paths;
};

inline constexpr std::size_t max_broken_paths = 1'000'000;

struct CheckProgress {
  ByteCount done;
  ByteCount total;
};

/// The whole repository, also snapshots that other programs made: every snapshot, tree and blob
/// that can be reached is indexed and there; node rules; sizes; and as much reading as asked for.
/// Packs are read from disk, in one pass each, two at a time. Reads the index anew. Nothing is
/// written. `show_progress` is called by one thread at a time. Causes: absent, cancelled.
Result<CheckReport> check(Repository& repository,
                          const CheckAmount& amount,
                          const std::function<void(const CheckProgress&)>& show_progress,
                          const std::stop_token& stop);

}  // namespace keepsake::vault
