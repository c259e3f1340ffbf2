// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/xmp.h"

#include "media/facts.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::records;

namespace {

photo::Asset asset() {
  photo::Asset asset;
  asset.taken = photo::Taken{*parse_rfc3339("2024-05-01T12:00:00+02:00"), photo::TakenFrom::exif};
  asset.place = photo::Place{48.5, -11.25};
  asset.labels = {"A <title> & \"more\"", "caption", {"boat", "lake"}, {"Ann"}, 4};
  return asset;
}

media::Facts facts_in(std::string_view text) {
  BytesInMemory file(bytes_of(text));
  return media::look(file, "IMG_1.JPG.xmp", *parse_instant("2030-01-01T00:00:00Z")).value();
}

}  // namespace

TEST_CASE("what a sidecar says is read back as it was") {
  auto it = asset();
  it.labels.people.clear();  // some programs want them as keywords too

  const auto facts = facts_in(xmp_of(it));

  CHECK(facts.labels.title == it.labels.title);
  CHECK(facts.labels.caption == it.labels.caption);
  CHECK(facts.labels.keywords == it.labels.keywords);
  CHECK(facts.labels.rating == it.labels.rating);
  REQUIRE(facts.taken);
  CHECK(facts.taken->time == it.taken->time);
  REQUIRE(facts.place);
  CHECK(facts.place->latitude == doctest::Approx(48.5));
  CHECK(facts.place->longitude == doctest::Approx(-11.25));
}

TEST_CASE("the same asset gives the same sidecar") { CHECK(xmp_of(asset()) == xmp_of(asset())); }

TEST_CASE("a sidecar of ours is known as ours, another is not") {
  CHECK(is_our_xmp(xmp_of(asset())));
  CHECK(is_our_xmp(xmp_of(photo::Asset())));
  CHECK_FALSE(is_our_xmp(""));
  CHECK_FALSE(is_our_xmp("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"darktable\"/>"));
}

TEST_CASE("minutes of a place never reach sixty") {
  auto it = asset();
  it.place = photo::Place{48.9999999999, -0.0000000001};

  const auto text = xmp_of(it);

  CHECK(text.find("49,0.000000N") != std::string::npos);
  CHECK(text.find(",60.") == std::string::npos);
}

TEST_CASE("characters that XML forbids do not spoil a sidecar") {
  auto it = asset();
  it.labels.title =
      "a\x01\x0C\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBF"
      "b";

  CHECK(facts_in(xmp_of(it)).labels.title == "ab");
}

TEST_CASE("whatever a caption holds, the sidecar can be read") {
  CHECK(rc::check([](const std::string& text) {
    photo::Asset it;
    it.labels.caption = text + "x";
    it.labels.keywords = {text + "y"};

    const auto facts = facts_in(xmp_of(it));

    RC_ASSERT(facts.labels.caption.has_value());
    RC_ASSERT_FALSE(facts.labels.keywords.empty());
  }));
}
