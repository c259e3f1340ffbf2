// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace keepsake::os {

/// The one translation of the system's errors into our causes.
Cause cause_of(int error);

/// `attempt` says what did not work: "it cannot be opened".
tl::unexpected<Error> failed(int error,
                             std::string_view attempt,
                             const std::filesystem::path& where);

/// The refusal of what is no regular file: a folder, a pipe, a socket, a device.
tl::unexpected<Error> no_regular_file(const std::filesystem::path& where);

/// For what not every file system can do, such as second names: the many errors with which they say
/// so become one, EOPNOTSUPP. Any other stays as it is.
int or_unsupported(int error);

}  // namespace keepsake::os
