// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "photo/account.h"
#include "source/source.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace keepsake::transfer {

/// Reads a file from its first byte to its last and says what it holds; `take`, if any, is given
/// every piece on the way. `block` is room that the caller keeps from file to file.
Result<photo::Content> read_back(RandomAccess& file,
                                 std::vector<std::byte>& block,
                                 const std::stop_token& stop,
                                 const std::function<Result<>(ByteView)>& take = {});

/// The same of a version as its source has it; whether it was one whole state of the file is
/// confirmed.
Result<photo::Content> read_through(source::Bytestream& stream,
                                    std::vector<std::byte>& block,
                                    const std::stop_token& stop,
                                    const std::function<Result<>(ByteView)>& take = {});

}  // namespace keepsake::transfer
