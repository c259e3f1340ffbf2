// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/journey/journey.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The program among things that somebody made to harm it, or its owner.
namespace keepsake::tests {

/// What is a picture by its first bytes.
std::string jpeg_of(std::string_view text);

/// A home with some good photos in `pictures`, a tree `disk` and a vault `safe`; beside them
/// `outside`, which is nobody's business. Every verb has minutes and bounded memory, so that one
/// that hangs or swells is ended, which no test expects.
class Siege {
 public:
  enum class Into { tree, both };

  /// The name is the row's of the table in docs/trust.md.
  explicit Siege(std::string name, Into into = Into::both);

  [[nodiscard]] const Journey& journey() const { return journey_; }

  [[nodiscard]] Journey& journey() { return journey_; }

  [[nodiscard]] fs::path operator/(std::string_view name) const { return journey_ / name; }

  /// The folder of photos as a source, besides which a test may add others.
  [[nodiscard]] fs::path pictures() const { return journey_ / "pictures"; }

  /// A hostile file of `pictures` that must be kept all the same.
  void add(const fs::path& name, std::string_view bytes);

  /// A folder elsewhere that nobody may write to either.
  void watch(const fs::path& folder) { watched_.push_back(folder); }

  /// A hostile thing of another kind was laid out, which this content must be kept of, if any.
  void count(std::string_view bytes = {});

  struct Expected {
    int exit_code = 0;
    std::map<std::string, std::string> not_safe = {};  ///< as asset, name or destination -> cause
    std::size_t ignored = 0;
  };

  /// Backs up, looks at all that must be true then, and prints a row of the table: what can be kept
  /// is kept in each destination, byte by byte, under names that every file system takes, to be
  /// verified and restored; what cannot is named; a second backup has nothing to do; and nothing
  /// but the home and the destinations was touched.
  void withstand(const Expected& expected);

  /// All that must be kept can be restored from there.
  void check_held_by(const std::string& destination) const;

  /// All that no verb may touch, as it is now.
  [[nodiscard]] std::map<std::string, std::string> others() const;

 private:
  void check_tree() const;

  Journey journey_;
  std::string name_;
  std::vector<std::string> destinations_{"disk"};
  std::vector<fs::path> watched_;
  std::size_t things_ = 0;
  std::set<std::string> wanted_;  ///< SHA-256 of all that must be kept
};

}  // namespace keepsake::tests
