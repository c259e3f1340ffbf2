// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/source/scanned.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

struct Fixture : Scanned {
  photo::Rendition scanned(const std::string& id) {
    scan();
    return down.assets.at(id).renditions.at(0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a version's bytes are read as they are, and confirmed") {
  disk.write("IMG_1.JPG", still());
  const auto rendition = scanned("IMG_1.JPG");

  auto stream = source->open({}, rendition, {}).value();
  std::array<std::byte, 4096> buffer{};
  const auto count = stream->read(buffer).value();

  CHECK(text_of(ByteView(buffer).first(count)) == still());
  CHECK(stream->read(buffer).value() == 0);
  CHECK(stream->confirm());
}

TEST_CASE_FIXTURE(Fixture, "a file that changed since it was seen is not opened as what it was") {
  disk.write("IMG_1.JPG", still());
  const auto rendition = scanned("IMG_1.JPG");
  disk.write("IMG_1.JPG", still("", "more"));

  const auto stream = source->open({}, rendition, {});

  REQUIRE_FALSE(stream);
  CHECK(stream.error().cause == Cause::changed);
}

TEST_CASE_FIXTURE(Fixture, "a file written to while it is read is not confirmed") {
  disk.write("IMG_1.JPG", still());
  const auto rendition = scanned("IMG_1.JPG");
  auto stream = source->open({}, rendition, {}).value();

  disk.write("IMG_1.JPG", still("", "more"));

  const auto confirmed = stream->confirm();
  REQUIRE_FALSE(confirmed);
  CHECK(confirmed.error().cause == Cause::changed);
}

TEST_CASE_FIXTURE(Fixture, "a file that was removed is not found") {
  disk.write("IMG_1.JPG", still());
  const auto rendition = scanned("IMG_1.JPG");
  remove("IMG_1.JPG");

  const auto stream = source->open({}, rendition, {});

  REQUIRE_FALSE(stream);
  CHECK(stream.error().cause == Cause::not_found);
}

TEST_CASE_FIXTURE(Fixture, "a key that leaves the folder is refused") {
  photo::Rendition rendition;
  rendition.key = "../secret";

  const auto stream = source->open({}, rendition, {});

  REQUIRE_FALSE(stream);
  CHECK(stream.error().cause == Cause::invalid);
}
