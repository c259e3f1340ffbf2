// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong between here and iCloud, at every stage of a first backup.
#include "tests/journey/cloud.h"
#include "tests/support/soak.h"
#include "tests/trust/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace keepsake::tests;

namespace {

constexpr int photos = 120;  // more than a page
constexpr std::size_t cells_when_short_of_time = 5;

/// A stage of a backup: where iCloud's calls go wrong, and what must have happened for it to
/// matter.
struct Moment {
  const char* name;
  const char* at;
  const char* before;
};

constexpr std::array moments{
    Moment{"at the first question", "at=database-changes", ""},
    Moment{"amid the lists", "at=list,on=2", ""},
    Moment{"amid a file", "at=download,on=4", "cut,on=3,after=50%"},
    Moment{"after a file's last byte", "at=download,on=4", "cut,on=3,after=end"},
};

enum class Lasting { once, always };

/// How a backup ends that meets a fault, by moment.
using Ends = std::array<int, moments.size()>;

struct Fault {
  const char* word;
  Ends once;
  Ends always;
};

// What passes leaves no mark. What cannot be a passing mood ends the look: nothing is guessed from
// half a list. Files that cannot be had are named, one by one (3).
constexpr Ends no_mark{0, 0, 0, 0};
constexpr std::array faults{
    Fault{"400", no_mark, {0, 1, 3, 3}},    // questions that an older service does not know
    Fault{"401", no_mark, {20, 20, 3, 3}},  // the session is over, and stays so
    Fault{"403", {1, 1, 0, 0}, {1, 1, 3, 3}},
    Fault{"404", {0, 1, 0, 0}, {0, 1, 3, 3}},
    Fault{"409", {0, 1, 0, 0}, {0, 1, 3, 3}},
    Fault{"410", {0, 1, 0, 0}, {0, 1, 3, 3}},
    Fault{"412", {0, 1, 0, 0}, {0, 1, 3, 3}},
    Fault{"421", no_mark, {20, 20, 3, 3}},
    Fault{"423", {1, 1, 0, 0}, {1, 1, 3, 3}},
    Fault{"429", no_mark, {22, 22, 3, 3}},
    Fault{"450", no_mark, {20, 20, 3, 3}},
    Fault{"500", no_mark, {1, 1, 3, 3}},
    Fault{"502", no_mark, {1, 1, 3, 3}},
    Fault{"503", no_mark, {22, 22, 3, 3}},
    Fault{"504", no_mark, {1, 1, 3, 3}},
    Fault{"cut", no_mark, {1, 1, 3, 3}},
    Fault{"short", no_mark, {1, 1, 3, 3}},
    Fault{"note", no_mark, {1, 1, 3, 3}},
};

/// A home of its own for every cell, beside one account.
class Matrix {
 public:
  Matrix() : cloud_(journey_, photos) {}

  /// Runs a backup into the fault, then one without it. Returns how the first one ended.
  int meet(const char* fault, const Moment& moment, Lasting lasting) {
    const auto disk = set_up();
    std::vector<std::string> specs;
    if (*moment.before != '\0') specs.emplace_back(moment.before);
    specs.push_back(fmt::format(
        "{},{}{}", fault, moment.at, lasting == Lasting::always ? ",times=always" : ""));
    cloud_.set_faults(specs);
    cloud_.forget_calls();
    const auto codes = cloud_.codes();

    const auto ran = journey_.keepsake({"backup"});

    // Whatever arrived is right, nobody was asked for a code, and the password was proved once.
    cloud_.set_faults({});
    const auto all = served(cloud_);
    for (const auto& [id, sums] : kept(journey_, disk)) CHECK(all.at(id) == sums);
    CHECK(cloud_.codes() == codes);
    CHECK(cloud_.calls("init") <= 1);
    journey_.expect(0, {"backup"});
    CHECK(kept(journey_, disk) == all);
    CHECK(sums_are_right(journey_ / disk));
    return ran.exit_code;
  }

 private:
  std::string set_up() {
    cloud_.set_faults({});
    ++cells_;
    journey_.use_home(fmt::format("home-{}", cells_));
    add_signed_in(journey_);
    auto disk = fmt::format("disk-{}", cells_);
    journey_.expect(0, {"destination", "add", disk, "folder", disk});
    return disk;
  }

  Journey journey_;
  Cloud cloud_;
  int cells_ = 0;
};

}  // namespace

TEST_CASE("whatever iCloud answers at any stage, nothing is lost, and the next backup has all") {
  Matrix matrix;
  std::size_t cell = 0;
  for (const Fault& fault : faults)
    for (const Lasting lasting : {Lasting::once, Lasting::always}) {
      if (lasting == Lasting::always && !is_soak()) continue;  // patience takes minutes
      std::vector<std::string> row{fault.word,
                                   lasting == Lasting::once ? "once" : "as long as it runs"};
      for (std::size_t i = 0; i < moments.size(); ++i) {
        if (!is_soak() && cell++ % cells_when_short_of_time != 0) {
          row.emplace_back("–");
          continue;
        }
        CAPTURE(fault.word);
        CAPTURE(moments.at(i).name);
        CAPTURE(static_cast<int>(lasting));
        const int end = matrix.meet(fault.word, moments.at(i), lasting);
        CHECK(end == (lasting == Lasting::once ? fault.once : fault.always).at(i));
        row.push_back(std::to_string(end));
      }
      print_row({"iCloud answers",
                 "how often",
                 moments[0].name,
                 moments[1].name,
                 moments[2].name,
                 moments[3].name},
                row);
    }
}
