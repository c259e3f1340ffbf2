// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/grouping.h"

#include "base/text.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace keepsake::source {

namespace {

using media::Family;
using photo::Role;
using namespace std::chrono_literals;

constexpr double longest_live_video = 4.0;  // seconds

bool is_edit(const KnownFile& file) { return stem_marker(file.path.name()) == 'E'; }

bool is_picture(const KnownFile& file) {
  return file.facts.family == Family::still || file.facts.family == Family::raw;
}

std::string stem_of_file(const KnownFile& file) { return stem_key(file.path.name()); }

/// One pass over the files of a few stems; each step claims files that the next no longer sees.
class Grouper {
 public:
  explicit Grouper(const std::vector<KnownFile>& files) {
    for (const KnownFile& file : files) {
      left_.push_back(&file);
      if ((is_picture(file) || file.facts.family == Family::video) && !is_edit(file))
        unedited_stems_.insert(stem_of_file(file));
    }
  }

  Grouping run() {
    begin_groups(Family::still);
    begin_groups(Family::raw);
    begin_orphaned_edits(Family::still);
    begin_orphaned_edits(Family::raw);
    claim_videos();
    claim_edits();
    claim_helpers();
    for (const KnownFile* file : left_) result_.ignored.push_back(file);
    return std::move(result_);
  }

 private:
  /// Takes files of a family out of what is left, those the callback claims.
  template <class Claim>
  void take(Claim claim) {
    std::erase_if(left_, claim);
  }

  /// Stills first, so that a RAW finds the JPEG it stands beside.
  void begin_groups(Family family) {
    take([&](const KnownFile* file) {
      if (file->facts.family != family || is_edit(*file)) return false;
      if (family == Family::raw) {
        if (Group* still = group_with_stem(*file, {"jpeg", "heic"})) {
          still->members.push_back({Role::raw, file});
          return true;
        }
      }
      begin(file);
      return true;
    });
  }

  /// An edited picture whose original is not here stands for itself, and may be a Live Photo too.
  void begin_orphaned_edits(Family family) {
    std::vector<const KnownFile*> orphans;
    take([&](const KnownFile* file) {
      if (file->facts.family != family || group_with_stem(*file, {}) != nullptr) return false;
      orphans.push_back(file);
      return true;
    });
    for (const KnownFile* orphan : orphans) begin(orphan);
  }

  [[nodiscard]] bool is_video_to_pair(const KnownFile& file) const {
    return file.facts.family == Family::video &&
           !(is_edit(file) && unedited_stems_.contains(stem_of_file(file)));
  }

  void claim_videos() {
    const auto videos = [&](auto pair_of) {
      take([&](const KnownFile* file) {
        if (!is_video_to_pair(*file)) return false;
        Group* group = pair_of(*file);
        if (group == nullptr) return false;
        group->members.push_back({Role::live_video, file});
        return true;
      });
    };
    videos([&](const KnownFile& video) { return group_with_content_id(video, Stems::equal); });
    videos([&](const KnownFile& video) { return group_with_content_id(video, Stems::any); });
    videos([&](const KnownFile& video) { return group_paired_by_name(video); });
    take([&](const KnownFile* file) {
      if (!is_video_to_pair(*file)) return false;
      begin(file);
      return true;
    });
  }

  /// Of what is left, every picture and every video edits something that lies here.
  void claim_edits() {
    take([&](const KnownFile* file) {
      if (is_picture(*file)) {
        group_with_stem(*file, {"heic", "jpeg"})->members.push_back({Role::edited, file});
        return true;
      }
      if (file->facts.family != Family::video) return false;
      Group* group = group_edited_by(*file);
      const bool moving = group->original().facts.family != Family::video;
      group->members.push_back({moving ? Role::edited_live_video : Role::edited, file});
      return true;
    });
  }

  void claim_helpers() {
    take([&](const KnownFile* file) {
      if (file->facts.family == Family::adjustment) {
        Group* group = group_of_helper(*file);
        if (group != nullptr) group->members.push_back({Role::adjustment, file});
        return group != nullptr;
      }
      if (file->facts.family != Family::sidecar) return false;
      Group* group = group_of_sidecar(*file);
      if (group != nullptr) group->members.push_back({Role::sidecar, file});
      return group != nullptr;
    });
  }

  void begin(const KnownFile* file) {
    Group group;
    group.members.push_back({Role::original, file});
    result_.groups.push_back(std::move(group));
  }

  /// The group of the same stem, by the preferred format of its original where there are several.
  Group* group_with_stem(const KnownFile& file, const std::vector<std::string>& preferred) {
    const auto stem = stem_of_file(file);
    std::vector<Group*> same;
    for (Group& group : result_.groups)
      if (stem_of_file(group.original()) == stem) same.push_back(&group);
    for (const std::string& format : preferred)
      for (Group* group : same)
        if (group->original().facts.format == format) return group;
    return same.empty() ? nullptr : same.front();
  }

  /// The group that has a video of this stem, whatever its still is called.
  Group* group_with_video(const KnownFile& file) {
    const auto stem = stem_of_file(file);
    for (Group& group : result_.groups)
      for (const Group::Member& member : group.members)
        if (member.file->facts.family == Family::video && stem_of_file(*member.file) == stem)
          return &group;
    return nullptr;
  }

  /// A video edits a video rather than a still that happens to bear its name.
  Group* group_edited_by(const KnownFile& video) {
    Group* moving = group_with_video(video);
    return moving != nullptr ? moving : group_with_stem(video, {"heic", "jpeg"});
  }

  Group* group_of_helper(const KnownFile& file) {
    Group* group = group_with_stem(file, {"heic", "jpeg"});
    return group != nullptr ? group : group_with_video(file);
  }

  static bool has(const Group& group, Role role) {
    return std::any_of(group.members.begin(), group.members.end(), [&](const auto& member) {
      return member.role == role;
    });
  }

  static bool can_be_live(const Group& group) {
    return group.original().facts.family == Family::still && !has(group, Role::live_video);
  }

  enum class Stems { equal, any };

  Group* group_with_content_id(const KnownFile& video, Stems stems) {
    if (!video.facts.content_id) return nullptr;
    for (Group& group : result_.groups) {
      if (!can_be_live(group) || group.original().facts.content_id != video.facts.content_id)
        continue;
      if (stems == Stems::any || stem_of_file(group.original()) == stem_of_file(video))
        return &group;
    }
    return nullptr;
  }

  Group* group_paired_by_name(const KnownFile& video) {
    if (!video.facts.duration || *video.facts.duration > longest_live_video) return nullptr;
    const auto stem = stem_of_file(video);
    for (Group& group : result_.groups) {
      const media::Facts& still = group.original().facts;
      if (!can_be_live(group) || stem_of_file(group.original()) != stem) continue;
      if (still.content_id && video.facts.content_id) continue;
      if (!still.taken || !video.facts.taken || !taken_together(*still.taken, *video.facts.taken))
        continue;
      group.paired_by_name = true;
      return &group;
    }
    return nullptr;
  }

  /// `name.ext.xmp` belongs to the asset of that very file, `name.xmp` to the stem's.
  Group* group_of_sidecar(const KnownFile& sidecar) {
    const auto owner = folded(stem_of(sidecar.path.name()));
    for (Group& group : result_.groups)
      for (const Group::Member& member : group.members)
        if (folded(member.file->path.name()) == owner) return &group;
    return group_of_helper(sidecar);
  }

  std::vector<const KnownFile*> left_;
  std::set<std::string> unedited_stems_;  ///< of which a picture or video lies here as it was taken
  Grouping result_;
};

void fill_gaps(photo::Asset& asset, const media::Facts& facts) {
  if (!asset.taken) asset.taken = facts.taken;
  if (!asset.place) asset.place = facts.place;
  if (!asset.camera) asset.camera = facts.camera;
  if (!asset.burst) asset.burst = facts.burst_id;
  if (!asset.labels.title) asset.labels.title = facts.labels.title;
  if (!asset.labels.caption) asset.labels.caption = facts.labels.caption;
  if (!asset.labels.rating) asset.labels.rating = facts.labels.rating;
  if (asset.labels.keywords.empty()) asset.labels.keywords = facts.labels.keywords;
  if (asset.labels.people.empty()) asset.labels.people = facts.labels.people;
}

/// What a person wrote beside the file outranks what is in it; dates and places do not.
void apply_sidecar(photo::Asset& asset, const media::Facts& facts) {
  if (facts.labels.title) asset.labels.title = facts.labels.title;
  if (facts.labels.caption) asset.labels.caption = facts.labels.caption;
  if (facts.labels.rating) asset.labels.rating = facts.labels.rating;
  if (!facts.labels.keywords.empty()) asset.labels.keywords = facts.labels.keywords;
  if (!facts.labels.people.empty()) asset.labels.people = facts.labels.people;
  if (!asset.place) asset.place = facts.place;
  if (!asset.taken && facts.taken) {
    asset.taken = facts.taken;
    asset.taken->from = photo::TakenFrom::sidecar;
  }
}

photo::Rendition rendition_of(const Group::Member& member) {
  const KnownFile& file = *member.file;
  photo::Rendition rendition;
  rendition.role = member.role;
  rendition.key = file.path.text();
  rendition.name = file.path.name();
  rendition.size = ByteCount{file.stamp.size};
  rendition.source_version = to_text(file.stamp);
  rendition.modified = modified_of(file.stamp);
  rendition.unavailable = file.unavailable;
  return rendition;
}

}  // namespace

Grouping group_files(const std::vector<KnownFile>& files) { return Grouper(files).run(); }

bool taken_together(const photo::Taken& left, const photo::Taken& right) {
  constexpr auto near = 3s;
  constexpr auto quarter_hour = 15min;
  constexpr auto widest_zone = 14h;
  const auto left_instant = instant_of(left.time);
  const auto right_instant = instant_of(right.time);
  if (left_instant && right_instant)
    return std::chrono::abs(*left_instant - *right_instant) <= near;
  const auto apart = std::chrono::abs(left.time.wall - right.time.wall);
  if (apart <= near) return true;
  if (!left_instant && !right_instant) return false;
  const auto rest = apart % quarter_hour;
  return apart <= widest_zone + near && (rest <= near || quarter_hour - rest <= near);
}

photo::Asset asset_of(const Group& group, const Id128& source, const std::string& id) {
  photo::Asset asset;
  asset.key = {source, "own", id};
  const KnownFile& original = group.original();
  if (original.path.text() != id) asset.aliases.push_back(original.path.text());
  asset.name = original.path.name();
  asset.kind = original.facts.family == Family::video ? photo::Kind::video : photo::Kind::photo;
  for (const Group::Member& member : group.members) {
    asset.renditions.push_back(rendition_of(member));
    if (member.role == Role::live_video) asset.kind = photo::Kind::live;
    for (const std::string& warning : member.file->facts.warnings)
      asset.warnings.push_back(shown(member.file->path.name()) + ": " + warning);
    if (member.role == Role::original || member.role == Role::live_video ||
        member.role == Role::raw)
      fill_gaps(asset, member.file->facts);
  }
  for (const Group::Member& member : group.members)
    if (member.role == Role::sidecar) apply_sidecar(asset, member.file->facts);
  if (group.paired_by_name)
    asset.warnings.emplace_back(
        "still and video were paired by their names; they carry no common identifier");
  return asset;
}

}  // namespace keepsake::source
