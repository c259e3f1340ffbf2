// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/environment.h"

#include <cstdlib>
#include <system_error>

namespace keepsake::app {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any thread starts
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

Result<fs::path> xdg(const char* name, const char* otherwise) {
  if (const auto set = variable(name)) return *set / "keepsake";
  const auto home = variable("HOME");
  if (!home)
    return fail(Error{Cause::invalid,
                      "neither KEEPSAKE_HOME nor HOME says where the settings belong",
                      {},
                      Scope::run});
  return *home / otherwise / "keepsake";
}

/// Only its owner may look into a home.
Result<> make_private(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (made) fs::permissions(folder, fs::perms::owner_all, error);
  if (error)
    return fail(Error{
        Cause::denied, "cannot make the folder: " + error.message(), folder.string(), Scope::run});
  return {};
}

}  // namespace

Result<job::HomePaths> locate_home(const std::optional<fs::path>& settings) {
  job::HomePaths paths;
  if (const auto home = variable("KEEPSAKE_HOME")) {
    const auto root = fs::absolute(*home);
    TRY(make_private(root));
    paths = {root / "keepsake.toml", root / "catalog.db", root / "lock", root / "keepsake.log"};
  } else {
    const auto config = TRY(xdg("XDG_CONFIG_HOME", ".config"));
    const auto data = TRY(xdg("XDG_DATA_HOME", ".local/share"));
    const auto state = TRY(xdg("XDG_STATE_HOME", ".local/state"));
    for (const fs::path& folder : {config, data, state}) TRY(make_private(folder));
    paths = {config / "keepsake.toml", data / "catalog.db", data / "lock", state / "keepsake.log"};
  }
  if (settings) paths.settings = fs::absolute(*settings);
  return paths;
}

}  // namespace keepsake::app
