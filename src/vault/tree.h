// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "vault/blob.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::vault {

/// One entry of a folder in a snapshot.
struct Node {
  enum class Type { file, dir, symlink, other };

  std::string name;  ///< raw bytes, not empty; hostile names are kept as they are
  Type type = Type::file;
  std::uint32_t mode = 0;  ///< Go's FileMode number
  std::string modified;    ///< RFC 3339 as it stands there
  ByteCount size;          ///< of files
  std::vector<BlobId> content;
  std::optional<BlobId> subtree;
  std::string link_target;
};

inline constexpr ByteCount max_tree_json{512 << 20};

/// What is wrong with a tree that can be read all the same, in sentences for a person, a few at
/// most: nodes out of order or twice; names that are empty, `.`, `..` or have a '/' or NUL; types
/// that nobody knows; files without a list of blobs; folders without a tree.
using TreeFaults = std::vector<std::string>;

/// The nodes of a tree blob, in the order they stand there. Causes: corrupt.
Result<std::vector<Node>> parse_tree(std::string_view text, TreeFaults* faults = nullptr);

/// A tree blob of files and folders as this program writes them: in the order given, which must be
/// that of their names' bytes, no name twice; the same nodes are always the same bytes (mode 0600
/// and 0700 with their type's bit, uid and gid 0, all three times equal `modified`, no inode),
/// ended by one newline.
std::string to_tree_json(std::span<const Node> nodes);

/// A name as trees hold it (Go's strconv.Quote without the quotes), before JSON's own escapes.
std::string quoted_name(std::string_view raw);

/// Causes: corrupt.
Result<std::string> unquoted_name(std::string_view quoted);

/// "2024-05-01T10:20:30Z" with as many digits of a fraction as it has; years outside 0000 to 9999
/// become the nearest.
std::string node_time(Instant instant);
std::optional<Instant> instant_of(std::string_view node_time);

}  // namespace keepsake::vault
