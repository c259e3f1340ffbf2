// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::media;
using namespace std::string_literals;

namespace {

/// A file that its drive no longer gives.
class Unreadable final : public RandomAccess {
 public:
  [[nodiscard]] ByteCount size() const override { return ByteCount{1000}; }

  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return fail(Cause::absent, "the drive is gone");
  }
};

bool warns(const Facts& facts, std::string_view words) {
  for (const auto& warning : facts.warnings)
    if (warning.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("every format that we read tells its date, and nothing to warn of") {
  for (const auto& [name, bytes] : build::samples()) {
    CAPTURE(name);
    const Facts facts = build::look_at(bytes, name);

    CHECK(facts.by_content);
    CHECK(facts.warnings.empty());
    REQUIRE(facts.taken.has_value());
    CHECK(build::taken(facts).starts_with("2019-07-04T"));
    CHECK(build::taken(facts).find(":00:01") != std::string::npos);
  }
}

TEST_CASE("no truncation of any sample crashes or is an error") {
  for (const auto& [name, bytes] : build::samples()) {
    CAPTURE(name);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      build::look_at(std::string_view(bytes).substr(0, length), name);
  }
}

TEST_CASE("no change of a few bytes of any sample crashes or is an error") {
  CHECK(rc::check([](std::uint16_t which, const std::vector<std::pair<std::uint16_t, char>>& hits) {
    const auto all = build::samples();
    auto [name, bytes] = all[which % all.size()];
    for (const auto& [place, value] : hits) bytes[place % bytes.size()] = value;
    build::look_at(bytes, name);
  }));
}

TEST_CASE("any single byte of a sample may be wrong") {
  for (auto [name, bytes] : build::samples()) {
    CAPTURE(name);
    for (char& byte : bytes) {
      const char whole = byte;
      for (const char wrong : {'\xFF', static_cast<char>(whole ^ 1)}) {
        byte = wrong;
        build::look_at(bytes, name);
      }
      byte = whole;
    }
  }
}

TEST_CASE("a drive that fails is an error, a damaged file is not") {
  Unreadable gone;

  const auto facts = look(gone, "IMG_1.JPG", build::now());

  REQUIRE_FALSE(facts.has_value());
  CHECK(facts.error().cause == Cause::absent);
}

TEST_CASE("a picture under a wrong extension is what its content says") {
  const Facts facts = build::look_at(build::heic({}), "IMG_1.JPG");

  CHECK(facts.family == Family::still);
  CHECK(facts.format == "heic");
  CHECK(warns(facts, "it is a HEIC picture although it is named .JPG"));
}

TEST_CASE("a file of unknown content is what its extension says, with a warning") {
  const Facts facts = build::look_at("no picture at all", "IMG_1.HEIC");

  CHECK(facts.family == Family::still);
  CHECK_FALSE(facts.by_content);
  CHECK(warns(facts, "not recognised"));
}

TEST_CASE("a file that is no media has no family and no date, whatever its name") {
  const Facts facts = build::look_at("ID3\3 a song", "20190704_180001.mp3");

  CHECK(facts.family == Family::other);
  CHECK(facts.format.empty());
  CHECK(build::taken(facts) == "none");
}

TEST_CASE("only a JPEG that lacks its end mark ends early") {
  const auto whole = build::jpeg({});

  CHECK(build::look_at(whole, "a.jpg").warnings.empty());
  CHECK(build::look_at(whole + std::string(5000, '\0'), "a.jpg").warnings.empty());
  CHECK(build::look_at(whole + "a film behind it", "a.jpg").warnings.empty());
  CHECK(warns(build::look_at(whole.substr(0, whole.size() - 2), "a.jpg"), "ends early"));
  CHECK(warns(build::look_at(whole.substr(0, 6), "a.jpg"), "ends early"));
}

TEST_CASE("a video without its header and one that is cut off are told apart") {
  const auto whole = build::mov({}, 3600);
  const auto header = whole.find("moov") - 4;

  CHECK(warns(build::look_at(whole.substr(0, header), "a.mov"), "no header"));
  CHECK(warns(build::look_at(whole.substr(0, whole.size() - 20), "a.mov"), "ends early"));
}

TEST_CASE("an edit recipe is known by its extension and its property list") {
  const auto xml = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict/></plist>"s;

  const Facts facts = build::look_at(xml, "IMG_1.AAE");

  CHECK(facts.family == Family::adjustment);
  CHECK(facts.by_content);
  CHECK(build::look_at("bplist00...", "IMG_1.aae").by_content);
  CHECK(build::look_at(xml, "settings.plist").family == Family::other);
}

TEST_CASE("an XMP file is a sidecar with or without its extension") {
  const auto packet = build::xmp(R"(xmp:CreateDate="2019-07-04T18:00:01">)");

  for (const std::string name : {"IMG_1.HEIC.xmp", "IMG_1", "IMG_20180101_000001.XMP"}) {
    CAPTURE(name);
    const Facts facts = build::look_at(packet, name);
    CHECK(facts.family == Family::sidecar);
    CHECK(build::taken(facts) == "2019-07-04T18:00:01-00:00");
  }
}

TEST_CASE("a file of zeros is told from one with a byte in it") {
  const auto all_zeros = [](const std::string& bytes) {
    BytesInMemory memory(bytes_of(bytes));
    return *is_all_zeros(memory);
  };

  CHECK(all_zeros(std::string(200000, '\0')));
  CHECK(all_zeros(""));
  CHECK_FALSE(all_zeros(std::string(199999, '\0') + "x"));
  CHECK_FALSE(all_zeros("x" + std::string(10, '\0')));
}
