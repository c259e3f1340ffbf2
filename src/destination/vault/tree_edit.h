// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "destination/vault/folders.h"
#include "vault/tree.h"
#include "vault/writer.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::destination::in_vault {

/// How the tree before is treated.
enum class Care {
  where_changed,  ///< what cannot be read of it stops everything: nothing kept is ever dropped so
  after_damage    ///< every folder is read; what is lost is left out, and told of
};

/// What stops a run that finds damage where it must add to what was there.
Error needs_repair(const Error& damage);

/// Changes to a snapshot's tree, by place.
class TreeEdit {
 public:
  void put(std::string_view place, vault::Node file);

  /// A file, or a folder with all in it.
  void remove(std::string_view place);

  [[nodiscard]] bool empty() const { return root_.folders.empty() && root_.entries.empty(); }

  /// Writes the folders that changed and those above them, and returns the new root; nothing when
  /// nothing is left. Causes: corrupt, when a folder cannot be read and no damage was reckoned
  /// with.
  Result<std::optional<vault::BlobId>> apply(const std::optional<vault::BlobId>& base,
                                             Folders& folders,
                                             vault::Writer& writer,
                                             Care care,
                                             std::vector<std::string>& warnings) const;

 private:
  struct Folder {
    std::map<std::string, Folder, std::less<>> folders;
    std::map<std::string, std::optional<vault::Node>, std::less<>> entries;
  };

  class Work;

  Folder& folder_at(std::string_view place);

  Folder root_;
};

}  // namespace keepsake::destination::in_vault
