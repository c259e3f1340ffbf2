// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"
#include "destination/destination.h"
#include "destination/vault/vault.h"
#include "job/home.h"
#include "os/folder.h"
#include "os/secret_place.h"
#include "plan/backup.h"
#include "source/icloud/icloud.h"
#include "source/source.h"
#include "storage/location.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// From the settings to things that can be read and written.
namespace keepsake::job {

/// Nothing is asked of an account yet. Causes: absent, denied.
Result<std::unique_ptr<source::Source>> open_source(const Home& home,
                                                    const config::Source& settings);

/// An iCloud source as its owner set it up.
source::ICloudAccount account_of(const Home& home, const config::Source& settings);

/// What its owner allows a line, by the clock that is on the wall here; empty without a limit.
Rate rate_of(const Home& home, const std::optional<config::Bandwidth>& bandwidth);

/// The folder of a tree, wherever it lies. Causes: absent (the drive is not plugged in, the server
/// has no such folder), denied, offline.
Result<std::unique_ptr<os::Folder>> folder_of(
    const Home& home,
    const config::Destination& tree,
    storage::Missing missing = storage::Missing::is_absent);

/// Opens and checks its presence; a vault's key is not opened yet. Causes: absent, conflict,
/// denied, not_found (there is no vault), corrupt.
Result<std::unique_ptr<destination::Destination>> open_destination(
    const Home& home, const config::Destination& settings);

/// The same for a vault, with what only vaults can do. A home that has no catalog yet may read it.
Result<std::unique_ptr<destination::Vault>> open_vault(const Home& home,
                                                       const config::Destination& settings);

/// A vault's password: where the program was told of it, else in the keyring if the settings say
/// so, else by asking. Causes: wrong_password, also for a keyring that cannot be read.
Result<Secret> password_of(const Home& home, const config::Destination& vault, Password password);

/// Where the settings want secrets of a place to be kept. The keyring's entries are of this home.
std::unique_ptr<os::SecretPlace> password_place(const Home& home, const config::Destination& vault);
std::unique_ptr<os::SecretPlace> apple_password_place(const Home& home,
                                                      const config::Source& source);

/// Causes: denied, for a folder that cannot be made.
Result<std::unique_ptr<os::SecretPlace>> sign_in_place(const Home& home,
                                                       const config::Source& source);

/// The password of a source's Apple Account, if it is known. Causes: not_found.
Result<Secret> apple_password_of(const Home& home, const config::Source& source);

/// Names the vault in an error, and says that it is the whole of it that failed.
std::function<Error(Error)> of_vault(const config::Destination& settings);

/// A home that was given a backup and has no catalog of its own yet writes nothing.
/// Causes: conflict.
Result<Id128> own_catalog(const Home& home);

plan::Target target_of(const config::Destination& settings, std::int64_t row);

/// What a destination excludes and takes, as one text: when it changes, everything is planned anew.
std::string rules_of(const config::Destination& settings);

/// Where they are the names of destinations, all of them; nothing where none is. Causes: invalid
/// (some are sources).
Result<std::vector<config::Destination>> chosen_origins(const config::Settings& settings,
                                                        const std::vector<std::string>& names);

/// The sources or destinations of these names; all when there are none. Causes: invalid.
Result<std::vector<config::Source>> chosen_sources(const config::Settings& settings,
                                                   const std::vector<std::string>& names);
Result<std::vector<config::Destination>> chosen_destinations(const config::Settings& settings,
                                                             const std::vector<std::string>& names);

/// A source inside a destination, or the reverse, would back up a backup. Causes: invalid.
Result<> refuse_overlap(const std::vector<config::Source>& sources,
                        const std::vector<config::Destination>& destinations);

/// Folders with files of other programs, each once. What lies in a destination is its own, not
/// theirs. Causes: invalid.
Result<std::vector<std::unique_ptr<os::Folder>>> open_folders_to_adopt(
    const std::vector<std::filesystem::path>& paths,
    const std::vector<config::Destination>& destinations);

}  // namespace keepsake::job
