// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"
#include "photo/asset.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads files to learn about them: what they are, when and where they were taken, what they are
/// labelled. It walks headers with bounded readers only; it never decodes a picture, never writes,
/// and knows neither folders nor libraries.
namespace keepsake::media {

/// What a file is by its content, else by its extension.
enum class Family {
  still,       ///< JPEG, HEIC, PNG, GIF, TIFF, WebP, AVIF, JPEG XL, BMP…
  raw,         ///< DNG, CR2, CR3, NEF, ARW, RAF…
  video,       ///< MOV, MP4, M4V, 3GP, AVI, MKV, WebM, MPEG…
  adjustment,  ///< Apple's AAE edit recipe
  sidecar,     ///< XMP
  other,       ///< not media
};

/// What a file tells about itself. Every field is as the file says; rubbish dates are left out.
struct Facts {
  Family family = Family::other;
  std::string format;  ///< short and lower-case: "jpeg", "heic", "dng", "mov"; empty when unknown
  bool by_content = false;  ///< false: only the extension says so
  std::optional<photo::Taken> taken;
  std::optional<photo::Place> place;
  std::optional<std::string> camera;  ///< "Apple iPhone 15 Pro"
  std::optional<std::string>
      content_id;  ///< pairs the two halves of a Live Photo (upper-case UUID)
  std::optional<std::string> burst_id;
  photo::Labels labels;
  std::optional<double> duration;     ///< seconds, of a video
  std::vector<std::string> warnings;  ///< "the picture ends early", in plain words
};

/// Looks at a file. `name` is used for its extension and, last, for a date in it. A damaged file is
/// not an error: it yields what could be read, and warnings. Only a failing read is an error.
/// `now` tells dates in the future from real ones.
Result<Facts> look(RandomAccess& file, std::string_view name, Instant now);

/// Whether every byte is zero (reads until the first that is not).
Result<bool> is_all_zeros(RandomAccess& file);

}  // namespace keepsake::media
