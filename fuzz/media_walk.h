// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "media/findings.h"
#include "media/part.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace keepsake::fuzz {

/// The fuzzer's bytes as our own type.
inline ByteView view_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

/// Lets one reader of media walk the fuzzer's bytes as if they were a file.
inline int walk(const std::uint8_t* data,
                std::size_t size,
                void (*read)(media::Part, media::Findings&)) {
  BytesInMemory memory(view_of(data, size));
  media::Window window(memory);
  media::Findings findings;
  read(media::Part(window), findings);
  return 0;
}

}  // namespace keepsake::fuzz
