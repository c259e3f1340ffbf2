// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/cause.h"
#include "photo/asset.h"
#include "source/photos_library/rows.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which files an asset has, by what the database says. Pure: it sees rows, never a disk.
namespace keepsake::source::photos {

/// A file that an asset has or may have.
struct Member {
  photo::Role role = photo::Role::original;
  /// Where it may lie, the likeliest first: below the bundle, or, beginning with '/', outside it.
  /// Empty where the database names a place that cannot be.
  std::vector<std::string> places;
  bool expected = false;  ///< where it is not there, it is missing
  Cause if_missing = Cause::not_found;
  std::optional<AppleChecksum> claim;
  std::int64_t size = 0;  ///< as the database has it
  /// What the library knows this state of the file by: it changes with the file's content, not
  /// when the file merely goes to the cloud and comes back.
  std::string state;
};

/// The original comes first. The asset's id must be plain (`is_plain_id`).
std::vector<Member> members_of(const AssetRow& asset);

/// Whether an asset's id can be part of a path: letters, digits and '-', at most 64.
bool is_plain_id(std::string_view id);

/// Whether a file lies outside the bundle.
bool is_outside(std::string_view place);

/// What a member is called: as the original was before it came into the library, with the extension
/// that the file itself bears.
std::string name_of(const Member& member, std::string_view place, const std::string& asset_name);

}  // namespace keepsake::source::photos
