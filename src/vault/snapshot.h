// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "vault/blob.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::vault {

/// A file of `snapshots/`.
struct Snapshot {
  FileId id;         ///< of the stored file; not part of its JSON
  std::string time;  ///< RFC 3339 as it stands there
  std::optional<FileId> parent;
  BlobId tree;
  std::vector<std::string> paths;
  std::string hostname;
  std::string username;
  std::vector<std::string> tags;
  std::string program_version;

  /// The moment of `time`.
  [[nodiscard]] std::optional<Instant> instant() const;
  [[nodiscard]] bool has_tag(std::string_view tag) const;
};

inline constexpr ByteCount max_snapshot_json{16 << 20};

/// Unknown fields are passed over. Causes: corrupt.
Result<Snapshot> parse_snapshot(const FileId& id, std::string_view text);
std::string to_json(const Snapshot& snapshot);

}  // namespace keepsake::vault
