// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "photo/asset.h"
#include "simulate/icloud/content.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a zone of the database holds, as values. The words are Apple's: a master is the files as
/// they were imported, an asset one entry of the library that refers to a master.
namespace keepsake::simulate::icloud {

/// What a file is to its record; its name begins the names of its fields.
enum class Slot {
  original,       ///< resOriginal
  alternative,    ///< resOriginalAlt: the other half of RAW and JPEG
  live_video,     ///< resOriginalVidCompl
  edited_still,   ///< resJPEGFull
  edited_video,   ///< resVidFull
  preview,        ///< resJPEGMed
  thumbnail,      ///< resJPEGThumb
  video_preview,  ///< resVidSmall
};

/// Such as "resOriginal".
std::string_view name(Slot slot);
std::optional<Slot> slot_named(std::string_view name);

/// One file of a record.
struct Resource {
  Slot slot = Slot::original;
  std::string type;  ///< a uniform type identifier, such as "public.jpeg"
  Measure measure;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  Content content;
};

struct Master {
  std::string filename;
  std::vector<Resource> resources;
  std::optional<Instant> trashed;
};

/// What kind of photo an asset shows itself as.
enum class Subtype {
  none = 0,
  panorama = 1,
  live = 2,
  screenshot = 3,
  slow_motion = 100,
  time_lapse = 101
};

struct Asset {
  std::string master;
  Instant taken{};
  Instant added{};
  std::chrono::minutes offset{0};
  Subtype subtype = Subtype::none;
  std::chrono::milliseconds duration{0};
  bool favorite = false;
  bool hidden = false;
  std::optional<Instant> trashed;
  std::string burst;  ///< equal for the frames of one burst
  bool burst_picked = false;
  std::string edited_with;          ///< the editor's identifier; empty without an edit
  std::vector<Resource> resources;  ///< of the edit
  std::optional<photo::Place> place;
  std::string title;
  std::string caption;
  std::vector<std::string> keywords;
};

enum class AlbumType { album = 0, folder = 3 };

struct Album {
  std::string title;  ///< empty for the root folder
  AlbumType type = AlbumType::album;
  std::string parent;
  std::int64_t position = 0;
  bool trashed = false;
};

/// That an asset is in an album.
struct Membership {
  std::string asset;
  std::string album;
  std::int64_t position = 0;
};

/// The counters of a library.
struct LibraryInfo {};

/// A record of a kind that photos do not need: faces, people, memories.
struct Other {
  std::string type;
};

/// What is left of a record that was removed for good.
struct Removed {};

using Value = std::variant<Master, Asset, Album, Membership, LibraryInfo, Other, Removed>;

/// A record of a zone.
struct Record {
  std::string name;
  Value value;
  std::uint64_t position = 0;  ///< of its last change, among those of the zone
  Instant created{};
  Instant modified{};
  Instant visible_from{};  ///< records of uploads are not found before
};

/// Its name among Apple's types, such as "CPLMaster"; empty for what was removed.
std::string_view type_of(const Record& record);

/// An asset in a membership's name: "<asset>-IN-<album>".
std::string membership_name(std::string_view asset, std::string_view album);

/// The file in that slot; null without one.
const Resource* find(const std::vector<Resource>& resources, Slot slot);

}  // namespace keepsake::simulate::icloud
