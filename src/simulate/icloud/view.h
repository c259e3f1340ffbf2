// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/zone.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace keepsake::simulate::icloud {

/// One of the lists that the web shows photos by.
struct View {
  enum class Kind {
    all,       ///< by capture date; neither hidden nor thrown away
    by_added,  ///< by the date they came; also hidden ones
    hidden,
    trashed,
    bursts,   ///< the frames that stand for their burst
    smart,    ///< what `of` says, such as "FAVORITE"
    album,    ///< what is in the album `of`
    arranged  ///< the same, in the order that its owner gave it
  };

  Kind kind = Kind::all;
  std::string of;

  friend auto operator<=>(const View&, const View&) = default;
};

/// The view that a query for records of that type lists, without what `of` says.
std::optional<View::Kind> listed_by(std::string_view record_type);

/// The view that an index of that name counts, such as "CPLAssetInSmartAlbumByAssetDate:Favorite".
std::optional<View> counted_by(std::string_view index);

/// The assets of views in their order, as numbers of records in their zone. Ranks are places in
/// such a list: 0 is the newest photo.
class Views {
 public:
  const std::vector<std::size_t>& list(const Zone& zone, const View& view);

 private:
  struct Kept {
    std::uint64_t position = 0;
    std::vector<std::size_t> assets;
  };

  std::map<std::tuple<Database, std::string, View>, Kept> kept_;
};

}  // namespace keepsake::simulate::icloud
