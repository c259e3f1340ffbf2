// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"
#include "job/home.h"
#include "storage/location.h"

#include <filesystem>
#include <string>

/// The verbs that add and remove sources and destinations. Removing forgets; it deletes no file.
namespace keepsake::job {

/// `source add NAME KIND PATH`. Only the settings change. Causes: absent, denied, and invalid or
/// unsupported where the path is not of that kind.
Result<> add_source(Home& home,
                    const std::string& name,
                    config::SourceKind kind,
                    const std::filesystem::path& path);

/// `destination add NAME KIND PATH`.
struct NewDestination {
  std::string name;
  config::DestinationKind kind = config::DestinationKind::folder;
  storage::Location location;
  std::string layout;  ///< this and what follows: of folder trees; empty for what is usual
  std::string albums;
  std::string sidecars;
  bool keyring = false;  ///< keep a vault's password there
};

/// Makes the last part of the path and a tree's marker or a vault's repository, or finds one that
/// is there already. True when it was there. Causes: invalid, absent, and of a vault
/// wrong_password, corrupt (parts of a repository), unsupported.
Result<bool> add_destination(Home& home, const NewDestination& wanted);

/// `source add NAME icloud --account EMAIL`. Signs nobody in. Causes: invalid.
struct NewAccount {
  std::string name;
  std::string account;
  std::string domain;    ///< empty for what is usual
  bool keyring = false;  ///< keep the sign-in and the password there
};

Result<> add_account(Home& home, const NewAccount& wanted);

Result<> remove_source(Home& home, const std::string& name);
Result<> remove_destination(Home& home, const std::string& name);

}  // namespace keepsake::job
