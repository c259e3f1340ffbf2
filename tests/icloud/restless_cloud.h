// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/simulator.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::tests {

/// A simulated library to which things happen by chance, the same for the same seed as far as its
/// client's threads ask in the same order. Its pages are short, so that a small library has many.
class RestlessCloud {
 public:
  explicit RestlessCloud(std::uint64_t seed);

  /// May be called by several threads.
  simulate::icloud::Reply answer(const simulate::icloud::Request& request);

  /// Things happen while the database is asked, or no longer.
  void be_restless() { is_restless_ = true; }

  void be_quiet() { is_restless_ = false; }

  /// After so many more answers of the database its client is told to stop.
  std::stop_token stop_after(std::uint64_t answers);

  /// Up to `most` things happen.
  void live(std::uint64_t most);

  /// Every photo as the account has it (docs/manual/simulate.md, `files`).
  nlohmann::json photos() { return say("files")["photos"]; }

  /// How many things happened so far.
  [[nodiscard]] std::uint64_t happenings() const { return happenings_; }

  /// Below `end`.
  std::uint64_t number(std::uint64_t end) { return random_() % end; }

 private:
  nlohmann::json say(const std::string& word,
                     const nlohmann::json& body = nlohmann::json::object());
  void let_something_happen();
  nlohmann::json something();
  nlohmann::json something_with(const nlohmann::json& photo);
  nlohmann::json something_with_albums(const nlohmann::json& photo);

  std::mt19937_64 random_;
  TempFolder folder_;
  std::unique_ptr<simulate::icloud::Simulator> simulator_;
  std::string token_;
  std::vector<std::string> albums_;
  std::vector<std::string> folders_{""};
  std::uint64_t happenings_ = 0;
  bool is_restless_ = false;
  std::stop_source stop_;
  std::optional<std::uint64_t> answers_left_;
  std::mutex mutex_;
};

}  // namespace keepsake::tests
