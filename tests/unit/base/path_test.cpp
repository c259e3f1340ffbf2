// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path.h"

#include <doctest/doctest.h>

using namespace keepsake;

TEST_CASE("a path from outside never escapes its folder") {
  for (const char* text : {"..", "../a", "a/../b", "/etc/passwd", "a//b", "a/", "./a", "a/."}) {
    CAPTURE(text);
    CHECK_FALSE(RelativePath::parse(text));
  }
  CHECK_FALSE(RelativePath::parse(std::string_view("a\0b", 3)));
}

TEST_CASE("odd names that stay below their folder are paths") {
  for (const char* text : {"a", "a/b", "...", "a..b", " ", "a\nb", "\xff"}) {
    CAPTURE(text);
    CHECK(RelativePath::parse(text)->text() == text);
  }
}

TEST_CASE("a path knows its folder and its name") {
  const auto path = RelativePath::known("2024/2024-05/IMG_1.HEIC");

  CHECK(path.folder().text() == "2024/2024-05");
  CHECK(path.name() == "IMG_1.HEIC");
  CHECK(RelativePath::known("a").folder().is_root());
  CHECK((RelativePath() / "a").text() == "a");
}

TEST_CASE("an extension is what follows the last dot, unless the name begins with it") {
  CHECK(extension_of("IMG.1.HEIC") == "HEIC");
  CHECK(stem_of("IMG.1.HEIC") == "IMG.1");
  CHECK(extension_of(".hidden").empty());
  CHECK(stem_of(".hidden") == ".hidden");
  CHECK(extension_of("name").empty());
}
