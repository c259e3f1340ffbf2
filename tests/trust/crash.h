// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/trust/trial.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace keepsake::tests {

/// Interrupts a verb at everything it does to the machine: killed before it; killed in the middle
/// of a write; and with the power cut, in three ways (see `Lost`). After each, what must always be
/// true is looked at, and then the next runs must finish the work and fetch nothing that is stored.
class Crash {
 public:
  explicit Crash(Trial& trial) : trial_(trial) {}

  /// Only at one in so many of its deeds: of a library too large for all of them.
  Crash(Trial& trial, std::size_t one_in) : trial_(trial), one_in_(one_in) {}

  /// `next` are the runs that must end with 0 after the interruption. Prints a row of the table.
  void interrupt(const Trial::Words& verb, const std::vector<Trial::Words>& next);

 private:
  enum class Cut { killed, torn, power };

  struct Moment {
    Cut cut = Cut::killed;
    std::size_t deed = 0;
    std::string what;
  };

  [[nodiscard]] bool is_left_out(std::size_t deed) const;
  void each_moment(const std::function<void(const Moment&, const Layout&)>& take) const;
  void judge(const Moment& moment, const Layout& layout, const std::vector<Trial::Words>& next);
  void print_row() const;

  Trial& trial_;
  std::size_t one_in_ = 1;
  std::map<Cut, std::size_t> moments_;
  std::size_t judged_by_others_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace keepsake::tests
