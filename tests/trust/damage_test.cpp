// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/photos.h"
#include "tests/trust/table.h"
#include "tests/trust/trial.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace keepsake::tests;

namespace {

/// Files of one kind.
struct Part {
  enum class Remedy {
    repair,  ///< from the other destination or what else is there
    photos,  ///< it stays and is named; every photo that only it told of is kept anew
    none,    ///< nobody else has it: it is named
    rebuild  ///< of the catalog
  };

  const char* name;
  std::function<bool(const std::string& path)> has;
  Remedy remedy;
  bool must_be_found = true;  ///< or it may be harmless
  std::string named_as = {};  ///< in words; nothing: by the file's own name
};

struct Damage {
  std::string path;
  std::string what;
  std::shared_ptr<const std::string> bytes;
};

/// What became of damages to a part.
struct Tally {
  std::size_t tried = 0;
  std::size_t found = 0;
  std::size_t harmless = 0;
  std::size_t healed = 0;
};

/// A backup in a tree and in a vault, which is damaged again and again.
class Damaged : Photos {
 public:
  Damaged() : Photos("damage") {
    add_tree("disk");
    add_vault("safe");
    learn(backup);
    sound_ = stage().layout();
  }

  /// Prints a row of the table.
  void damage(const Part& part) {
    Tally tally;
    for (const auto& [path, thing] : sound_) {
      if (thing.type != Thing::Type::file || thing.bytes->empty() || !part.has(path)) continue;
      for (const Damage& damage : damages_of(path, *thing.bytes)) {
        INFO(damage.what);
        auto layout = sound_;
        for (auto& [name, other] : layout)  // one file may have several
          if (other.node == thing.node) other.bytes = damage.bytes;
        stage().become(layout);
        ++tally.tried;
        part.remedy == Part::Remedy::rebuild ? judge_catalog(tally) : judge(part, damage, tally);
      }
    }
    REQUIRE(tally.tried > 0);
    print_row({"what is damaged", "damages", "found and named", "harmless", "healed"},
              {part.name,
               std::to_string(tally.tried),
               std::to_string(tally.found),
               std::to_string(tally.harmless),
               std::to_string(tally.healed)});
  }

 private:
  std::vector<Damage> damages_of(const std::string& path, const std::string& bytes) {
    std::vector<Damage> damages;
    const auto below = [&](std::size_t most) {
      return std::uniform_int_distribution<std::size_t>(0, most - 1)(chance_);
    };
    for (int i = 0; i < (is_soak() ? 8 : 2); ++i) {
      auto flipped = bytes;
      const auto at = below(bytes.size());
      const auto bit = below(8);
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
      damages.push_back({path,
                         fmt::format("bit {} of byte {} of {} turned over", bit, at, path),
                         std::make_shared<const std::string>(std::move(flipped))});
      const auto left = below(bytes.size());
      damages.push_back({path,
                         fmt::format("{} cut to {} bytes", path, left),
                         std::make_shared<const std::string>(bytes.substr(0, left))});
    }
    return damages;
  }

  void judge(const Part& part, const Damage& damage, Tally& tally) {
    const Ran looked = stage().keepsake(verify);
    INFO(looked.out.substr(0, 3000), looked.err);
    if (looked.exit_code == 0) {
      CHECK_FALSE(part.must_be_found);
      ++tally.harmless;
      check_complete("disk");
      check_complete("safe");
      judge_with_others();
      return;
    }
    const auto file =
        part.named_as.empty() ? damage.path.substr(damage.path.rfind('/') + 1) : part.named_as;
    const bool is_named = (looked.out + looked.err).find(file) != std::string::npos;
    CHECK_MESSAGE(is_named, "the words do not name " << file);
    tally.found += is_named ? 1 : 0;
    if (part.remedy == Part::Remedy::none) return;

    const Ran repaired = stage().keepsake(repair);
    INFO("the repair: ", repaired.out.substr(0, 3000), repaired.err);
    const Ran again = stage().keepsake(verify);
    INFO("then: ", again.out.substr(0, 3000), again.err);
    if (part.remedy == Part::Remedy::photos) {
      const auto left = again.summary()["damaged"];
      REQUIRE(left.size() == 1);
      CHECK(left[0]["path"].get<std::string>().find(file) != std::string::npos);
      return;
    }
    CHECK(repaired.exit_code == 0);
    CHECK(again.exit_code == 0);
    tally.healed += repaired.exit_code == 0 && again.exit_code == 0 ? 1 : 0;
    check_end(Tidy::yes);
  }

  /// A catalog has no sums of its own: damage that its format does not show makes it say what is
  /// not so. Whatever it says, no photo is lost by it, and a rebuild puts it right.
  void judge_catalog(Tally& tally) {
    const Ran looked = stage().keepsake(verify);
    const Ran kept = stage().keepsake(backup);
    INFO(looked.out.substr(0, 2000), looked.err, kept.out.substr(0, 2000), kept.err);
    CHECK(unkept_in(stage().layout()).empty());
    const bool says_so = looked.exit_code != 0 || kept.exit_code != 0;
    ++(says_so ? tally.found : tally.harmless);
    for (const auto& words : {rebuild, backup, verify}) {
      const Ran ran = stage().keepsake(words);
      INFO("then ", words.front(), ": ", ran.out.substr(0, 2000), ran.err);
      REQUIRE(ran.exit_code == 0);
    }
    CHECK(unkept_in(stage().layout()).empty());
    check_order(Tidy::yes);
    ++tally.healed;
  }

  Layout sound_;
  std::mt19937 chance_{20240817};
};

std::function<bool(const std::string&)> below(const std::string& folder) {
  return [folder](const std::string& path) { return path.starts_with(folder + "/"); };
}

std::function<bool(const std::string&)> exactly(const std::string& file) {
  return [file](const std::string& path) { return path == file; };
}

}  // namespace

TEST_CASE("damage anywhere in a tree is found and named or harmless, and healed from the vault") {
  Damaged backup;
  for (const Part& part :
       {Part{"tree: photos", below("disk/Photos"), Part::Remedy::repair},
        Part{"tree: records",
             below("disk/.keepsake/manifest"),
             Part::Remedy::repair,
             false,
             ".keepsake/manifest"},
        Part{"tree: SHA256SUMS", exactly("disk/.keepsake/SHA256SUMS"), Part::Remedy::repair},
        Part{"tree: marker",
             exactly("disk/.keepsake/tree.json"),
             Part::Remedy::none,
             false,
             "/disk"}})
    backup.damage(part);
}

TEST_CASE("damage anywhere in a vault is found and named, and healed from the tree") {
  Damaged backup;
  for (const Part& part : {Part{"vault: packs", below("safe/data"), Part::Remedy::repair},
                           Part{"vault: indexes", below("safe/index"), Part::Remedy::repair},
                           Part{"vault: snapshots", below("safe/snapshots"), Part::Remedy::photos},
                           Part{"vault: key", below("safe/keys"), Part::Remedy::none},
                           Part{"vault: config", exactly("safe/config"), Part::Remedy::none}})
    backup.damage(part);
}

TEST_CASE("whatever damage to the catalog makes it say, no photo is lost, and a rebuild heals it") {
  Damaged backup;
  backup.damage({"catalog", exactly("home/catalog.db"), Part::Remedy::rebuild});
}
