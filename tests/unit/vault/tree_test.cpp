// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tree.h"

#include "crypto/sha.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;

TEST_CASE("names are quoted as restic quotes them") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain.jpg", "plain.jpg"},
      {"quote\"and\\back.txt", "quote\\\"and\\\\back.txt"},
      {"html<&>'.txt", "html<&>'.txt"},
      {"\xe9\xff", "\\xe9\\xff"},
      {"a\xc2\xa0", "a\\u00a0"},
      {"\a\b\f\n\r\t\v\x01\x7f", "\\a\\b\\f\\n\\r\\t\\v\\x01\\x7f"},
      {"Caf\xc3\xa9", "Caf\xc3\xa9"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate is no rune
  };
  for (const auto& [raw, quoted] : rows) {
    CAPTURE(quoted);
    CHECK(quoted_name(raw) == quoted);
    CHECK(unquoted_name(quoted).value() == raw);
  }
}

TEST_CASE("every name comes back from its quotes") {
  CHECK(rc::check(
      [](const std::string& raw) { RC_ASSERT(unquoted_name(quoted_name(raw)).value() == raw); }));
}

TEST_CASE("what Go would not unquote is refused, and what it would is taken") {
  CHECK(unquoted_name("\\377\\x41\\U0001F600").value() ==
        "\xff"
        "A\xf0\x9f\x98\x80");
  for (const char* const quoted : {"\\",
                                   "\\'",
                                   "\"",
                                   "a\nb",
                                   "\\x4",
                                   "\\xg0",
                                   "\\400",
                                   "\\18",
                                   "\\u12",
                                   "\\ud800",
                                   "\\U00110000",
                                   "\\q"}) {
    CAPTURE(quoted);
    CHECK(unquoted_name(quoted).error().cause == Cause::corrupt);
  }
}

TEST_CASE("the same nodes are always the same bytes") {
  Node file;
  file.name = "a<b>.jpg";
  file.modified = "2024-05-01T10:20:30Z";
  file.size = ByteCount{3};
  file.content = {crypto::sha256(bytes_of("abc"))};
  Node folder;
  folder.name = "b";
  folder.type = Node::Type::dir;
  folder.modified = file.modified;
  folder.subtree = crypto::sha256(bytes_of("tree"));

  CHECK(to_tree_json(std::vector{file, folder}) ==
        R"({"nodes":[{"name":"a\u003cb\u003e.jpg","type":"file","mode":384,)"
        R"("mtime":"2024-05-01T10:20:30Z","atime":"2024-05-01T10:20:30Z",)"
        R"("ctime":"2024-05-01T10:20:30Z","uid":0,"gid":0,"size":3,"content":[")" +
            file.content[0].hex() +
            R"("]},{"name":"b","type":"dir","mode":2147484096,"mtime":"2024-05-01T10:20:30Z",)"
            R"("atime":"2024-05-01T10:20:30Z","ctime":"2024-05-01T10:20:30Z","uid":0,"gid":0,)"
            R"("content":null,"subtree":")" +
            folder.subtree->hex() + "\"}]}\n");
  CHECK(to_tree_json({}) == "{\"nodes\":[]}\n");
}

TEST_CASE("times of nodes keep what the format can hold") {
  const std::vector<std::pair<std::int64_t, std::string>> rows{
      {0, "1970-01-01T00:00:00Z"},
      {1'714'558'830'250, "2024-05-01T10:20:30.25Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {-62'167'219'200'001, "0000-01-01T00:00:00Z"},
      {253'402'300'800'000, "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& [milliseconds, text] : rows)
    CHECK(node_time(Instant(std::chrono::milliseconds(milliseconds))) == text);
  CHECK(instant_of("2023-11-14T22:13:37.987654321Z").has_value());
  CHECK(instant_of("2024-05-01T12:20:30+02:00") == instant_of("2024-05-01T10:20:30Z"));
  CHECK_FALSE(instant_of("yesterday").has_value());
}

TEST_CASE("a raw link target wins over one that could not be written") {
  const auto nodes = parse_tree(
      R"({"nodes":[{"name":"l","type":"symlink","linktarget":"?","linktarget_raw":"/w=="}]})");

  CHECK(nodes.value().at(0).link_target == "\xff");
}

TEST_CASE("what is no tree is refused") {
  for (const char* const text : {"",
                                 "[]",
                                 "{}",
                                 "{\"nodes\":{}}",
                                 "{\"nodes\":[1]}",
                                 "{\"nodes\":[]} x",
                                 R"({"nodes":[{"name":"a","size":-1}]})",
                                 R"({"nodes":[{"name":"a","content":["x"]}]})",
                                 R"({"nodes":[{"name":"\\"}]})"}) {
    CAPTURE(text);
    CHECK(parse_tree(text).error().cause == Cause::corrupt);
  }
  const std::string deep(1000, '[');
  CHECK(parse_tree("{\"x\":" + deep).error().cause == Cause::corrupt);
}
