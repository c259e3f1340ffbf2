// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

/// The program as a person uses it: the real executable, real folders, and nothing but what it
/// prints and what lies on the disk to judge it by.
namespace keepsake::tests {

using nlohmann::json;
namespace fs = std::filesystem;

/// A home of the program with its sources and destinations, in a folder of its own.
class Journey {
 public:
  Journey();

  [[nodiscard]] const TempFolder& folder() const { return folder_; }

  [[nodiscard]] fs::path operator/(std::string_view name) const { return folder_ / name; }

  /// Runs `keepsake --json WORDS...` with `home` as its home.
  [[nodiscard]] Ran keepsake(std::vector<std::string> words) const;

  /// The same; it must end with this code. Returns its last line.
  json expect(int exit_code, std::vector<std::string> words) const;

  [[nodiscard]] Command command(std::vector<std::string> words) const;

  /// The assets that `find` lists, by id.
  [[nodiscard]] std::map<std::string, json> find(std::vector<std::string> query = {}) const;

  /// `status` without what two homes with the same photos may differ in.
  [[nodiscard]] json status() const;

  /// The folder `pictures` as source and these folders as destinations of the same names.
  void set_up(const std::vector<std::string>& destinations) const;

  /// Another home for the commands that follow.
  void use_home(const std::string& name) { home_ = name; }

  [[nodiscard]] fs::path home() const { return folder_ / home_; }

  /// The vaults' password for the commands that follow; empty for none.
  void use_password(const std::string& password) { password_ = password; }

  /// An environment variable for the commands that follow.
  void use_variable(const std::string& name, const std::string& value) { variables_[name] = value; }

  /// What each of the commands that follow may take.
  void use_limits(const Limits& limits) { limits_ = limits; }

  /// No longer such a variable.
  void drop_variable(const std::string& name) { variables_.erase(name); }

  /// Runs restic on a vault of this journey, with the password.
  [[nodiscard]] Ran restic(const std::string& vault, std::vector<std::string> words) const;

 private:
  TempFolder folder_;
  std::string home_ = "home";
  std::string password_;
  std::map<std::string, std::string> variables_;
  Limits limits_;
};

/// A vault with a key that is cheap to derive, which only a test may have.
void make_cheap_vault(const fs::path& folder, const std::string& password);

/// Removes the ledger.
void lose_catalog(const Journey& journey);

void flip_byte(const fs::path& file, std::size_t at);

/// The damage that a verification named, as path -> cause.
std::map<std::string, std::string> damage_in(const json& summary);

/// What a backup's summary names as not safe, as asset, name or destination -> cause.
std::map<std::string, std::string> not_safe(const json& summary);

/// The part of a summary that is about one destination; null when there is none.
json of(const json& summary, const std::string& destination);

/// The drawn library of the demo, copied; the same for every test.
void copy_demo_library(const fs::path& to);

/// Numbered files of 4 KiB that are photos by their content.
void make_small_library(const fs::path& to, int files);

std::string read_file(const fs::path& file);
void write_file(const fs::path& file, std::string_view bytes);
std::string sha256_of(const fs::path& file);

/// Everything about every file below a folder: type, size, times, inode, links; and its bytes' sum
/// is not among it.
std::map<std::string, std::string> listing(const fs::path& folder);

/// SHA-256 of every plain file below a folder by its path; `.keepsake` left out.
std::map<std::string, std::string> contents(const fs::path& folder);

/// The values of such a map.
std::set<std::string> distinct(const std::map<std::string, std::string>& sums);

/// Whether `sha256sum -c` agrees with the tree's own sums, and they name all that lies there.
bool sums_are_right(const fs::path& tree);

/// Modification time in whole seconds.
std::int64_t seconds_of(const fs::path& file);

/// Looks again and again until it is so; false after a minute.
bool comes_true(const std::function<bool()>& condition);

/// A file's rendition of this role in an asset that `find` listed; null when there is none.
json rendition(const json& asset, const std::string& role);

/// Where a destination has a rendition.
std::string path_in(const json& rendition, const std::string& destination);

}  // namespace keepsake::tests
