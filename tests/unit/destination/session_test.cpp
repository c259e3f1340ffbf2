// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/xmp.h"
#include "tests/support/kept_tree.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using destination::Sidecars;
using Lines = std::vector<std::string>;

namespace {

struct Fixture : KeptTree {
  Fixture() { begin(); }

  struct stat status(const std::string& path) const {
    struct stat status{};
    REQUIRE(lstat((disk / path).c_str(), &status) == 0);
    return status;
  }

  void keep_sidecars() {
    options.sidecars = Sidecars::xmp;
    open_tree();
    begin();
  }
};

const std::string sums_file = ".keepsake/SHA256SUMS";

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a stored file has its bytes, its time and its sum") {
  keep(upload_of("a.jpg", "bytes of a"), "bytes of a");
  close();

  CHECK(disk.read(place_of("a.jpg")) == "bytes of a");
  CHECK(status(place_of("a.jpg")).st_mtim.tv_sec == when().time_since_epoch().count() / 1000);
  CHECK(sums() == std::map<std::string, std::string>{
                      {place_of("a.jpg"), content_of("bytes of a").sha256.hex()}});
  REQUIRE(records().size() == 1);
  CHECK(records()[0].version.content == content_of("bytes of a"));
}

TEST_CASE_FIXTURE(Fixture, "a drive that gives back something else than was written is told") {
  options.is_read_back = true;
  open_tree();
  begin();
  watch->fate = [this](Operation operation, const RelativePath& path) {
    if (operation == Operation::open && path.text().starts_with(".keepsake/tmp/"))
      disk.write(path.text(), "bytes of b");
    return Fate::happens;
  };

  const auto sent = send(upload_of("a.jpg", "bytes of a"), "bytes of a");

  CHECK(sent.error().cause == Cause::corrupt);
  CHECK(commit().value().empty());
  CHECK(files(".keepsake/tmp").empty());
}

TEST_CASE_FIXTURE(Fixture, "a file has no name before its commit, and none without finish") {
  REQUIRE(send(upload_of("a.jpg", "a"), "a"));
  {
    auto half = session->begin(upload_of("b.jpg", "bytes")).value();
    REQUIRE(half->write(bytes_of("by")));
  }
  CHECK(files("Photos").empty());

  REQUIRE(commit());

  CHECK(files("Photos").size() == 1);
  CHECK(files(".keepsake/tmp").empty());
}

TEST_CASE_FIXTURE(Fixture, "the journal tells of a file before the file has its name") {
  std::string journal;
  watch->fate = [&](Operation operation, const RelativePath& path) {
    if (operation == Operation::write && path.text() == place_of("a.jpg"))
      journal = disk.read(".keepsake/journal");
    return Fate::happens;
  };

  keep(upload_of("a.jpg", "a"), "a");

  CHECK(journal.find(place_of("a.jpg")) != std::string::npos);
  CHECK(journal.find("done") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a replaced version is put aside, and both have their sums") {
  keep(upload_of("a.jpg", "one"), "one");
  keep(replacement_of("a.jpg", "two", "one"), "two");
  close();

  CHECK(disk.read(place_of("a.jpg")) == "two");
  CHECK(disk.read(".keepsake/versions/a.jpg.1") == "one");
  CHECK(sums() == std::map<std::string, std::string>{
                      {place_of("a.jpg"), content_of("two").sha256.hex()},
                      {".keepsake/versions/a.jpg.1", content_of("one").sha256.hex()}});
}

TEST_CASE_FIXTURE(Fixture, "a version put aside comes back when its successor cannot be named") {
  keep(upload_of("a.jpg", "one"), "one");
  REQUIRE(send(replacement_of("a.jpg", "two", "one"), "two"));
  int renames = 0;
  watch->fate = [&](Operation operation, const RelativePath& path) {
    const bool named = operation == Operation::write && path.text() == place_of("a.jpg");
    return named && ++renames == 1 ? Fate::fails : Fate::happens;
  };

  const auto stored = commit().value();

  REQUIRE(stored.size() == 1);
  CHECK(stored[0].error.has_value());
  CHECK(disk.read(place_of("a.jpg")) == "one");
  CHECK(files(".keepsake/versions").empty());

  watch->fate = nullptr;
  keep(replacement_of("a.jpg", "two", "one"), "two");
  close();
  CHECK(disk.read(place_of("a.jpg")) == "two");
  CHECK(sums().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a foreign file is never replaced, and others are stored beside it") {
  disk.write(place_of("a.jpg"), "of the owner");
  REQUIRE(send(upload_of("a.jpg", "bytes", 1), "bytes"));
  REQUIRE(send(upload_of("b.jpg", "b", 2), "b"));

  const auto stored = commit().value();

  REQUIRE(stored.size() == 2);
  REQUIRE(stored[0].error);
  CHECK(stored[0].error->cause == Cause::conflict);
  CHECK_FALSE(stored[1].error);
  CHECK(disk.read(place_of("a.jpg")) == "of the owner");
  close();
  CHECK(sums().size() == 1);
  CHECK(files(".keepsake/tmp").empty());
}

TEST_CASE_FIXTURE(Fixture, "a foreign file with the very bytes is taken for the photo") {
  disk.write(place_of("a.jpg"), "bytes");

  keep(upload_of("a.jpg", "bytes"), "bytes");
  close();

  CHECK(sums().size() == 1);
  CHECK(files("Photos").size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a folder or a link where a photo belongs is not touched") {
  std::filesystem::create_directories(disk / place_of("a.jpg"));
  std::filesystem::create_symlink("elsewhere", disk / place_of("b.jpg"));
  REQUIRE(send(upload_of("a.jpg", "a", 1), "a"));
  REQUIRE(send(upload_of("b.jpg", "b", 2), "b"));

  const auto stored = commit().value();

  CHECK(stored.at(0).error.has_value());
  CHECK(stored.at(1).error.has_value());
  CHECK(std::filesystem::is_directory(disk / place_of("a.jpg")));
  CHECK(std::filesystem::read_symlink(disk / place_of("b.jpg")) == "elsewhere");
}

TEST_CASE_FIXTURE(Fixture, "a damaged file gives way to one that heals it") {
  keep(upload_of("a.jpg", "bytes"), "bytes");
  disk.write(place_of("a.jpg"), "bytEs");
  auto upload = upload_of("a.jpg", "bytes");
  upload.heals = true;

  keep(upload, "bytes");

  CHECK(disk.read(place_of("a.jpg")) == "bytes");
}

TEST_CASE_FIXTURE(Fixture, "equal photos of one time are one file with two names") {
  watch->clones = false;
  keep(upload_of("a.jpg", "same"), "same");

  SUBCASE("the second comes later") { keep(upload_of("b.jpg", "same"), "same"); }
  SUBCASE("the second is known to be equal before it is read") {
    REQUIRE(session->duplicate(
        upload_of("b.jpg", "same"), {place_of("a.jpg"), when()}, content_of("same")));
    REQUIRE(commit());
  }
  SUBCASE("two more come in one batch") {
    REQUIRE(send(upload_of("b.jpg", "same"), "same"));
    REQUIRE(send(upload_of("c.jpg", "same"), "same"));
    REQUIRE(commit());
    CHECK(status(place_of("c.jpg")).st_ino == status(place_of("a.jpg")).st_ino);
  }

  CHECK(status(place_of("b.jpg")).st_ino == status(place_of("a.jpg")).st_ino);
}

TEST_CASE_FIXTURE(Fixture, "equal photos of one batch are one file even when none lies there yet") {
  watch->clones = false;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) REQUIRE(send(upload_of(name, "x"), "x"));

  REQUIRE(commit());

  CHECK(status(place_of("a.jpg")).st_nlink == 3);
}

TEST_CASE_FIXTURE(Fixture, "equal photos of different times, or without links, are copies") {
  watch->clones = false;
  keep(upload_of("a.jpg", "same"), "same");
  auto upload = upload_of("b.jpg", "same");

  SUBCASE("another time") { upload.modified = when(7); }
  SUBCASE("no links") { watch->links = false; }
  SUBCASE("another time, and known before it is read") {
    upload.modified = when(7);
    REQUIRE(session->duplicate(upload, {place_of("a.jpg"), when()}, content_of("same")));
    upload = upload_of("c.jpg", "other");
    REQUIRE(send(upload, "other"));
  }
  if (upload.path == place_of("b.jpg")) REQUIRE(send(upload, "same"));
  REQUIRE(commit());

  CHECK(disk.read(place_of("b.jpg")) == "same");
  CHECK(status(place_of("a.jpg")).st_nlink == 1);
  CHECK(status(place_of("a.jpg")).st_mtim.tv_sec == when().time_since_epoch().count() / 1000);
}

TEST_CASE_FIXTURE(Fixture, "a damaged copy is not copied on") {
  watch->clones = watch->links = false;
  keep(upload_of("a.jpg", "same"), "same");
  disk.write(place_of("a.jpg"), "sAme");

  const auto kept = session->duplicate(
      upload_of("b.jpg", "same"), {place_of("a.jpg"), when()}, content_of("same"));

  REQUIRE_FALSE(kept);
  CHECK(kept.error().cause == Cause::corrupt);
}

TEST_CASE_FIXTURE(Fixture, "names in a folder are folded; a folder that is not there has none") {
  disk.write("Photos/Z.JPG", "x");

  CHECK(session->names_in("Photos").value() == Lines{"z.jpg"});
  CHECK(session->names_in("Photos/2024").value().empty());
}

TEST_CASE_FIXTURE(Fixture, "a sidecar is written beside each photo, and again when words change") {
  keep_sidecars();
  auto upload = upload_of("a.jpg", "a");
  upload.record.asset.labels.caption = "boat";
  keep(upload, "a");
  const auto sidecar = place_of("a.jpg.xmp");
  CHECK(disk.read(sidecar) == records::xmp_of(upload.record.asset));

  upload.record.asset.labels.caption = "lake";
  upload.record.version.content = content_of("a");
  REQUIRE(session->describe(std::vector{upload.record}));

  CHECK(disk.read(sidecar) == records::xmp_of(upload.record.asset));
}

TEST_CASE_FIXTURE(Fixture, "a sidecar that is not ours is left as it is") {
  keep_sidecars();
  disk.write(place_of("a.jpg.xmp"), "<x:xmpmeta x:xmptk=\"darktable\"/>");

  keep(upload_of("a.jpg", "a"), "a");

  CHECK(disk.read(place_of("a.jpg.xmp")) == "<x:xmpmeta x:xmptk=\"darktable\"/>");
}

TEST_CASE_FIXTURE(Fixture, "no sidecar is written beside a foreign file") {
  keep_sidecars();
  disk.write(place_of("a.jpg"), "of the owner");
  REQUIRE(send(upload_of("a.jpg", "bytes"), "bytes"));

  REQUIRE(commit());

  CHECK_FALSE(disk.has(place_of("a.jpg.xmp")));
}

TEST_CASE_FIXTURE(Fixture, "a line torn off the journal spoils no line written after it") {
  keep(upload_of("a.jpg", "a"), "a");
  session.reset();
  disk.write(".keepsake/journal", disk.read(".keepsake/journal") + R"({"path":"Photos/2024/20)");

  begin();
  CHECK(session->recovered().size() == 1);
  keep(upload_of("b.jpg", "b"), "b");
  close();

  CHECK(sums().size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a session that could not settle its journal leaves it to the next one") {
  keep(upload_of("a.jpg", "one"), "one");
  REQUIRE(send(replacement_of("a.jpg", "two", "one"), "two"));
  bool cut = false;
  watch->fate = [&](Operation operation, const RelativePath& path) {
    if (operation == Operation::write && path.text() == place_of("a.jpg")) cut = true;
    return cut && operation == Operation::write ? Fate::fails : Fate::happens;
  };
  REQUIRE_FALSE(commit());
  watch->fate = nullptr;

  close();
  CHECK(tree->has_unfinished_run().value());
  begin();

  CHECK(disk.read(place_of("a.jpg")) == "one");
  CHECK(session->recovered().size() == 1);
  close();
  CHECK(sums().size() == 1);
}
