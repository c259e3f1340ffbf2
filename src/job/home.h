// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "catalog/catalog.h"
#include "config/settings_file.h"
#include "os/folder.h"
#include "os/machine.h"
#include "plan/home_zone.h"
#include "source/icloud/endpoints.h"
#include "storage/location.h"

#include <filesystem>
#include <functional>
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
  std::filesystem::path state;  ///< a folder for what one machine must remember of its runs
};

/// Whether a password is asked for, or chosen: a chosen one is typed twice.
enum class Password { known, chosen };

/// Finds the password of a vault, by its name, where the program was told of it: in the environment
/// or a file. Causes: not_found when it was told of none.
using FindPassword = std::function<Result<Secret>(const std::string& vault)>;

/// Asks for it. Causes: wrong_password when nobody can be asked.
using AskPassword = std::function<Result<Secret>(const std::string& vault, Password password)>;

/// Finds the password of a source's Apple Account. Causes: not_found where it is known nowhere.
using FindApplePassword = std::function<Result<Secret>(const std::string& source)>;

/// What a home needs of the world around it.
struct Outside {
  FindPassword find_password;
  AskPassword ask_password;
  FindApplePassword find_apple_password;
  storage::Surroundings storages;
  source::icloud::Elsewhere icloud;  ///< where Apple's sign-in is looked for
};

/// One person's settings and ledger, opened for one verb.
class Home {
 public:
  enum class Access { reading, writing };

  /// Writing takes the home's lock. Causes: locked (another run is writing), invalid settings, what
  /// the catalog fails with.
  static Result<std::unique_ptr<Home>> open(const HomePaths& paths,
                                            Access access,
                                            os::Clock& clock,
                                            Outside outside);

  [[nodiscard]] const HomePaths& paths() const { return paths_; }

  [[nodiscard]] const config::Settings& settings() const { return settings_; }

  [[nodiscard]] config::SettingsFile settings_file() const {
    return config::SettingsFile(paths_.settings);
  }

  /// After a change to the settings file.
  Result<> read_settings();

  /// Opened when first asked for.
  Result<catalog::Catalog*> catalog();

  /// Where a new catalog is made before it takes the old one's place. What a killed run left of one
  /// is gone once the home is opened for writing.
  [[nodiscard]] std::filesystem::path new_catalog_file() const;

  /// Closes the catalog; from now on it is this file.
  void use_catalog_file(const std::filesystem::path& file) {
    catalog_.reset();
    paths_.catalog = file;
  }

  [[nodiscard]] os::Clock& clock() const { return clock_; }

  [[nodiscard]] const Outside& outside() const { return outside_; }

  /// A folder for what this home remembers of one place; made when missing.
  [[nodiscard]] Result<std::unique_ptr<os::Folder>> state_of(const Id128& place) const;

  /// Removes it, as far as it can be removed.
  void forget_state_of(const Id128& place) const;

  /// The zone that places photos without one of their own. Causes: not_found.
  [[nodiscard]] Result<plan::HomeZone> zone() const;

 private:
  Home(HomePaths paths, os::Clock& clock, Outside outside)
      : paths_(std::move(paths)), clock_(clock), outside_(std::move(outside)) {}

  HomePaths paths_;
  os::Clock& clock_;
  Outside outside_;
  std::unique_ptr<os::FileLock> lock_;
  config::Settings settings_;
  std::unique_ptr<catalog::Catalog> catalog_;
};

}  // namespace keepsake::job
