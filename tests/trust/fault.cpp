// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/fault.h"

#include "tests/trust/table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;
namespace fs = std::filesystem;

constexpr std::size_t most_failures = 10;  // of one fault: more tell nothing new
constexpr std::size_t most_steps = 40;     // when time is short

bool befalls(const Fault& fault, Kind kind, const std::string& path) {
  const bool is_there = path.starts_with(fault.where) &&
                        (path.size() == fault.where.size() || path[fault.where.size()] == '/');
  return is_there && fault.kinds.contains(kind);
}

}  // namespace

/// The machine with a fault from its n-th call on that the fault concerns.
class Faults::Befallen final : public Gate {
 public:
  Befallen(const Fault& fault, fs::path folder, std::size_t step)
      : fault_(fault), folder_(std::move(folder)), step_(step) {}

  long pass(const Call& call, const Go& go) override {
    const auto path = below(folder_, call.path);
    if (!path || !befalls(fault_, call.kind, *path)) return haste_.pass(call, go);
    const auto count = ++seen_;
    const bool is_due =
        count == step_ || (count > step_ && fault_.lasting == Fault::Lasting::from_then_on);
    if (!is_due) return haste_.pass(call, go);
    if (count == step_ && fault_.deed) fault_.deed(call.path);
    if (fault_.error == 0) return haste_.pass(call, go);
    // A drive that is full takes what still fits.
    if (fault_.error == ENOSPC && call.kind == Kind::write && count == step_ &&
        call.bytes.size() > 1)
      return go(call.bytes.size() / 2);
    errno = fault_.error;
    return -1;
  }

  timespec now(timespec real) override {
    if (seen_ >= step_) real.tv_sec += fault_.clock.count();
    return real;
  }

 private:
  const Fault& fault_;
  fs::path folder_;
  std::size_t step_;
  std::atomic<std::size_t> seen_{0};
  Haste haste_;
};

Faults::Faults(Trial& trial) : trial_(trial), sources_(layout_of(trial.stage().sources())) {
  trial_.stage().become(trial_.before());
  calls_ = trial_.stage().watched(trial_.verb());
}

void Faults::befall(const Fault& fault) {
  ending_ = {};
  failed_ = 0;
  const auto steps = steps_of(fault);
  REQUIRE(steps > 0);
  const auto judged = is_soak() ? steps : std::min(steps, most_steps);
  for (std::size_t i = 0; i < judged && failed_ < most_failures; ++i)
    judge(fault, 1 + i * steps / judged);
  CHECK(failed_ == 0);
  print_row({"what goes wrong",
             "where",
             "steps",
             "tried at",
             "done all the same",
             "not all safe, named",
             "not done, told"},
            {fault.what,
             fault.where,
             std::to_string(steps),
             std::to_string(judged),
             std::to_string(ending_.done),
             std::to_string(ending_.not_all),
             std::to_string(ending_.not_done)});
}

std::size_t Faults::steps_of(const Fault& fault) const {
  return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [&](const Deed& it) {
    return befalls(fault, it.kind, it.path);
  }));
}

void Faults::judge(const Fault& fault, std::size_t step) {
  const Stage& stage = trial_.stage();
  INFO(fault.what, " at step ", step, " in ", fault.where);
  stage.become(trial_.before());
  fs::remove_all(stage.sources());
  fs::create_directory(stage.sources());
  lay_out(sources_, stage.sources());

  Befallen gate(fault, stage.folder(), step);
  const Ran ran = stage.keepsake(trial_.verb(), gate);
  INFO(ran.out.substr(0, 6000), ran.err);
  const auto left = stage.layout();
  const bool may_end_so = fault.exit_codes.contains(ran.exit_code);
  CHECK_MESSAGE(may_end_so, "it ended with " << ran.exit_code);
  (ran.exit_code == 0 ? ending_.done : ran.exit_code == 3 ? ending_.not_all : ending_.not_done)++;
  if (fault.deed) trial_.learn_sources();
  trial_.check_moment(left);
  for (const auto& destination : fault.untouched) trial_.check_complete(destination);
  if (may_end_so) check_words(fault, ran, left);

  const Ran next = stage.keepsake(trial_.verb());
  INFO("then: ", next.out.substr(0, 3000), next.err);
  CHECK(next.exit_code == 0);
  CHECK(trial_.unkept_in(stage.layout()).empty());
  // What somebody changed meanwhile has an older version: the bytes are all there, some under other
  // names.
  const bool under_other_names = fault.deed && fault.where.starts_with("sources");
  under_other_names ? trial_.check_order(Trial::Tidy::yes) : trial_.check_end(Trial::Tidy::yes);
  if (!may_end_so || next.exit_code != 0) ++failed_;
}

/// Each photo that a destination lacks is named, or the destination is, or the source; with words.
void Faults::check_words(const Fault& fault, const Ran& ran, const Layout& left) const {
  const auto summary = ran.summary();
  if (summary["message_type"] == "error") {
    CHECK_FALSE(summary["message"].get<std::string>().empty());
    return;
  }
  // What was changed after it was kept is the next run's.
  if (ran.exit_code == 0 && fault.deed) return;
  const auto& not_safe = summary["not_safe"];
  for (const Trial::Unkept& unkept : trial_.unkept_in(left)) {
    const auto file = fs::path(unkept.path).filename().string();
    INFO(unkept.path, " is not in ", unkept.destination);
    CHECK(std::any_of(not_safe.begin(), not_safe.end(), [&](const auto& one) {
      const bool is_here = one["destination"].is_null() || one["destination"] == unkept.destination;
      return is_here && (one["asset"].is_null() || one["name"] == file);
    }));
  }
}

}  // namespace keepsake::tests
