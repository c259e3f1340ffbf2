// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What WebDAV servers answer to PROPFIND (RFC 4918, 207 Multi-Status).
namespace keepsake::storage::webdav {

/// A file or folder that an answer tells of.
struct Resource {
  std::string path;  ///< decoded, from the server's root, without a '/' at its end
  bool is_folder = false;
  std::optional<ByteCount> size;  ///< of a file
};

/// Properties that the server could not tell are as if it had not been asked. Causes: corrupt.
Result<std::vector<Resource>> read_multistatus(std::string_view text);

}  // namespace keepsake::storage::webdav
