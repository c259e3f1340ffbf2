// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/folder.h"
#include "source/source.h"

#include <cstdint>
#include <memory>
#include <string>

/// What sources on this machine's disks have in common: files, and how to tell one state of a file
/// from the next.
namespace keepsake::source {

/// What a file was when it was last looked at; the same stamp, the same bytes.
struct Stamp {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const os::Entry& entry);

/// The stamp as a rendition's `source_version`.
std::string to_text(const Stamp& stamp);

/// A file's time as a rendition bears it.
Instant modified_of(const Stamp& stamp);

/// Why nothing can be kept of a file that holds no media: `invalid` for one that is empty or all
/// zeros, `absent` for zeros that take no room on the disk, a cloud's placeholder. Nothing for a
/// file with content. Reads until the first byte that is not zero.
Result<std::optional<Cause>> why_hollow(os::InFile& file, const os::Entry& entry);

/// Which checksum is computed of the bytes on their way, besides what everybody computes.
enum class Sum { none, apple };

/// The bytes of a file as long as it is what it was in that version. Causes: changed.
Result<std::unique_ptr<Bytestream>> stream_of(std::unique_ptr<os::InFile> file,
                                              const std::string& version,
                                              Sum sum);

}  // namespace keepsake::source
