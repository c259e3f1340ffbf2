// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/rate.h"
#include "os/child.h"

#include <memory>

namespace keepsake::storage::sftp {

/// The same line, over which no more goes than the rate allows, both ways together. Whoever reads
/// or writes waits.
std::unique_ptr<os::Child> paced(std::unique_ptr<os::Child> line, Rate rate);

}  // namespace keepsake::storage::sftp
