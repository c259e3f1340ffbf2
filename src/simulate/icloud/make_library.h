// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "simulate/icloud/library.h"

#include <cstdint>

namespace keepsake::simulate::icloud {

/// Fills a library with that many assets, the same for the same number: stills, Live Photos,
/// videos, RAW beside JPEG, edits, bursts, hidden and thrown away ones, two that share one master,
/// names that repeat or are hard to write, a photo of 1965; albums in folders, namesakes among
/// them; from fifty on some in a shared library. Its past has gaps, things removed, and pairs that
/// came apart.
Result<> generate(Library& library, std::uint64_t assets);

/// The two small pictures that every photo has beside its own.
const std::vector<Resource>& previews();

/// An empty library's root folder and counters.
void begin(Library& library, Instant now);

}  // namespace keepsake::simulate::icloud
