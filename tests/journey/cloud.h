// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journey.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::tests {

/// A made-up iCloud Photos account beside a journey: `keepsake simulate icloud` as a process of its
/// own, and its door for tests (docs/manual/simulate.md).
class Cloud {
 public:
  /// Starts it with so many photos.
  explicit Cloud(int photos, std::vector<std::string> options = {});

  /// The same, and points the journey's commands at it.
  Cloud(Journey& journey, int photos, std::vector<std::string> options = {});

  /// What commands need in their environment to take it for Apple's.
  [[nodiscard]] std::map<std::string, std::string> variables() const;

  /// Says something at the door, and returns the answer.
  json say(std::string_view word, const json& body = json::object()) const;

  /// Lets something happen to the library.
  json act(const json& what) const { return say("act", what); }

  /// A photo whose original is that file comes into the library; its id.
  std::string import(const std::string& name, const std::filesystem::path& file) const;

  /// Other faults than before.
  void set_faults(const std::vector<std::string>& specs) const;

  /// How often a call came since the last `forget_calls`.
  [[nodiscard]] std::int64_t calls(const std::string& name) const;

  void forget_calls() const { say("calls", {{"clear", true}}); }

  /// Codes that appeared on the owner's devices or phone.
  [[nodiscard]] std::int64_t codes() const;

  /// Every photo as the account has it, by its id.
  [[nodiscard]] std::map<std::string, json> photos() const;

 private:
  [[nodiscard]] std::filesystem::path authority() const;

  TempFolder folder_;
  std::unique_ptr<Process> process_;
  std::string url_;
  std::string token_;
};

/// Apple's checksums of files, by the id of their photo.
using Sums = std::map<std::string, std::multiset<std::string>>;

/// Those that the account says it has.
Sums served(const Cloud& cloud);

/// Those of what lies in a tree, from its bytes.
Sums kept(const Journey& journey, const std::string& tree);

/// An account of so many photos as the source `phone`, not signed in.
void add_account(const Journey& journey);

/// The same, signed in.
void add_signed_in(const Journey& journey);

}  // namespace keepsake::tests
