// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::destination::in_vault {

/// The albums of one source, as `albums.json` lists them: titles of folders and album, and the ids
/// of the assets in it, all sorted.
class AlbumList {
 public:
  /// A list that cannot be read has no albums.
  static AlbumList parse(std::string_view text);

  /// An album without assets goes away.
  void show(const std::vector<std::string>& titles, std::vector<std::string> assets);

  [[nodiscard]] bool empty() const { return albums_.empty(); }

  /// The same albums give the same bytes.
  [[nodiscard]] std::string to_json() const;

 private:
  std::map<std::vector<std::string>, std::vector<std::string>> albums_;
};

}  // namespace keepsake::destination::in_vault
