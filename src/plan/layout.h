// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/asset.h"
#include "plan/home_zone.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::plan {

/// Where photos lie in a folder tree: `Photos/{year}/{year}-{month}/{name}` unless its owner wants
/// it otherwise. Knows {year} {month} {day} {source} {kind} {camera}, and {name} as the last part.
/// Of an undated photo, the parts with a date are one part `Undated`. What was not visible when it
/// was first kept lies in the same layout under `Hidden/`, `Shared Library/`, `Shared Albums/` or
/// `Recently Deleted/` instead of `Photos/`.
class Layout {
 public:
  /// The one that a tree has unless its owner wants it otherwise.
  static Layout standard();

  /// Causes: invalid.
  static Result<Layout> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

  /// The folder of an asset's files, below the tree's root.
  [[nodiscard]] std::string folder(const photo::Asset& asset,
                                   std::string_view source_name,
                                   const HomeZone& home) const;

  friend bool operator==(const Layout& a, const Layout& b) { return a.text_ == b.text_; }

 private:
  enum class Placeholder { year, month, day, source, kind, camera };

  /// Text, or what a placeholder stands for.
  struct Piece {
    std::string text;
    std::optional<Placeholder> placeholder;
  };

  using Part = std::vector<Piece>;
  struct Values;

  Layout() = default;
  static Result<Part> parse_part(std::string_view text);
  static bool is_dated(const Part& part);

  std::string text_;
  std::vector<Part> folders_;  ///< without {name}; the first is plain
};

}  // namespace keepsake::plan
