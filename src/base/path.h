// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <compare>
#include <string>
#include <string_view>

namespace keepsake {

/// A place below some root: raw bytes, parts separated by '/', no empty part, no "." or "..", no
/// NUL. What comes from outside becomes one of these or is refused; it can therefore never escape
/// its root. The empty path is the root itself.
class RelativePath {
 public:
  RelativePath() = default;

  /// Causes: invalid.
  static Result<RelativePath> parse(std::string_view text);

  /// For text that our own code wrote down; breaks a promise when it is not a path.
  static RelativePath known(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] bool is_root() const { return text_.empty(); }

  [[nodiscard]] RelativePath folder() const;
  [[nodiscard]] std::string_view name() const;

  /// `part` is one or more parts that our own code made.
  [[nodiscard]] RelativePath operator/(std::string_view part) const;

  friend auto operator<=>(const RelativePath&, const RelativePath&) = default;

 private:
  std::string text_;
};

/// A file name's extension without the dot, as written; empty when it has none (".hidden" has
/// none).
std::string_view extension_of(std::string_view name);

/// A file name without its extension.
std::string_view stem_of(std::string_view name);

}  // namespace keepsake
