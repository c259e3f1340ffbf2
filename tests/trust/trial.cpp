// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/trial.h"

#include "tests/support/restic.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;

/// What is not worth comparing: the log is no part of the backup, and SQLite's index of its log is
/// made anew by whoever opens it.
bool is_of_no_matter(const std::string& path) {
  return path.starts_with("home/keepsake.log") || path.ends_with("-shm");
}

void check_same(const Layout& replayed, const Layout& real) {
  std::set<std::string> differ;
  for (const auto* layout : {&replayed, &real})
    for (const auto& [path, thing] : *layout) {
      const auto here = replayed.find(path);
      const auto there = real.find(path);
      const bool same =
          here != replayed.end() && there != real.end() &&
          here->second.type == there->second.type &&
          (here->second.type == Thing::Type::link || here->second.mode == there->second.mode) &&
          (!here->second.bytes || *here->second.bytes == *there->second.bytes);
      if (!same && !is_of_no_matter(path)) differ.insert(path);
    }
  for (const std::string& path : differ)
    FAIL_CHECK("the recorder missed something that was done to " << path);
}

}  // namespace

void Trial::add_tree(const std::string& name) {
  trees_.push_back(name);
  stage_.expect(0, {"destination", "add", name, "folder", name});
}

void Trial::add_vault(const std::string& name) {
  vaults_.push_back(name);
  stage_.make_vault(name);
  stage_.expect(0, {"destination", "add", name, "vault", name});
}

void Trial::leave_in_the_middle_of(const Words& verb) {
  Disk disk(stage_.layout());
  const auto deeds = stage_.recorded(verb);
  const auto is_ledger_page = [](const Deed& deed) {
    return deed.kind == Kind::write && deed.path == "home/catalog.db";
  };
  std::vector<std::size_t> pages;
  for (std::size_t i = 0; i < deeds.size(); ++i)
    if (is_ledger_page(deeds[i])) pages.push_back(i);
  REQUIRE(pages.size() > 2);
  for (std::size_t i = 0; i < pages[pages.size() / 2]; ++i) disk.perform(deeds[i]);
  stage_.become(disk.now());
}

void Trial::learn(const Words& verb) {
  verb_ = verb;
  before_ = stage_.layout();
  for (const auto& [path, thing] : before_)
    if (thing.type == Thing::Type::file) right_sums_.insert(sum_of(thing.bytes));
  for (const std::string& tree : trees_) {
    const auto kept = kept_in_tree(before_, tree);
    for (const HeldFile& held : held_in(before_)) {
      const auto there = kept.find(held.path);
      const bool right = there != kept.end() && there->second == held.sha256;
      if (held.destination == tree && !right) excused_.insert(held);
    }
  }
  deeds_ = stage_.recorded(verb);
  const auto after = stage_.layout();
  Disk disk(before_);
  for (const Deed& deed : deeds_) disk.perform(deed);
  check_same(disk.now(), after);
  for (const auto* places : {&trees_, &vaults_})
    for (const std::string& place : *places) kept_after_[place] = kept_in(after, place);
  if (!folder_.empty()) kept_after_[folder_] = kept_in_tree(after, folder_);
  for (const auto& [destination, kept] : kept_after_)
    for (const auto& [path, sum] : kept) right_sums_.insert(sum);
  check_end(Tidy::yes);
}

void Trial::learn_sources() {
  for (const auto& [path, thing] : layout_of(stage_.sources()))
    if (thing.type == Thing::Type::file) right_sums_.insert(sum_of(thing.bytes));
}

Kept Trial::kept_in(const Layout& layout, const std::string& destination) const {
  const bool is_tree = std::find(trees_.begin(), trees_.end(), destination) != trees_.end();
  return is_tree ? kept_in_tree(layout, destination) : kept_in_vault(stage_, destination);
}

/// Also what is stored though nothing tells of it yet but the home.
Kept Trial::stored_in(const Layout& layout, const std::string& destination) const {
  auto kept = kept_in(layout, destination);
  const bool is_vault = std::find(vaults_.begin(), vaults_.end(), destination) != vaults_.end();
  if (is_vault) {
    auto noted = noted_for_vault(stage_, destination);
    noted.merge(kept);
    return noted;
  }
  return kept;
}

void Trial::check_moment(const Layout& layout) const {
  for (const std::string& tree : trees_)
    for (const auto& [path, sum] : kept_in_tree(layout, tree)) {
      INFO(path);
      CHECK(right_sums_.contains(sum));
    }
  if (!folder_.empty())
    for (const auto& [path, sum] : kept_in_tree(layout, folder_)) {
      INFO(path);
      if (!path.ends_with(".keepsake-part")) CHECK(right_sums_.contains(sum));
    }
  for (const std::string& vault : vaults_) check_names_of_vault(layout, vault, right_sums_);
  check_ledger(layout);
}

/// What the ledger holds is there: at its path or, while a newer version takes that, put aside.
void Trial::check_ledger(const Layout& layout) const {
  std::map<std::string, Kept> kept;
  for (const auto* places : {&trees_, &vaults_})
    for (const std::string& place : *places) kept[place] = kept_in(layout, place);
  for (const HeldFile& held : held_in(layout)) {
    if (excused_.contains(held)) continue;
    INFO(held.path, " in ", held.destination);
    const auto& there = kept[held.destination];
    CHECK(std::any_of(
        there.begin(), there.end(), [&](const auto& file) { return file.second == held.sha256; }));
  }
}

std::size_t Trial::lacking_in(const Layout& layout) const {
  std::set<std::string> lacking;
  for (const auto* places : {&trees_, &vaults_})
    for (const std::string& place : *places) {
      const auto stored = stored_in(layout, place);
      for (const auto& [path, sum] : kept_after_.at(place)) {
        const auto there = stored.find(path);
        const bool is_there = there != stored.end() && there->second == sum;
        const bool is_photo = !path.starts_with(".keepsake/") && !path.starts_with("Albums/");
        if (!is_there && is_photo) lacking.insert(path);
      }
    }
  return lacking.size();
}

std::set<Trial::Unkept> Trial::unkept_in(const Layout& layout) const {
  std::set<Unkept> unkept;
  for (const auto* places : {&trees_, &vaults_})
    for (const std::string& place : *places) {
      std::set<std::string> sums;
      for (const auto& [path, sum] : stored_in(layout, place)) sums.insert(sum);
      for (const auto& [path, thing] : layout_of(stage_.sources()))
        if (thing.type == Thing::Type::file && !sums.contains(sum_of(thing.bytes)))
          unkept.insert({place, path});
    }
  return unkept;
}

void Trial::check_complete(const std::string& destination) const {
  INFO("in ", destination);
  CHECK(kept_in(stage_.layout(), destination) == kept_after_.at(destination));
}

void Trial::check_end(Tidy tidy) const {
  for (const auto* places : {&trees_, &vaults_})
    for (const std::string& place : *places) check_complete(place);
  const auto layout = stage_.layout();
  if (!folder_.empty()) CHECK(kept_in_tree(layout, folder_) == kept_after_.at(folder_));
  check_order(tidy);
}

void Trial::check_order(Tidy tidy) const {
  const auto layout = stage_.layout();
  for (const std::string& tree : trees_) {
    INFO("in ", tree);
    check_sums(layout, tree);
    if (tidy == Tidy::yes) check_tidiness_of_tree(stage_, tree);
  }
  for (const std::string& vault : vaults_) {
    INFO("in ", vault);
    if (tidy == Tidy::yes) check_tidiness_of_vault(stage_, vault);
  }
  if (tidy == Tidy::yes) check_tidiness_of_home(stage_);
  check_ledger(layout);
}

void Trial::judge_with_others() const {
  for (const std::string& tree : trees_) check_with_sha256sum(stage_, tree);
  for (const std::string& vault : vaults_)
    if (Restic::is_installed()) Restic(stage_.machine() / vault).check();
}

}  // namespace keepsake::tests
