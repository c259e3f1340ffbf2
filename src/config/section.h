// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "config/document.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::config {

/// One table of the file, or its top, being read. Every error names the file and the line.
class Section {
 public:
  /// `title` names it in errors: "[source.phone]". The entries stay alive elsewhere.
  Section(std::string_view file,
          std::size_t line,
          std::string title,
          std::span<const Entry> entries)
      : file_(file), line_(line), title_(std::move(title)), entries_(entries) {}

  /// Refuses every other key.
  [[nodiscard]] Result<> knows(std::span<const std::string> keys) const;

  /// Nothing when the key is not there. Causes: invalid when its value is of another type.
  [[nodiscard]] Result<std::optional<std::string>> text(std::string_view key) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> number(std::string_view key) const;

  /// A list of texts, or one text.
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> texts(std::string_view key) const;

  /// The text of a key that must be there.
  [[nodiscard]] Result<std::string> needed(std::string_view key) const;

  /// What came of a key's value; an error gets its file and line.
  template <class T>
  Result<T> at(std::string_view key, Result<T> result) const {
    return result.map_error(in(where(key)));
  }

  /// An error at a key, or at the section itself where it does not have that key.
  template <class... Args>
  [[nodiscard]] tl::unexpected<Error> refuse(Cause cause,
                                             std::string_view key,
                                             fmt::format_string<Args...> what,
                                             Args&&... args) const {
    return fail(
        Error{cause, fmt::format(what, std::forward<Args>(args)...), where(key), Scope::run});
  }

 private:
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] std::string where(std::string_view key) const;

  template <class T>
  Result<std::optional<T>> value(std::string_view key, std::string_view type) const;

  std::string file_;
  std::size_t line_;
  std::string title_;
  std::span<const Entry> entries_;
};

}  // namespace keepsake::config
