// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/names.h"

#include "base/text.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::plan;
using photo::Asset;
using photo::Rendition;
using photo::Role;

namespace {

Rendition file(Role role, const std::string& name) {
  return Rendition{.role = role,
                   .key = name,
                   .name = name,
                   .size = {},
                   .source_version = {},
                   .apple_checksum = {},
                   .modified = {},
                   .unavailable = {}};
}

Asset asset_of(std::vector<Rendition> files) {
  Asset asset;
  asset.name = files.front().name;
  asset.renditions = std::move(files);
  return asset;
}

std::vector<std::string> names_of(const Asset& asset) {
  std::vector<std::string> names;
  names.reserve(asset.renditions.size());
  for (const Rendition& member : asset.renditions)
    names.push_back(member_name(stem_for(asset), member, asset));
  return names;
}

/// Stems that tempt: pieces that are awkward alone or beside one another.
rc::Gen<std::string> awkward_stem() {
  const auto pieces = rc::gen::element<std::string>("CON",
                                                    "com1",
                                                    "\u00B2",
                                                    ".",
                                                    " ",
                                                    "/",
                                                    "?",
                                                    "\xFF",
                                                    "e\u0301",
                                                    "\u0301",
                                                    "\u202E",
                                                    "\x01",
                                                    "\U0001F436",
                                                    "%",
                                                    "a",
                                                    std::string(190, 'x'),
                                                    std::string(70, ' '));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(pieces), [](const auto& chosen) {
    std::string text;
    for (const std::string& piece : chosen) text += piece;
    return text;
  });
}

}  // namespace

TEST_CASE("a stem becomes one that every file system takes, and else stays as it is") {
  struct Row {
    std::string given;
    std::string kept;
  };

  for (const Row& row : {Row{"IMG_0042", "IMG_0042"},
                         Row{"Strand \u00fcber Kiel (2)", "Strand \u00fcber Kiel (2)"},
                         Row{"Cafe\u0301", "Caf\u00e9"},
                         Row{"a<b>c:d\"e/f\\g|h?i*j", "a_b_c_d_e_f_g_h_i_j"},
                         Row{"tab\there\x7F", "tab_here_"},
                         Row{"next\u0085line", "next_line"},
                         Row{"photo\u202Egpj", "photo_gpj"},
                         Row{"ends. . ", "ends"},
                         Row{"  begins", "begins"},
                         Row{".trashed-123-IMG", "_trashed-123-IMG"},
                         Row{"CON", "_CON"},
                         Row{"nul.tar", "_nul.tar"},
                         Row{"LPT9", "_LPT9"},
                         Row{"com0", "_com0"},
                         Row{"COM\u00b9", "_COM\u00b9"},
                         Row{"Aux .x", "_Aux .x"},
                         Row{"CONTACT", "CONTACT"},
                         Row{"COM10", "COM10"},
                         Row{"caf\xE9", "caf%E9"},
                         Row{"", "unnamed"},
                         Row{" .. ", "unnamed"},
                         Row{std::string(300, 'x'), std::string(200, 'x')},
                         Row{std::string(199, 'x') + "\u00e9", std::string(199, 'x')},
                         Row{std::string(197, 'x') + " .\u00e9", std::string(197, 'x')},
                         Row{"CON" + std::string(250, ' ') + "x", "_CON"}}) {
    CAPTURE(row.given);
    CHECK(portable_stem(row.given) == row.kept);
  }
}

TEST_CASE("a portable stem stays as it is, whatever it was made from") {
  CHECK(rc::check([] {
    const auto stem = portable_stem(*awkward_stem());

    RC_ASSERT(portable_stem(stem) == stem);
    RC_ASSERT(!stem.empty());
    RC_ASSERT(stem.size() <= 200);
    RC_ASSERT(is_utf8(stem));
    RC_ASSERT(to_nfc(stem) == stem);
    RC_ASSERT(stem.find_first_of("<>:\"/\\|?*") == std::string::npos);
  }));
  CHECK(rc::check([](const std::string& bytes) {
    const auto stem = portable_stem(bytes);
    RC_ASSERT(portable_stem(stem) == stem);
    const auto extension = portable_extension(bytes);
    RC_ASSERT(portable_extension(extension) == extension);
    RC_ASSERT(extension.size() <= 16);
  }));
}

TEST_CASE("an extension is kept verbatim where it can be") {
  CHECK(portable_extension("HEIC") == "HEIC");
  CHECK(portable_extension("jpg") == "jpg");
  CHECK(portable_extension("J?G") == "J_G");
  CHECK(portable_extension("") == "");
}

TEST_CASE("the files of an asset stand beside each other under one stem") {
  CHECK(names_of(asset_of({file(Role::original, "IMG_1.HEIC"),
                           file(Role::raw, "IMG_1.DNG"),
                           file(Role::live_video, "IMG_1_HEVC.MOV"),
                           file(Role::edited, "IMG_E1.HEIC"),
                           file(Role::edited_live_video, "IMG_E1.MOV"),
                           file(Role::adjustment, "IMG_1.AAE"),
                           file(Role::adjustment, "IMG_O1.AAE")})) ==
        std::vector<std::string>{"IMG_1.HEIC",
                                 "IMG_1.DNG",
                                 "IMG_1.MOV",
                                 "IMG_1 (edited).HEIC",
                                 "IMG_1 (edited).MOV",
                                 "IMG_1.AAE",
                                 "IMG_1 (O).AAE"});
}

TEST_CASE("a sidecar keeps the form of name that its source had") {
  CHECK(names_of(asset_of({file(Role::original, "a:b.HEIC"),
                           file(Role::sidecar, "a:b.HEIC.xmp"),
                           file(Role::sidecar, "a:b.xmp")})) ==
        std::vector<std::string>{"a_b.HEIC", "a_b.HEIC.xmp", "a_b.xmp"});
  CHECK(
      names_of(asset_of({file(Role::original, "Mr. X.HEIC"), file(Role::sidecar, "Mr. X.xmp")})) ==
      std::vector<std::string>{"Mr. X.HEIC", "Mr. X.xmp"});
}

TEST_CASE("files that would get the same name are numbered, whatever order they come in") {
  auto asset = asset_of({file(Role::original, "IMG_1.MOV"),
                         file(Role::adjustment, "b.plist"),
                         file(Role::adjustment, "a.PLIST"),
                         file(Role::edited_live_video, "y.MOV"),
                         file(Role::edited, "x.mov")});

  CHECK(names_of(asset) == std::vector<std::string>{"IMG_1.MOV",
                                                    "IMG_1 (2).plist",
                                                    "IMG_1.PLIST",
                                                    "IMG_1 (edited) (2).MOV",
                                                    "IMG_1 (edited).mov"});

  auto names = names_of(asset);
  std::ranges::reverse(asset.renditions);
  std::ranges::reverse(names);
  CHECK(names_of(asset) == names);
}

TEST_CASE("no two files of an asset get names that clash") {
  CHECK(rc::check([] {
    const auto roles = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 7));
    Asset asset;
    asset.name = "IMG_1.HEIC";
    for (const int role : roles) {
      auto member = file(static_cast<Role>(role),
                         *rc::gen::element<std::string>(
                             "IMG_1.HEIC", "IMG_1.MOV", "IMG_1.heic.xmp", "IMG_O1.AAE", "IMG_1"));
      member.key = std::to_string(asset.renditions.size());
      asset.renditions.push_back(member);
    }
    auto names = names_of(asset);
    for (std::string& name : names) name = clash_key(name);
    std::ranges::sort(names);
    RC_ASSERT(std::ranges::adjacent_find(names) == names.end());
  }));
}

TEST_CASE("a name without a true extension keeps all its words") {
  Asset asset;
  asset.name = "Mr. Smith goes home";
  CHECK(stem_for(asset) == "Mr. Smith goes home");
  asset.name = "IMG_1.HEIC";
  CHECK(stem_for(asset) == "IMG_1");
}

TEST_CASE("a tag tells equal stems apart") {
  CHECK(tagged_stem("IMG_1", "a1b2c3d4", 6) == "IMG_1 (a1b2c3)");
  CHECK(tagged_stem("IMG_1", "a1b2c3d4", 8) == "IMG_1 (a1b2c3d4)");
  CHECK(tag_text({{}, "own", "x"}) == std::string(32, '0') + '\0' + "own" + '\0' + "x");
}

TEST_CASE("paths that differ only in case or composition clash") {
  CHECK(clash_key("Photos/Cafe\u0301.JPG") == clash_key("photos/caf\u00e9.jpg"));
  CHECK(clash_key("a.jpg") != clash_key("b.jpg"));
}
