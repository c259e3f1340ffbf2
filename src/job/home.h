// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "config/settings_file.h"
#include "os/machine.h"
#include "plan/home_zone.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

/// The verbs of the program as stories, each in a file of its own: read one, and you know what
/// happens. They print nothing and know no command line.
namespace keepsake::job {

/// Where a home's files lie.
struct HomePaths {
  std::filesystem::path settings;
  std::filesystem::path catalog;
  std::filesystem::path lock;
  std::filesystem::path log;
};

/// One person's settings and ledger, opened for one verb.
class Home {
 public:
  enum class Access { reading, writing };

  /// Writing takes the home's lock. Causes: locked (another run is writing), invalid settings, what
  /// the catalog fails with.
  static Result<std::unique_ptr<Home>> open(const HomePaths& paths,
                                            Access access,
                                            os::Clock& clock);

  [[nodiscard]] const HomePaths& paths() const { return paths_; }

  [[nodiscard]] const config::Settings& settings() const { return settings_; }

  [[nodiscard]] config::SettingsFile settings_file() const {
    return config::SettingsFile(paths_.settings);
  }

  /// After a change to the settings file.
  Result<> read_settings();

  /// Opened when first asked for.
  Result<catalog::Catalog*> catalog();

  /// Closes the catalog; from now on it is this file.
  void use_catalog_file(const std::filesystem::path& file) {
    catalog_.reset();
    paths_.catalog = file;
  }

  [[nodiscard]] os::Clock& clock() const { return clock_; }

  /// The zone that places photos without one of their own. Causes: not_found.
  [[nodiscard]] Result<plan::HomeZone> zone() const;

 private:
  Home(HomePaths paths, os::Clock& clock) : paths_(std::move(paths)), clock_(clock) {}

  HomePaths paths_;
  os::Clock& clock_;
  std::unique_ptr<os::FileLock> lock_;
  config::Settings settings_;
  std::unique_ptr<catalog::Catalog> catalog_;
};

}  // namespace keepsake::job
