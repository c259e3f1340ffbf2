// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Which storage kept which promise, as a table on standard output when the tests have run.
namespace keepsake::tests {

class Promises {
 public:
  /// What is asserted from now on is about this storage, and about the test case that runs.
  void ask(const std::string& storage) {
    if (std::ranges::count(storages_, storage) == 0) storages_.push_back(storage);
    kept_[{promises_.back(), storage}] = true;
    asked_of_.insert(promises_.back());
    asked_ = storage;
  }

  void begin(std::string promise) {
    promises_.push_back(std::move(promise));
    asked_.clear();
  }

  /// What runs now.
  [[nodiscard]] const std::string& promise() const { return promises_.back(); }

  void broken() {
    if (!asked_.empty()) kept_[{promises_.back(), asked_}] = false;
  }

  void print() const {
    if (storages_.empty()) return;
    for (std::size_t i = 0; i < storages_.size(); ++i)
      fmt::print("{}: {}{}", i + 1, storages_[i], i + 1 < storages_.size() ? ", " : "\n");
    for (const std::string& promise : promises_) {
      if (asked_of_.count(promise) == 0) continue;
      std::string row;
      for (const std::string& storage : storages_) {
        const auto found = kept_.find({promise, storage});
        row += fmt::format(" {:>3}", found == kept_.end() ? "-" : found->second ? "yes" : "NO");
      }
      fmt::print("{}  {}\n", row, promise);
    }
  }

  static Promises& all() {
    static Promises promises;
    return promises;
  }

 private:
  std::vector<std::string> storages_;
  std::vector<std::string> promises_;
  std::set<std::string> asked_of_;  ///< those that are about storages
  std::map<std::pair<std::string, std::string>, bool> kept_;
  std::string asked_;
};

/// Tells it what runs and what fails.
class PromiseListener final : public doctest::IReporter {
 public:
  explicit PromiseListener(const doctest::ContextOptions& /*options*/) {}

  void report_query(const doctest::QueryData& /*in*/) override {}

  void test_run_start() override {}

  void test_run_end(const doctest::TestRunStats& /*in*/) override { Promises::all().print(); }

  void test_case_start(const doctest::TestCaseData& in) override {
    Promises::all().begin(in.m_name);
  }

  void test_case_reenter(const doctest::TestCaseData& /*in*/) override {}

  void test_case_end(const doctest::CurrentTestCaseStats& /*in*/) override {}

  void test_case_exception(const doctest::TestCaseException& /*in*/) override {
    Promises::all().broken();
  }

  void subcase_start(const doctest::SubcaseSignature& /*in*/) override {}

  void subcase_end() override {}

  void log_assert(const doctest::AssertData& in) override {
    if (in.m_failed) Promises::all().broken();
  }

  void log_message(const doctest::MessageData& /*in*/) override {}

  void test_case_skipped(const doctest::TestCaseData& /*in*/) override {}
};

}  // namespace keepsake::tests
