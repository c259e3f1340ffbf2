// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/cause.h"
#include "base/time.h"
#include "photo/asset.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the ledger knows of one asset, whole: its files in all their versions, and what each
/// destination has of them. The plan reads it, the records are written from it.
namespace keepsake::photo {

/// A run of bytes, named by its SHA-256.
struct Content {
  Digest sha256;
  ByteCount size;
  friend auto operator<=>(const Content&, const Content&) = default;
};

/// One state of one file over time.
struct Version {
  std::int64_t row = 0;  ///< in the catalog
  int seq = 1;           ///< 1 is the first
  std::string source_version;
  std::optional<AppleChecksum> apple_checksum;    ///< of its bytes; the source's claim until read
  std::optional<AppleChecksum> claimed_checksum;  ///< what its source says it should be
  ByteCount size;
  std::optional<Instant> modified;
  std::optional<Content> content;  ///< nothing until it was read once
  Instant first_seen{};
  std::optional<Instant> superseded_at;
  std::optional<Cause> unavailable;

  /// The claim, where its bytes were read and are not those that its library once took in.
  [[nodiscard]] std::optional<AppleChecksum> broken_claim() const {
    const bool broken = content && claimed_checksum && apple_checksum != claimed_checksum;
    return broken && apple_checksum ? claimed_checksum : std::nullopt;
  }
};

/// One file of an asset with its history.
struct History {
  std::int64_t row = 0;
  Role role = Role::original;
  std::string key;
  std::string name;
  bool present = true;            ///< the source still lists it
  std::vector<Version> versions;  ///< by seq; the last one is current while `present`

  [[nodiscard]] const Version* current() const {
    return present && !versions.empty() && !versions.back().superseded_at ? &versions.back()
                                                                          : nullptr;
  }
};

/// A place of one file in one destination.
struct KeptFile {
  std::int64_t rendition = 0;           ///< row of the file's history
  std::optional<std::int64_t> version;  ///< row of what lies there; nothing while only reserved
  std::string path;                     ///< in the destination
  Instant file_time{};                  ///< the modification time it bears
  bool damaged = false;                 ///< found wrong or missing, and not healed yet
  std::optional<Instant> stored_at;
  std::optional<Instant> verified_at;
  std::optional<Instant> quarantined_at;  ///< since when it lies in quarantine
  std::optional<Instant> asked_back_at;   ///< when its owner last took it out of there
};

/// Why a version is not held by a destination.
struct Shortfall {
  enum class State { pending, failed, excluded };

  std::int64_t version = 0;
  State state = State::pending;
  Cause cause = Cause::absent;  ///< of pending and failed
  std::string message;          ///< for a person; of excluded: the rule
  int attempts = 0;
};

std::string_view name(Shortfall::State state);

/// The name decided for an asset in one destination, for all its files.
struct Naming {
  std::string folder;  ///< below the destination's root
  std::string stem;
  std::string month;  ///< "2024-05" or "undated": where its records lie
  friend auto operator<=>(const Naming&, const Naming&) = default;
};

/// One asset in one destination.
struct Standing {
  std::int64_t destination = 0;  ///< row of the destination
  std::optional<Naming> naming;
  std::optional<Digest> described;  ///< of the record last written there
  std::vector<KeptFile> files;
  std::vector<Shortfall> shortfalls;

  [[nodiscard]] const KeptFile* file_of(std::int64_t version) const {
    for (const KeptFile& file : files)
      if (file.version == version) return &file;
    return nullptr;
  }

  /// Whether this version lies there and is not known to be damaged.
  [[nodiscard]] bool holds(std::int64_t version) const {
    const KeptFile* file = file_of(version);
    return file != nullptr && !file->damaged;
  }

  [[nodiscard]] const Shortfall* shortfall_of(std::int64_t version) const {
    for (const Shortfall& shortfall : shortfalls)
      if (shortfall.version == version) return &shortfall;
    return nullptr;
  }
};

struct Account {
  std::int64_t row = 0;
  Asset asset;  ///< its `renditions` are the current ones
  std::string source_name;
  std::optional<Instant> gone_at;
  std::optional<AssetKey> moved_from;  ///< what its source called it before it moved
  std::vector<History> files;
  std::vector<Standing> standings;

  /// What is odd about its files, for a person: what the source said, and those that are not what
  /// their library remembers.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Whether some destination has this version, undamaged.
  [[nodiscard]] bool is_held(std::int64_t version) const {
    for (const Standing& standing : standings)
      if (standing.holds(version)) return true;
    return false;
  }

  [[nodiscard]] const Standing* in(std::int64_t destination) const {
    for (const Standing& standing : standings)
      if (standing.destination == destination) return &standing;
    return nullptr;
  }

  [[nodiscard]] Standing* in(std::int64_t destination) {
    for (Standing& standing : standings)
      if (standing.destination == destination) return &standing;
    return nullptr;
  }
};

}  // namespace keepsake::photo
