// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/crash.h"

#include "tests/trust/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <set>
#include <string>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;

constexpr std::size_t most_failures = 10;  // of one verb: more tell nothing new
constexpr std::size_t pages_between = 8;
const std::size_t others_between = is_soak() ? 20 : 60;

bool is_sqlite(const Deed& deed) { return deed.path.find(".db") != std::string::npos; }

}  // namespace

void Crash::interrupt(const Trial::Words& verb, const std::vector<Trial::Words>& next) {
  trial_.learn(verb);
  std::set<std::uint64_t> seen;
  each_moment([&](const Moment& moment, const Layout& layout) {
    if (failed_ >= most_failures || !seen.insert(fingerprint(layout)).second) return;
    ++moments_[moment.cut];
    judge(moment, layout, next);
  });
  CHECK(failed_ == 0);
  print_row();
}

void Crash::each_moment(const std::function<void(const Moment&, const Layout&)>& take) const {
  const auto& deeds = trial_.deeds();
  Disk disk(trial_.before());
  std::mt19937 chance(20240817);
  for (std::size_t i = 0; i <= deeds.size(); ++i) {
    if (is_left_out(i)) {
      disk.perform(deeds[i]);
      continue;
    }
    const Deed* deed = i < deeds.size() ? &deeds[i] : nullptr;
    const auto what = deed ? fmt::format("{} {}", name(deed->kind), deed->path) : "the end";
    take({Cut::killed, i, "killed before " + what}, disk.now());
    if (deed && deed->kind == Kind::write && deed->bytes.size() > 1)
      take({Cut::torn, i, "killed in the middle of " + what}, disk.after_half_of(*deed));
    constexpr std::array ways{Lost::all_unsynced, Lost::bytes, Lost::some};
    for (std::size_t way = 0; way < ways.size(); ++way)
      if (is_soak() || way == i % ways.size())
        take({Cut::power, i, fmt::format("power cut before {}, way {}", what, way)},
             disk.after_power_cut(ways.at(way), chance));
    if (deed) disk.perform(*deed);
  }
}

/// What SQLite writes one page after the other is seen as nothing before the last of them: where
/// time is short, some of those moments stand for all.
bool Crash::is_left_out(std::size_t deed) const {
  const auto& deeds = trial_.deeds();
  if (deed == 0 || deed >= deeds.size()) return false;
  if (deed % one_in_ != 0) return true;
  if (is_soak()) return false;
  const auto is_page = [&](std::size_t i) {
    return is_sqlite(deeds[i]) && deeds[i].kind == Kind::write;
  };
  return is_page(deed) && is_page(deed - 1) && deed % pages_between != 0;
}

void Crash::judge(const Moment& moment,
                  const Layout& layout,
                  const std::vector<Trial::Words>& next) {
  INFO(trial_.name(), ", at ", moment.deed, " of ", trial_.deeds().size(), ": ", moment.what);
  trial_.stage().become(layout);
  trial_.check_moment(layout);
  const auto most_fetched = trial_.lacking_in(layout);
  for (const auto& words : next) {
    const Ran ran = trial_.stage().keepsake(words);
    INFO(fmt::format("then {}", fmt::join(words, " ")), ran.out.substr(0, 3000), ran.err);
    CHECK(ran.exit_code == 0);
    if (ran.exit_code != 0) {
      ++failed_;
      return;
    }
    if (words.front() != "backup") continue;
    const auto fetched = ran.summary()["renditions_fetched"].get<std::size_t>();
    CHECK(fetched <= most_fetched);
    if (fetched > most_fetched) ++failed_;
  }
  // What other programs say takes long: of some moments only.
  if (moment.deed % others_between == 0) {
    ++judged_by_others_;
    trial_.judge_with_others();
  }
  // A removed name that no sync of its folder made durable comes back after a power cut. It takes
  // no room of its own, or the next run that writes there removes it.
  trial_.check_end(moment.cut == Cut::power ? Trial::Tidy::no : Trial::Tidy::yes);
}

void Crash::print_row() const {
  const auto& deeds = trial_.deeds();
  const auto count = [&](std::initializer_list<Kind> kinds) {
    return std::to_string(std::count_if(deeds.begin(), deeds.end(), [&](const Deed& deed) {
      return std::find(kinds.begin(), kinds.end(), deed.kind) != kinds.end();
    }));
  };
  const auto moments = [&](Cut cut) {
    const auto found = moments_.find(cut);
    return std::to_string(found == moments_.end() ? 0 : found->second);
  };
  tests::print_row({"interrupted",
                    "creates",
                    "writes, resizes",
                    "renames, links",
                    "removes",
                    "folders",
                    "syncs",
                    "of these SQLite's",
                    "killed",
                    "torn",
                    "power cut",
                    "judged by others too"},
                   {trial_.name(),
                    count({Kind::create}),
                    count({Kind::write, Kind::resize}),
                    count({Kind::rename, Kind::link, Kind::symlink}),
                    count({Kind::remove}),
                    count({Kind::make_folder}),
                    count({Kind::sync, Kind::sync_folder}),
                    std::to_string(std::count_if(deeds.begin(), deeds.end(), is_sqlite)),
                    moments(Cut::killed),
                    moments(Cut::torn),
                    moments(Cut::power),
                    std::to_string(judged_by_others_)});
}

}  // namespace keepsake::tests
