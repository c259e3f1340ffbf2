// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/trust/trial.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace keepsake::tests {

/// Something that goes wrong with the machine while the program runs.
struct Fault {
  using Kinds = std::set<Call::Kind>;
  enum class Lasting { once, from_then_on };

  std::string what;   ///< for the table
  std::string where;  ///< a folder of the stage; all below it is concerned
  Kinds kinds;        ///< which calls it befalls
  Lasting lasting = Lasting::from_then_on;
  int error = 0;  ///< the machine's answer; 0 when the call is made all the same

  /// What somebody does to the file just then.
  std::function<void(const std::filesystem::path&)> deed = {};

  /// By how much the clock is wrong from then on.
  std::chrono::seconds clock = {};

  std::set<int> exit_codes = {};            ///< how the run may end
  std::vector<std::string> untouched = {};  ///< destinations that must have everything all the same
};

/// Lets a fault befall a backup at each step of it. Whatever the program makes of it, it must end
/// as it may, name what it could not do, leave nothing half-written under a final name, and serve
/// all that the fault does not concern; then the next run must complete the work.
class Faults {
 public:
  /// The trial has learnt its verb.
  explicit Faults(Trial& trial);

  /// Prints a row of the table.
  void befall(const Fault& fault);

 private:
  class Befallen;

  struct Ending {
    std::size_t done = 0;      ///< ended with 0
    std::size_t not_all = 0;   ///< with 3
    std::size_t not_done = 0;  ///< with another code
  };

  [[nodiscard]] std::size_t steps_of(const Fault& fault) const;
  void judge(const Fault& fault, std::size_t step);
  void check_words(const Fault& fault, const Ran& ran, const Layout& left) const;

  Trial& trial_;
  Layout sources_;
  std::vector<Deed> calls_;  ///< all that the undisturbed run asked for
  Ending ending_;
  std::size_t failed_ = 0;
};

}  // namespace keepsake::tests
