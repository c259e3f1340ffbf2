// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/cause.h"
#include "base/time.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The vocabulary of the whole program as plain values: what a photo is, which files it has, where
/// it was taken. No input or output.
namespace keepsake::photo {

/// One photo or video as its owner sees it.
enum class Kind { photo, video, live };

/// What one file is to its asset.
enum class Role {
  original,
  raw,                ///< the RAW beside a JPEG original
  live_video,         ///< the moving part of a Live Photo
  edited,             ///< the rendered edit, still or video
  edited_live_video,  ///< the rendered edit of the moving part
  adjustment,         ///< the edit's recipe (AAE, render plist)
  sidecar,            ///< XMP that the source had beside the file
};

/// Where a capture time was found.
enum class TakenFrom { library, service, exif, gps, xmp, iptc, quicktime, sidecar, name };

std::string_view name(Kind kind);
std::string_view name(Role role);
std::string_view name(TakenFrom from);
std::optional<Kind> kind_named(std::string_view name);
std::optional<Role> role_named(std::string_view name);
std::optional<TakenFrom> taken_from_named(std::string_view name);

struct Taken {
  CaptureTime time;
  TakenFrom from = TakenFrom::exif;
  friend bool operator==(const Taken&, const Taken&) = default;
};

/// Degrees north and east.
struct Place {
  double latitude = 0;
  double longitude = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// What names an asset: its source, the library in it, and the source's own id. Never a file name
/// as such. `id` and `library` are the source's bytes, not necessarily UTF-8.
struct AssetKey {
  Id128 source;
  std::string library = "own";
  std::string id;
  friend auto operator<=>(const AssetKey&, const AssetKey&) = default;
};

/// One file of an asset as its source has it now.
struct Rendition {
  Role role = Role::original;
  std::string key;   ///< the source's own name for this file, unique in its asset
  std::string name;  ///< its file name, verbatim bytes
  ByteCount size;
  std::string source_version;  ///< changes whenever the source's bytes may have changed
  std::optional<AppleChecksum> apple_checksum;  ///< where the source claims one
  std::optional<Instant> modified;              ///< the source's file time; never a capture time
  /// Why its bytes cannot be had at present: absent (only in iCloud), not_found, invalid, or what
  /// kept its source from looking into them.
  std::optional<Cause> unavailable;
  friend bool operator==(const Rendition&, const Rendition&) = default;
};

/// Words that people or programs gave a photo.
struct Labels {
  std::optional<std::string> title;
  std::optional<std::string> caption;
  std::vector<std::string> keywords;  ///< sorted, unique
  std::vector<std::string> people;    ///< sorted, unique
  std::optional<int> rating;          ///< -1 to 5, as XMP has it
  friend bool operator==(const Labels&, const Labels&) = default;
};

/// An album an asset is in: its folders from the outermost, then its own title.
struct AlbumPath {
  std::vector<std::string> parts;
  friend auto operator<=>(const AlbumPath&, const AlbumPath&) = default;
};

/// Where an asset lies in its source's own eyes; decides the top folder when it is first kept.
enum class Shelf { visible, hidden, shared_library, shared_album, recently_deleted };
std::string_view name(Shelf shelf);
std::optional<Shelf> shelf_named(std::string_view name);

/// All that a source knows of an asset.
struct Asset {
  AssetKey key;
  std::vector<std::string> aliases;  ///< other ids it was or is known by
  std::string name;                  ///< the original's file name, verbatim bytes
  Kind kind = Kind::photo;
  std::optional<Taken> taken;
  std::optional<Place> place;
  std::optional<std::string> camera;  ///< make and model
  std::optional<std::string> burst;   ///< what the frames of one burst share
  Labels labels;
  bool favorite = false;
  Shelf shelf = Shelf::visible;
  bool hidden = false;
  bool trashed = false;
  std::vector<AlbumPath> albums;  ///< one per membership
  std::vector<Rendition> renditions;
  std::vector<std::string> warnings;  ///< what is odd about its files, for a person
  /// What the source itself says of it, as JSON in the form that `nlohmann::json::dump` gives; only
  /// what stays the same as long as nothing changes.
  std::optional<std::string> record;
  friend bool operator==(const Asset&, const Asset&) = default;

  [[nodiscard]] bool edited() const {
    for (const Rendition& rendition : renditions)
      if (rendition.role == Role::edited || rendition.role == Role::edited_live_video) return true;
    return false;
  }
};

}  // namespace keepsake::photo
