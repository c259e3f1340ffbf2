// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::config {

/// How much of a line its owner gives us, by the hours of the day.
class Bandwidth {
 public:
  /// "5 MB/s" all day; or "08:00 500 kB/s, 18:00 5 MB/s, 23:00 off": each until the next begins,
  /// the last one until the first does on the next day; "off" is no limit. Causes: invalid.
  static Result<Bandwidth> parse(std::string_view text);

  /// As `parse` reads it.
  [[nodiscard]] std::string text() const;

  /// The most bytes in a second at that time of the day, both ways together; nothing: no limit.
  [[nodiscard]] std::optional<ByteCount> at(std::chrono::minutes since_midnight) const;

  friend bool operator==(const Bandwidth&, const Bandwidth&) = default;

 private:
  struct Step {
    std::chrono::minutes begin{0};
    std::optional<ByteCount> each_second;
    friend bool operator==(const Step&, const Step&) = default;
  };

  static Result<Step> step_of(std::string_view text);

  std::vector<Step> steps_;  ///< at least one, in the order of the day
};

}  // namespace keepsake::config
