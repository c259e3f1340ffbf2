// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::simulate::icloud {

/// Something that goes wrong on command, from `--fault WHAT[,KEY=VALUE]...`:
///   at=OPERATION       which calls it concerns (docs/manual/simulate.md names them), or a service
///   on=N               from the N-th of these on; 1 without
///   times=N|always     how often
///   after=N|P%|end     where in the body: after N bytes, after that part of it, after the last
///   byte wait=SECONDS       how long nothing comes; what Retry-After says
struct Fault {
  std::string what;  ///< a status such as "503", or a word such as "cut"
  std::string at;    ///< empty: every call
  std::uint64_t on = 1;
  std::uint64_t times = 1;
  std::optional<std::uint64_t> after_bytes;
  unsigned after_percent = 50;  ///< without `after_bytes`
  std::chrono::seconds wait{0};
  std::uint64_t met = 0;  ///< how many calls it concerned so far

  /// The place in a body of that size.
  [[nodiscard]] std::uint64_t place_in(std::uint64_t size) const;

  /// The status that it answers with; nothing when it is no such fault.
  [[nodiscard]] std::optional<int> status() const;
};

inline constexpr std::uint64_t always = std::uint64_t(-1);

/// Causes: invalid, saying what is wrong with it and what there is.
Result<Fault> parse_fault(std::string_view spec);

/// A word for a fault and what it does, for help.
struct FaultKind {
  std::string_view what;
  std::string_view at;  ///< where it strikes when that is not said
  std::uint64_t times = 1;
  std::string_view does;
};

/// Every word there is; a status is a fault without one.
const std::vector<FaultKind>& fault_kinds();

/// The faults of a simulator and how often each has been met.
class Faults {
 public:
  void add(Fault fault) { faults_.push_back(std::move(fault)); }

  void clear() { faults_.clear(); }

  /// The fault of that kind that strikes this call; null when there is none. Each question is one
  /// call met.
  const Fault* strike(std::string_view what, std::string_view operation);

  /// The same for any fault that answers with a status.
  const Fault* strike_status(std::string_view operation);

  /// Whether a fault that concerns photos strikes the one of that number, counted from 1.
  [[nodiscard]] bool touches(std::string_view what, std::uint64_t photo) const;

 private:
  std::vector<Fault> faults_;
};

/// Whether a fault at `at` concerns the operation: they are equal, or `at` is the service that the
/// operation belongs to.
bool concerns(std::string_view at, std::string_view operation);

}  // namespace keepsake::simulate::icloud
