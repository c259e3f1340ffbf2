// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/machine/stage.h"
#include "tests/trust/judge.h"
#include "tests/support/soak.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace keepsake::tests {

/// A home with its destinations, and a verb that will be disturbed in many ways. What a run that
/// nothing disturbs leaves is what all of them must come to.
class Trial {
 public:
  using Words = std::vector<std::string>;

  explicit Trial(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] Stage& stage() { return stage_; }

  [[nodiscard]] const Stage& stage() const { return stage_; }

  void add_tree(const std::string& name);
  void add_vault(const std::string& name);

  /// A folder besides the destinations that must hold the same in the end: of a restore.
  void also_watch(const std::string& folder) { folder_ = folder; }

  /// The home was left in the middle of this verb, while its ledger's log was on the way into the
  /// ledger.
  void leave_in_the_middle_of(const Words& verb);

  /// Runs the verb, and nothing disturbs it.
  void learn(const Words& verb);

  [[nodiscard]] const Words& verb() const { return verb_; }

  /// The machine before it was learnt, and what the verb did to it.
  [[nodiscard]] const Layout& before() const { return before_; }

  [[nodiscard]] const std::vector<Deed>& deeds() const { return deeds_; }

  /// What must be true whenever the verb is disturbed: whatever has a final name is whole, and the
  /// ledger knows nothing that is not there.
  void check_moment(const Layout& layout) const;

  /// How many files of the end are not stored everywhere yet, so that they may be read again.
  [[nodiscard]] std::size_t lacking_in(const Layout& layout) const;

  /// A file of a source whose bytes a destination does not have.
  struct Unkept {
    std::string destination;
    std::string path;  ///< below the sources
    friend auto operator<=>(const Unkept&, const Unkept&) = default;
  };

  /// Those as the sources are now.
  [[nodiscard]] std::set<Unkept> unkept_in(const Layout& layout) const;

  /// What is at the sources now may be kept too, because somebody changed it.
  void learn_sources();

  /// A destination has all that it is to have in the end.
  void check_complete(const std::string& destination) const;

  /// Whether things may lie around that nobody will ever need.
  enum class Tidy { yes, no };

  /// What must be true once any work is finished: sums, ledger and what lies around are in order.
  void check_order(Tidy tidy) const;

  /// What must be true once this verb's work is finished.
  void check_end(Tidy tidy) const;

  /// Then other programs find nothing wrong either.
  void judge_with_others() const;

 private:
  void check_ledger(const Layout& layout) const;

  [[nodiscard]] Kept kept_in(const Layout& layout, const std::string& destination) const;
  [[nodiscard]] Kept stored_in(const Layout& layout, const std::string& destination) const;

  std::string name_;
  Stage stage_;
  std::vector<std::string> trees_;
  std::vector<std::string> vaults_;
  std::string folder_;

  Words verb_;
  Layout before_;
  std::vector<Deed> deeds_;
  std::map<std::string, Kept> kept_after_;  ///< by destination
  std::set<std::string> right_sums_;        ///< of whatever may have a final name
  std::set<HeldFile> excused_;              ///< held but not there: damage unknown to the ledger
};

}  // namespace keepsake::tests
