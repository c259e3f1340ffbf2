// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "photo/asset.h"

#include <string>
#include <string_view>

/// From Apple's records to the words of this program. Pure.
namespace keepsake::source::icloud {

/// Everything but the albums, from a photo's kept record (record_text.h). Of one without a master
/// nothing is known but what its owner says of it; its original is not to be had. Causes: corrupt.
Result<photo::Asset> asset_of(std::string record,
                              const Id128& source,
                              std::string_view library,
                              Instant now);

/// What names a file's bytes at the service: the record that has it, and its checksum there. It is
/// a rendition's `source_version`.
struct FilePlace {
  std::string record;
  std::string checksum;

  [[nodiscard]] std::string text() const;

  /// Nothing for text that `text` did not make.
  static std::optional<FilePlace> parse(std::string_view text);
};

}  // namespace keepsake::source::icloud
