// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/source/scanned.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

/// What the assets are, without the ids that late joiners keep.
std::vector<std::string> without_ids(const Scanned& scanned) {
  std::vector<std::string> lines;
  lines.reserve(scanned.down.assets.size());
  for (const auto& [id, asset] : scanned.down.assets) lines.push_back(in_short(asset));
  std::sort(lines.begin(), lines.end());
  return lines;
}

const std::vector<std::string> names{"IMG_1.JPG",
                                     "IMG_1.HEIC",
                                     "IMG_1.MOV",
                                     "IMG_E1.JPG",
                                     "IMG_E1.MOV",
                                     "IMG_1.AAE",
                                     "IMG_O1.AAE",
                                     "IMG_1.DNG",
                                     "IMG_1.JPG.xmp",
                                     "IMG_1.xmp",
                                     "b.MOV",
                                     "b.JPG",
                                     "sub/IMG_1.JPG",
                                     "sub/IMG_1.MOV",
                                     "sub",
                                     "notes.txt"};

std::string some_bytes(const std::string& name) {
  const auto id = *rc::gen::element<std::string>("", "", "A", "B");
  const auto extension = extension_of(name);
  if (extension == "MOV") return film(id, *rc::gen::element(0U, 0U, 5U));
  if (extension == "AAE" || extension == "txt") return std::string("<plist/>");
  if (extension == "xmp") return media::build::xmp("");
  return *rc::gen::inRange(0, 8) == 0 ? std::string() : still(id);
}

void change_something(Scanned& scanned) {
  const auto name = *rc::gen::elementOf(names);
  if (name == "sub" || *rc::gen::inRange(0, 3) == 0) {
    scanned.remove(name);
  } else {
    scanned.disk.write(name, some_bytes(name));
  }
}

}  // namespace

TEST_CASE("whatever happens between scans, the last one knows what a first one would find") {
  CHECK(rc::check([] {
    Scanned scanned;
    const auto rounds = *rc::gen::inRange(1, 5);
    for (int round = 0; round < rounds; ++round) {
      const auto changes = *rc::gen::inRange(1, 8);
      for (int i = 0; i < changes; ++i) change_something(scanned);
      scanned.scan();
    }
    const auto known = without_ids(scanned);
    scanned.scan();  // what came to belong to a photo was still counted as ignored
    RC_ASSERT(scanned.down.puts + scanned.down.gones == 0);
    const auto ignored = scanned.down.ignored_paths.size();
    scanned.down = TakenDown();

    scanned.scan();

    RC_ASSERT(known == without_ids(scanned));
    RC_ASSERT(ignored == scanned.down.ignored_paths.size());
  }));
}
