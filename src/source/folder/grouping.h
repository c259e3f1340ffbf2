// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/asset.h"
#include "source/folder/file_memory.h"

#include <string>
#include <utility>
#include <vector>

/// Which files of a folder are one asset. Pure: it sees names and facts, never a disk.
namespace keepsake::source {

/// The files of one asset; the original first.
struct Group {
  struct Member {
    photo::Role role = photo::Role::original;
    const KnownFile* file = nullptr;
  };

  std::vector<Member> members;
  bool paired_by_name = false;  ///< a Live Photo whose halves have lost their common identifier

  [[nodiscard]] const KnownFile& original() const { return *members.front().file; }
};

struct Grouping {
  std::vector<Group> groups;
  std::vector<const KnownFile*> ignored;  ///< not media, or a sidecar or recipe without a partner
};

/// Groups files of one folder that may belong together (same stem key or content id), by these
/// rules (facts: Apple's names IMG_E and IMG_O, exiftool's Apple maker notes):
///   a still and a video with equal content ids are a Live Photo; else with equal stems, when the
///   video
///     lasts at most 4 s, both are dated within 3 s, and their content ids do not differ;
///   a RAW beside a still of the same stem is its RAW; IMG_E1 is the edit of IMG_1;
///   IMG_1.AAE and IMG_O1.AAE are recipes of IMG_1; name.ext.xmp and name.xmp are sidecars.
/// The files must stay alive while the grouping is used.
Grouping group_files(const std::vector<KnownFile>& files);

/// Whether two capture times are within three seconds of each other, as far as their zones tell:
/// where only one has an instant, a difference of whole quarter hours is the zone.
bool taken_together(const photo::Taken& left, const photo::Taken& right);

/// The asset that a group is, under an id given to it.
photo::Asset asset_of(const Group& group, const Id128& source, const std::string& id);

}  // namespace keepsake::source
