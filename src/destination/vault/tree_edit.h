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

/// How much of the tree before is looked at.
enum class Care {
  where_changed,  ///< other folders are known by their id and stay as they are
  everywhere      ///< every folder is read, as after damage, and what is lost left out
};

/// Changes to a snapshot's tree, by place.
class TreeEdit {
 public:
  void put(std::string_view place, vault::Node file);

  /// A file, or a folder with all in it.
  void remove(std::string_view place);

  [[nodiscard]] bool empty() const { return root_.folders.empty() && root_.entries.empty(); }

  /// Writes the folders that changed and those above them, and returns the new root; nothing when
  /// nothing is left. A folder that cannot be read any more counts as empty, and is told of in
  /// `warnings`.
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
