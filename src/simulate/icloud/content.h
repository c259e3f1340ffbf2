// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/time.h"

#include <chrono>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

namespace keepsake::simulate::icloud {

/// A file that is made anew from these few numbers whenever somebody reads it, so that a library of
/// any size takes no room: a valid head with its date, and behind it bytes of chance.
struct MadeFile {
  enum class Kind { jpeg, heic, movie, raw };

  Kind kind = Kind::jpeg;
  std::uint64_t seed = 0;
  std::uint64_t payload = 0;  ///< bytes of chance
  Instant taken{};
  std::chrono::minutes offset{0};
  std::uint64_t live = 0;  ///< equal for the halves of a Live Photo; 0 for other files

  friend auto operator<=>(const MadeFile&, const MadeFile&) = default;
};

/// A file on the disk.
struct DiskFile {
  std::string path;

  friend auto operator<=>(const DiskFile&, const DiskFile&) = default;
};

/// Where the bytes of a file in the cloud come from.
using Content = std::variant<MadeFile, DiskFile>;

/// Opens it for reading at any place. Causes: not_found, denied.
Result<std::shared_ptr<RandomAccess>> open(const Content& content);

/// What the cloud knows of a file's bytes.
struct Measure {
  ByteCount size;
  AppleChecksum checksum;
};

/// Reads all of it. Causes: as `open`.
Result<Measure> measure(const Content& content);

}  // namespace keepsake::simulate::icloud
