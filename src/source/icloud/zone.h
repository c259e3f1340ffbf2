// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace keepsake::source::icloud {

/// CloudKit keeps what is an account's own apart from what others share with it.
enum class Database { own, shared };

/// As it stands in an address: "private", "shared".
std::string_view name(Database database);

/// A part of a database that changes as one: the library of an account, or one that it shares.
struct ZoneId {
  Database database = Database::own;
  std::string name;   ///< "PrimarySync", "SharedSync-<uuid>"
  std::string owner;  ///< who shares it; Apple's name for an account
  friend auto operator<=>(const ZoneId&, const ZoneId&) = default;

  /// Whether photos are in it; there are zones for other things.
  [[nodiscard]] bool is_library() const;
  [[nodiscard]] bool is_shared_library() const;
};

/// What the library of a zone is called in this program: the zone's name; its owner is appended
/// where that is somebody else.
std::string library_of(const ZoneId& zone);

/// The zone of a library: the reverse of `library_of`.
ZoneId zone_of(std::string_view library);

inline constexpr std::string_view own_library = "PrimarySync";

}  // namespace keepsake::source::icloud
