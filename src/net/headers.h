// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::net {

/// The header lines of a request or an answer, in their order; a name may come several times.
/// Names are the same whatever their case.
class Headers {
 public:
  struct Line {
    std::string name;
    std::string value;
  };

  Headers() = default;

  Headers(std::initializer_list<Line> lines) : lines_(lines) {}

  /// Takes the place of any that has the name.
  void set(std::string_view name, std::string_view value);
  void add(std::string_view name, std::string_view value);

  /// The first of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  std::vector<Line> lines_;
};

}  // namespace keepsake::net
