// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/catalog.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

TEST_CASE_FIXTURE(Ledger, "a photo is found by whatever one knows of it") {
  auto asset = photo_of("DCIM/IMG_1.JPG", "one");
  asset.aliases = {"old/IMG_7.JPG", "raw/\xFF.JPG"};
  asset.renditions.push_back(file_of(photo::Role::live_video, "DCIM/clip.MOV", "film"));
  note({asset, photo_of("DCIM/IMG_2.JPG", "two")});
  keep("DCIM/IMG_1.JPG", disk, "one");
  const auto row = account("DCIM/IMG_1.JPG").row;
  const auto digits = content_of("one").sha256.hex();

  for (const std::string& text : {std::string("DCIM/IMG_1.JPG"),
                                  std::string("IMG_1.JPG"),
                                  std::string("old/IMG_7.JPG"),
                                  std::string("raw/\\xFF.JPG"),
                                  std::string("DCIM/clip.MOV"),
                                  std::string("clip.MOV"),
                                  std::string("Photos/DCIM/IMG_1.JPG"),
                                  digits,
                                  digits.substr(0, 6),
                                  digits.substr(0, 7)}) {
    CAPTURE(text);
    CHECK(must(catalog->assets_called(text)) == std::vector{row});
  }
  for (const std::string& text :
       {std::string("IMG_3.JPG"), std::string(), digits.substr(0, 5), digits + "0", "x" + digits}) {
    CAPTURE(text);
    CHECK(must(catalog->assets_called(text)).empty());
  }
}

TEST_CASE_FIXTURE(Ledger, "accounts come in the order of source, library and id") {
  std::vector<photo::Asset> assets{photo_of("c", "1"), photo_of("a", "1"), photo_of("b", "1")};
  assets[0].key.library = "family";
  note(assets);

  std::vector<std::string> ids;
  std::int64_t last = 0;
  for (;;) {
    const auto page = must(catalog->accounts_after(last, 2));
    if (page.empty()) break;
    for (const auto& account : page) ids.push_back(account.asset.key.id);
    last = page.back().row;
  }

  CHECK(ids == std::vector<std::string>{"c", "a", "b"});
  CHECK(must(catalog->account(999)) == std::nullopt);
}
