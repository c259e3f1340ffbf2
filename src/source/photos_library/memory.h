// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "photo/asset.h"
#include "source/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source::photos {

/// What was learned of a file when it was last looked into.
struct KnownFile {
  std::string place;
  std::string version;                ///< its stamp, as last reported
  std::string state;                  ///< Member::state of then
  std::optional<Cause> hollow;        ///< it lies there, and there is nothing in it to keep
  std::vector<std::string> warnings;  ///< about its content
  std::optional<photo::Taken> taken;  ///< its own date
  std::optional<std::string> camera;
};

/// What was reported of an asset.
struct KnownAsset {
  std::string library;
  Digest told;  ///< sum_of the asset as it was reported
  std::vector<KnownFile> files;
};

/// The rows of source::Memory that this source keeps (docs/formats/catalog.md):
///   a <id> -> KnownAsset
///   d      -> the stamp of the database that was last listed to its end
class LibraryMemory {
 public:
  explicit LibraryMemory(Memory& memory) : memory_(memory) {}

  Result<std::optional<KnownAsset>> asset(std::string_view id);
  Result<> remember(std::string_view id, const KnownAsset& asset);
  Result<> forget(std::string_view id);

  /// Ids of assets reported, in their order, after one.
  Result<std::vector<std::string>> reported_after(std::string_view id, std::size_t most);

  Result<std::optional<std::string>> listed();
  Result<> note_listed(std::string_view stamp);

 private:
  Memory& memory_;
};

/// Changes when anything about the asset does.
Digest sum_of(const photo::Asset& asset);

}  // namespace keepsake::source::photos
