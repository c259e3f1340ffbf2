// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/zone.h"

namespace keepsake::source::icloud {

namespace {

constexpr std::string_view shared_prefix = "SharedSync-";
constexpr char before_owner = ':';

}  // namespace

std::string_view name(Database database) {
  return database == Database::own ? "private" : "shared";
}

bool ZoneId::is_library() const { return name == own_library || is_shared_library(); }

bool ZoneId::is_shared_library() const { return name.starts_with(shared_prefix); }

std::string library_of(const ZoneId& zone) {
  return zone.database == Database::own ? zone.name : zone.name + before_owner + zone.owner;
}

ZoneId zone_of(std::string_view library) {
  const auto colon = library.find(before_owner);
  if (colon == std::string_view::npos) return {Database::own, std::string(library), {}};
  return {Database::shared,
          std::string(library.substr(0, colon)),
          std::string(library.substr(colon + 1))};
}

}  // namespace keepsake::source::icloud
