// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/siege.h"
#include "tests/support/soak.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace keepsake::tests;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

/// Each of these as the name of a photo in one folder.
void check_names(const std::string& row, const std::vector<std::string>& names) {
  Siege siege(row);
  for (const std::string& name : names) siege.add(name, jpeg_of("named " + name));

  siege.withstand({});
}

}  // namespace

TEST_CASE("a name that leads somewhere, or says something to a shell, is nothing but a name") {
  check_names("names that lead elsewhere, or speak to a shell",
              {"..jpg",
               "...jpg",
               "..\\..\\outside\\secret.jpg",
               "C:\\Windows\\secret.jpg",
               "%2e%2e%2foutside%2fsecret.jpg",
               "~.jpg",
               "-rf.jpg",
               "--help.jpg",
               "$(touch outside).jpg",
               "`touch outside`.jpg",
               "a;b|c&d>e.jpg",
               "*?[a-z].jpg",
               "'single' \"double\".jpg",
               "#hash%percent.jpg",
               "file.jpg:stream"});
}

TEST_CASE("a name with control characters, or that turns the reading direction, is made plain") {
  check_names("names with control characters, reading marks, bytes that are no text",
              {"line\nbreak.jpg",
               "return\r.jpg",
               "tab\t.jpg",
               "bell\a.jpg",
               "\x1B[2J\x1B]0;title\a.jpg",
               "delete\x7F.jpg",
               "next\u0085line.jpg",
               "paragraph\u2029.jpg",
               "right\u202Egpj.exe.jpg",
               "isolate\u2067x\u2069.jpg",
               "mark\u200F.jpg",
               "zero\u200Bwidth.jpg",
               "\uFEFForder.jpg",
               "\xFF\xFE.jpg",
               "cut\xE2\x82.jpg",
               "overlong\xC0\xAF.jpg",
               "surrogate\xED\xA0\x80.jpg"});
}

TEST_CASE("names that one file system takes and another does not get names that all take") {
  check_names("names that Windows keeps for itself, or cuts",
              {"CON.jpg",
               "con.JPEG",
               "aux.png",
               "NUL.tar.jpg",
               "COM1.jpg",
               "LPT\u00B9.jpg",
               "PRN",
               "dot.jpg.",
               "blank.jpg ",
               " before.jpg",
               ".hidden.jpg",
               ".jpg",
               "....",
               "   "});
  check_names("names of 255 bytes",
              {repeated("a", 251) + ".jpg",
               repeated("b", 255),
               repeated("\u00E9", 125) + "x.jpg",
               repeated("\U0001F4F7", 62) + "abc.jpg",
               repeated("e\u0301", 83) + "ab.jpg",
               "x." + repeated("j", 253)});
}

TEST_CASE("names that are one name to some file system are kept side by side") {
  check_names("twins: composed or not, in one case or another",
              {"caf\u00E9.jpg",
               "cafe\u0301.jpg",
               "CAF\u00C9.JPG",
               "CAFE\u0301.JPG",
               "stra\u00DFe.jpg",
               "STRASSE.jpg",
               "\u212B.jpg",
               "\u00C5.jpg",
               "A\u030A.jpg",
               "\uFB01sh.jpg",
               "fish.jpg",
               "a_b.jpg",
               "a:b.jpg",
               "a?b.jpg",
               "IMG (1).jpg",
               "img (1).JPG"});
}

TEST_CASE("any number of photos of one name are that many photos") {
  const int many = is_soak() ? 10'000 : 1'000;
  Siege siege("one name, in as many folders");
  for (int i = 0; i < many; ++i)
    siege.add(fs::path(std::to_string(i)) / "IMG_0001.JPG", jpeg_of(std::to_string(i)));

  siege.withstand({});
}
