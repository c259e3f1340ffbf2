// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "config/settings.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace keepsake::config {

/// The settings file, which its owner and the program both edit. A change touches its own lines
/// only: comments, order and blank lines stay. What would come out is read again before it is
/// written; the file is replaced as a whole and readable by its owner only. One process changes it
/// at a time (the home's lock).
class SettingsFile {
 public:
  /// A link is followed, so that a settings file kept elsewhere stays there.
  explicit SettingsFile(const std::filesystem::path& file);

  /// A missing file is settings without anything. Causes: as `parse_settings`, and denied.
  [[nodiscard]] Result<Settings> read() const;

  // Common causes of changes: those of `read`; invalid for a value that could not be read again;
  // unsupported where the file is written in a way that cannot be edited safely; full, read_only.

  [[nodiscard]] Result<> set_catalog(const Id128& catalog) const;
  [[nodiscard]] Result<> set_zone(const std::string& zone) const;

  /// Causes: conflict when the name is taken.
  [[nodiscard]] Result<> add(const Source& source) const;
  [[nodiscard]] Result<> add(const Destination& destination) const;

  /// Causes: not_found; conflict for a source that a destination names.
  [[nodiscard]] Result<> remove_source(std::string_view name) const;
  [[nodiscard]] Result<> remove_destination(std::string_view name) const;

 private:
  using ChangeSettings = std::function<Result<>(Settings&)>;
  using ChangeText = std::function<Result<std::string>(std::string_view)>;

  [[nodiscard]] Result<std::string> read_text() const;
  [[nodiscard]] Result<> write_text(const std::string& text) const;
  [[nodiscard]] Result<> change(const ChangeSettings& meant, const ChangeText& edit) const;

  std::filesystem::path file_;
};

}  // namespace keepsake::config
