// SPDX-License-Identifier: GPL-3.0-or-later
// Destinations, and folders to restore into, in which somebody laid traps.
#include "tests/trust/siege.h"
#include "tests/trust/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <functional>
#include <string>

using namespace keepsake::tests;

namespace {

const std::string photo = "Photos/2020/2020-01/IMG_000000.JPG";
const std::string some_id(64, 'a');

/// Puts something where the program wants to write, or to read. What was there comes back later.
class Trap {
 public:
  Trap(fs::path place, const std::function<void(const fs::path&)>& lay)
      : place_(std::move(place)), kept_(place_.string() + ".kept") {
    fs::create_directories(place_.parent_path());
    if (fs::exists(place_)) fs::rename(place_, kept_);
    lay(place_);
  }

  Trap(const Trap&) = delete;
  Trap& operator=(const Trap&) = delete;

  ~Trap() {
    fs::remove_all(place_);
    if (fs::exists(kept_)) fs::rename(kept_, place_);
  }

 private:
  fs::path place_;
  fs::path kept_;
};

using Lay = std::function<void(const fs::path&)>;

Lay link_to(const fs::path& target) {
  return [target](const fs::path& place) { fs::create_symlink(target, place); };
}

void make_pipe(const fs::path& place) { REQUIRE(mkfifo(place.c_str(), 0600) == 0); }

void full_folder(const fs::path& place) { write_file(place / "theirs/own.txt", "somebody's own"); }

/// What the run's last line says went wrong, by cause.
std::string told(const Ran& ran) {
  const auto last = ran.summary();
  if (last["message_type"] == "error") return last["cause"];
  const auto* list = last.contains("not_restored") ? "not_restored" : "not_safe";
  std::set<std::string> causes;
  for (const json& it : last[list]) {
    CHECK_FALSE(it["message"] == "");
    causes.insert(it["cause"]);
  }
  return causes.empty() ? "nothing" : fmt::format("{}", fmt::join(causes, ", "));
}

void print(const std::string& what, const Ran& ran) {
  print_row({"trap", "told as", "exit code"}, {what, told(ran), std::to_string(ran.exit_code)});
}

struct Row {
  const char* what;
  std::string place;
  Lay lay;
  int exit_code;
};

/// A backup while there is a trap touches nothing else, and gives the other destination all; the
/// next one, without the trap, makes up for the rest.
void check_backup(const Row& row, const std::string& other) {
  INFO(row.what);
  Siege siege(row.what);
  const auto before = siege.others();
  {
    const Trap trap(siege / row.place, row.lay);

    const auto ran = siege.journey().keepsake({"backup"});

    INFO(ran.out, ran.err);
    CHECK(ran.exit_code == row.exit_code);
    siege.check_held_by(other);
    print(row.what, ran);
  }
  CHECK(siege.others() == before);
  siege.journey().expect(0, {"backup"});
  siege.journey().expect(0, {"verify"});
  for (const char* destination : {"disk", "safe"}) siege.check_held_by(destination);
  CHECK(siege.others() == before);
}

}  // namespace

TEST_CASE("traps in a tree lead nothing out of it, and cost the vault nothing") {
  const fs::path outside = "../outside";
  for (const Row& row : {
           Row{"tree: Photos is a link", "disk/Photos", link_to(outside), 3},
           Row{"tree: a year is a link", "disk/Photos/2020", link_to("../../outside"), 3},
           Row{"tree: a photo's name is a link", "disk/" + photo, link_to("/etc/passwd"), 0},
           Row{"tree: a photo's name is a link to nowhere",
               "disk/" + photo,
               link_to("../../../../outside/new.jpg"),
               0},
           Row{"tree: a photo's name is a pipe", "disk/" + photo, make_pipe, 0},
           Row{"tree: a photo's name is a folder", "disk/" + photo, full_folder, 0},
           Row{"tree: the work folder is a link",
               "disk/.keepsake/tmp",
               link_to("../../outside"),
               3},
           Row{"tree: the work folder holds a folder", "disk/.keepsake/tmp/0", full_folder, 3},
           Row{"tree: the records' folder is a link",
               "disk/.keepsake/manifest",
               link_to("../../outside"),
               3},
           Row{"tree: the journal is a link",
               "disk/.keepsake/journal",
               link_to("../../outside/journal"),
               3},
           Row{"tree: the journal is a pipe", "disk/.keepsake/journal", make_pipe, 3},
           Row{"tree: the sums are a link",
               "disk/.keepsake/SHA256SUMS",
               link_to("../../outside/sums"),
               3},
           Row{"tree: the marker is a pipe", "disk/.keepsake/tree.json", make_pipe, 3},
           Row{"tree: the marker is a link",
               "disk/.keepsake/tree.json",
               link_to("tree.json.kept"),
               3},
       })
    check_backup(row, "safe");
}

TEST_CASE("traps in a vault lead nothing out of it, and cost the tree nothing") {
  for (const Row& row : {
           Row{"vault: the packs' folder is a link", "safe/data", link_to("../outside"), 3},
           Row{"vault: the snapshots' folder is a link",
               "safe/snapshots",
               link_to("../outside"),
               3},
           Row{"vault: the locks' folder is a link", "safe/locks", link_to("../outside"), 3},
           Row{"vault: an index is a pipe", "safe/index/" + some_id, make_pipe, 0},
           Row{"vault: a snapshot is a pipe", "safe/snapshots/" + some_id, make_pipe, 0},
           Row{"vault: a key is a pipe", "safe/keys/" + some_id, make_pipe, 0},
           Row{"vault: a lock is a pipe", "safe/locks/" + some_id, make_pipe, 0},
           Row{"vault: the config is a pipe", "safe/config", make_pipe, 3},
           Row{"vault: the config is a link", "safe/config", link_to("config.kept"), 3},
       })
    check_backup(row, "disk");
}

TEST_CASE("traps in the folder to restore into lead nothing out of it") {
  Siege siege("restore");
  siege.journey().expect(0, {"backup"});
  for (const std::string from : {"disk", "safe"})
    for (const Row& row : {
             Row{"Photos is a link", "Photos", link_to("../outside"), 3},
             Row{"a year is a link", "Photos/2020", link_to("../../outside"), 3},
             Row{"a photo's name is a link", photo, link_to("../../../../outside/secret.jpg"), 3},
             Row{"a photo's name is a link to nowhere",
                 photo,
                 link_to("../../../../outside/new.jpg"),
                 3},
             Row{"a photo's name is a pipe", photo, make_pipe, 3},
             Row{"a photo's name is a folder", photo, full_folder, 3},
             Row{"the name of what is not finished is a link",
                 photo + ".keepsake-part",
                 link_to("../../../../outside/new.jpg"),
                 0},
             Row{"the name of what is not finished is a folder",
                 photo + ".keepsake-part",
                 full_folder,
                 3},
         }) {
      INFO(row.what, " from ", from);
      const auto before = siege.others();
      fs::remove_all(siege / ("restored-" + from));
      {
        const Trap trap(siege / ("restored-" + from) / row.place, row.lay);

        const auto ran =
            siege.journey().keepsake({"restore", "--from", from, "--to", "restored-" + from});

        INFO(ran.out, ran.err);
        CHECK(ran.exit_code == row.exit_code);
        print(fmt::format("restore from {}: {}", from, row.what), ran);
      }
      CHECK(siege.others() == before);
      siege.check_held_by(from);
    }
}
