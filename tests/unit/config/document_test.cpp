// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/document.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::config;

namespace {

const std::string commented =
    "# Anna's settings\n"
    "version = 1   # the first\n"
    "zone = \"Europe/Z\u00fcrich\" # at home\n"
    "\n"
    "# the phone\n"
    "# of Anna\n"
    "[source.phone]\n"
    "kind = \"folder\"\n"
    "path = [ # where\n"
    "  \"/a\",\n"
    "]\n"
    "# a note at the end\n"
    "\n"
    "[source.mac]  # old\n"
    "kind = 'folder'\n"
    "text = \"\"\"\n"
    "[source.fake]\n"
    "\"\"\"\n"
    "\n"
    "# farewell\n";

}  // namespace

TEST_CASE("a document knows its entries, tables and their lines") {
  const auto document = read_document(commented);

  REQUIRE(document.has_value());
  REQUIRE(document->entries.size() == 2);
  CHECK(std::get<std::string>(document->entries.at(1).value) == "Europe/Z\u00fcrich");
  CHECK(document->entries.at(1).place.line == 3);
  REQUIRE(document->tables.size() == 2);
  CHECK(document->tables.at(0).name == "mac");
  CHECK(document->tables.at(0).place.line == 14);
  CHECK(document->tables.at(1).name == "phone");
  CHECK(document->first_header == commented.find("[source.phone]"));
}

TEST_CASE("a changed value leaves all around it as it was") {
  auto expected = commented;
  expected.replace(expected.find("\"Europe/Z\u00fcrich\""), 16, "\"UTC\"");

  CHECK(*with_entry(commented, "zone", "\"UTC\"") == expected);
}

TEST_CASE("a new entry comes after the last one at the top") {
  struct Row {
    std::string before;
    std::string after;
  };

  for (const Row& row :
       {Row{"", "new = 1\n"},
        Row{"# a note", "# a note\nnew = 1\n"},
        Row{"a = 1", "a = 1\nnew = 1\n"},
        Row{"a = 1 # one\n\n[b.c]\n", "a = 1 # one\nnew = 1\n\n[b.c]\n"},
        Row{"a = 1\n[b.c]\n", "a = 1\nnew = 1\n\n[b.c]\n"},
        Row{"# all\n\n# of b\n[b.c]\nd = 1\n", "# all\n\nnew = 1\n\n# of b\n[b.c]\nd = 1\n"}}) {
    CAPTURE(row.before);
    CHECK(*with_entry(row.before, "new", "1") == row.after);
  }
}

TEST_CASE("a table is added at the end, after one blank line") {
  CHECK(with_table("", "[a.b]\n") == "[a.b]\n");
  CHECK(with_table("a = 1", "[a.b]\n") == "a = 1\n\n[a.b]\n");
  CHECK(with_table("a = 1\n\n", "[a.b]\n") == "a = 1\n\n[a.b]\n");
}

TEST_CASE("a table leaves with the comment above it and with nothing else") {
  auto expected = commented;
  const auto phone = expected.find("# the phone");
  expected.erase(phone, expected.find("# a note") - phone);
  CHECK(*without_table(commented, "source", "phone") == expected);

  expected = commented;
  const auto mac = expected.find("[source.mac]");
  expected.erase(mac, expected.find("# farewell") - mac);
  CHECK(*without_table(commented, "source", "mac") == expected);
}

TEST_CASE("a table that has no header of its own is not guessed at") {
  CHECK(without_table(commented, "source", "fake").error().cause == Cause::not_found);
  CHECK(without_table("source = { a = { b = 1 } }\n", "source", "a").error().cause ==
        Cause::unsupported);
  for (const char* text : {"[source]\na.b = 1\n",
                           "[source.a.b]\nc = 1\n",
                           "[source.a]\nc = 1\n[source.a.b]\nc = 1\n",
                           "[source.a]\nc = 1\n[[source.a.b]]\nc = 1\n"}) {
    CAPTURE(text);
    CHECK(without_table(text, "source", "a").error().cause == Cause::unsupported);
  }
}

TEST_CASE("a table that is added and removed again leaves no trace") {
  for (const std::string& text :
       {std::string("version = 1\n"), commented, std::string("[a.b]\nc = 1\n")}) {
    CAPTURE(text);
    CHECK(*without_table(with_table(text, "[new.one]\nkey = \"a\"\n"), "new", "one") == text);
  }
}

TEST_CASE("any text survives being a TOML string") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7F'));
    const auto document = read_document("key = " + toml_text(text) + "\n");
    RC_ASSERT(document.has_value());
    RC_ASSERT(std::get<std::string>(document->entries.front().value) == text);
  }));
}
