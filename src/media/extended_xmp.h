// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "media/findings.h"
#include "media/part.h"

#include <cstdint>
#include <string>

namespace keepsake::media {

/// XMP that is too long for one segment of a JPEG: the main packet names it by a GUID, and the
/// chunks say where they belong (XMP Specification Part 3, §1.1.3.1).
///
///     "http://ns.adobe.com/xmp/extension/" 00, GUID in 32 digits, length of the whole, place, data
class ExtendedXmp {
 public:
  /// Takes a segment that is a chunk; leaves any other alone.
  void add(const Part& segment);

  /// Reads the whole, where all of it came and the main packet names it.
  void finish(Xmp& xmp) const;

 private:
  std::string guid_;
  Bytes whole_;
  std::uint64_t received_ = 0;
};

}  // namespace keepsake::media
