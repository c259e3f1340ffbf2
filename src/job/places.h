// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"
#include "destination/destination.h"
#include "job/home.h"
#include "plan/backup.h"
#include "source/source.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// From the settings to things that can be read and written, and the verbs that add them.
namespace keepsake::job {

/// Causes: absent, denied.
Result<std::unique_ptr<source::Source>> open_source(const config::Source& settings,
                                                    os::Clock& clock);

/// Opens and checks its presence. Causes: absent, conflict, denied.
Result<std::unique_ptr<destination::Destination>> open_destination(
    const config::Destination& settings, const config::Settings& home);

plan::Target target_of(const config::Destination& settings, std::int64_t row);

/// What a destination excludes and takes, as one text: when it changes, everything is planned anew.
std::string rules_of(const config::Destination& settings);

/// The sources or destinations of these names; all when there are none. Causes: invalid.
Result<std::vector<config::Source>> chosen_sources(const config::Settings& settings,
                                                   const std::vector<std::string>& names);
Result<std::vector<config::Destination>> chosen_destinations(const config::Settings& settings,
                                                             const std::vector<std::string>& names);

/// A source inside a destination, or the reverse, would back up a backup. Causes: invalid.
Result<> refuse_overlap(const std::vector<config::Source>& sources,
                        const std::vector<config::Destination>& destinations);

/// `source add NAME folder PATH`. Only the settings change.
Result<> add_source(Home& home, const std::string& name, const std::filesystem::path& path);

/// `destination add NAME folder PATH`: makes the last part of the path and the tree's marker, or
/// finds a tree that is there already. True when it was there.
struct NewDestination {
  std::string name;
  std::filesystem::path folder;
  std::string layout;
  std::string albums;
  std::string sidecars;
};

Result<bool> add_destination(Home& home, const NewDestination& wanted);

/// Removing forgets; it deletes no file.
Result<> remove_source(Home& home, const std::string& name);
Result<> remove_destination(Home& home, const std::string& name);

}  // namespace keepsake::job
