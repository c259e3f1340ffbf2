// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/sha.h"
#include "photo/account.h"

#include <string_view>

namespace keepsake::tests {

inline photo::Content content_of(std::string_view text) {
  return {crypto::sha256(bytes_of(text)), ByteCount{text.size()}};
}

}  // namespace keepsake::tests
