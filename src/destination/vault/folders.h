// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vault/repository.h"
#include "vault/tree.h"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::destination::in_vault {

/// A folder's entries, in the order of their names' bytes.
using Nodes = std::shared_ptr<const std::vector<vault::Node>>;

/// Reads folders of snapshots, and remembers those last read: files are looked for one by one, and
/// their neighbours come next. May be used by several threads.
class Folders {
 public:
  explicit Folders(const vault::Repository& repository) : repository_(repository) {}

  /// What was read may be lost by now: it is read anew.
  void forget();

  /// Causes: not_found (in no index), corrupt.
  Result<Nodes> read(const vault::BlobId& tree);

  /// What lies at a place below a tree; nothing when it is positively not there.
  Result<std::optional<vault::Node>> find(const vault::BlobId& tree, std::string_view place);

  /// The names of the folders in a folder; none when that is not there.
  Result<std::vector<std::string>> names_in(const vault::BlobId& tree, std::string_view place);

  /// The sources that anything is kept of below a tree.
  Result<std::vector<std::string>> sources(const vault::BlobId& tree);

 private:
  const vault::Repository& repository_;
  std::mutex mutex_;
  std::list<std::pair<vault::BlobId, Nodes>> read_;  ///< the last one read comes first
};

}  // namespace keepsake::destination::in_vault
