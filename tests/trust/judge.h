// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/machine/stage.h"

#include <map>
#include <set>
#include <string>

/// What must be true of a machine on which the program ran, at any moment or after it ended.
namespace keepsake::tests {

/// SHA-256 of each kept file, by its path as a folder tree has it; "-> target" of a link.
using Kept = std::map<std::string, std::string>;

/// What a tree holds under final names: photos, versions put aside, what is in quarantine, and the
/// links of albums.
Kept kept_in_tree(const Layout& machine, const std::string& tree);

/// What the newest snapshot of a vault of the stage holds, and its packs have.
Kept kept_in_vault(const Stage& stage, const std::string& vault);

/// What is stored in a vault of the stage though no snapshot tells of it yet: the home's journal
/// does, and its bytes are in an index.
Kept noted_for_vault(const Stage& stage, const std::string& vault);

/// Every file that a vault has under its final name is what its name says, or one of these.
void check_names_of_vault(const Layout& machine,
                          const std::string& vault,
                          const std::set<std::string>& known);

/// A tree's own sums name every file in it, with its bytes.
void check_sums(const Layout& machine, const std::string& tree);

/// So says `sha256sum -c`.
void check_with_sha256sum(const Stage& stage, const std::string& tree);

/// Nothing lies in a tree that nobody will ever need: no journal, no file that was not finished.
void check_tidiness_of_tree(const Stage& stage, const std::string& tree);

/// Nothing lies in a vault but the repository: no lock, no file that was not finished.
void check_tidiness_of_vault(const Stage& stage, const std::string& vault);

/// Nothing lies in the home that only a run needs.
void check_tidiness_of_home(const Stage& stage);

}  // namespace keepsake::tests
