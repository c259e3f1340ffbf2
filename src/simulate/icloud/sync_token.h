// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "simulate/icloud/zone.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

/// What the marks of progress through a zone or a database are written with. They are the same for
/// the same state, and nobody else's are taken.
class SyncTokens {
 public:
  explicit SyncTokens(std::string library) : library_(std::move(library)) {}

  /// Marks that were given out before are refused from now on.
  void expire() { ++generation_; }

  [[nodiscard]] std::string of_zone(const Zone& zone, std::uint64_t position) const;

  /// The position that such a mark stands for. Causes: invalid, with Apple's words as the reason.
  [[nodiscard]] Result<std::uint64_t> position_in(const Zone& zone, std::string_view token) const;

  /// The same for a database: the positions of all its zones, in their order.
  [[nodiscard]] std::string of_database(Database database,
                                        const std::vector<std::uint64_t>& positions) const;
  [[nodiscard]] Result<std::vector<std::uint64_t>> positions_in(Database database,
                                                                std::string_view token) const;

 private:
  [[nodiscard]] Bytes owner(std::string_view of) const;

  std::string library_;
  std::uint64_t generation_ = 0;
};

}  // namespace keepsake::simulate::icloud
