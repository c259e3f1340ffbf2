// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "catalog/catalog.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// Files on this machine's disks that may be taken instead of a download. They are noted beside the
/// ledger for one run, so that memory does not grow with their number; none of it lasts.
namespace keepsake::catalog {

struct Offer {
  std::int64_t row = 0;
  std::int64_t folder = 0;  ///< its caller's number for where the path begins
  std::string path;         ///< raw bytes
  ByteCount size;
  std::optional<AppleChecksum> checksum;  ///< nothing until it was read
};

/// Forgets those of an earlier run.
Result<> begin_offers(Catalog& catalog);

/// Their rows are given to them here; no checksum is noted.
Result<> note_offers(Catalog& catalog, std::span<const Offer> offers);

/// One with these bytes, else one of this size that was not read yet.
Result<std::optional<Offer>> find_offer(Catalog& catalog,
                                        ByteCount size,
                                        const AppleChecksum& checksum);

/// What reading it came to; nothing where it could not be read: it is not offered again.
Result<> note_read(Catalog& catalog,
                   std::int64_t offer,
                   const std::optional<AppleChecksum>& checksum);
Result<> note_taken(Catalog& catalog, std::int64_t offer);

/// How many were never taken.
Result<std::int64_t> offers_left(Catalog& catalog);

}  // namespace keepsake::catalog
