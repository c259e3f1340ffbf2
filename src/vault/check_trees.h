// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/check.h"
#include "vault/repository.h"
#include "vault/snapshot.h"
#include "vault/tree.h"

#include <cstddef>
#include <cstring>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

namespace keepsake::vault {

struct BlobHash {
  std::size_t operator()(const BlobId& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
  }
};

using BlobSet = std::unordered_set<BlobId, BlobHash>;

/// Walks every snapshot and looks at each tree once: its rules, that its files' blobs are indexed
/// and add up to their sizes. What memory it takes grows with the number of trees, a bit each, and
/// with the damage.
class TreeCheck {
 public:
  /// `lost` are blobs of file data that no pack can give.
  TreeCheck(const Repository& repository, const BlobSet& lost, CheckReport& report);

  /// Adds findings, and lost blobs that are in no index. Causes: absent, cancelled.
  Result<> look_at(std::span<const Snapshot> snapshots, const std::stop_token& stop);

  /// Adds the paths that suffer, in the newest snapshot first. After `look_at`.
  Result<> find_broken_paths(std::span<const Snapshot> snapshots, const std::stop_token& stop);

 private:
  struct Level {
    BlobId tree;
    std::vector<Node> nodes;
    std::size_t next = 0;
    std::size_t path_size = 0;
    bool suffers = false;
  };

  Result<> look_below(const Snapshot& snapshot, const std::stop_token& stop);
  Result<> enter(const BlobId& tree);
  bool is_new(const BlobId& tree);
  bool look_at_file(const Node& file);
  void leave();
  void suffer();
  bool suffers(const Node& file);
  Result<> list_below(const Snapshot& snapshot, const std::stop_token& stop);
  Result<> enter_suffering(const FileId& snapshot, const BlobId& tree);
  void add_broken(const FileId& snapshot);
  void add_finding(Finding::Kind kind, std::string thing, std::string message);
  [[nodiscard]] std::string place() const;

  const Repository& repository_;
  const BlobSet& lost_;
  CheckReport& report_;
  std::vector<bool> seen_;  ///< trees, by their number in the index
  BlobSet seen_outside_;    ///< trees that are in no index
  BlobSet missing_;         ///< blobs of file data that are in no index
  BlobSet suffering_;       ///< trees that cannot be read, or have something broken below them
  BlobSet unreadable_;      ///< of those the first kind
  std::vector<Level> levels_;
  std::string path_;
  FileId snapshot_;
};

}  // namespace keepsake::vault
