// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/kept_tree.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

/// A run over a tree that has "kept", "old" and a damaged "bad": it replaces "old", heals "bad",
/// and adds "new" and "twin", which has the bytes of "kept". What the ledger noted down is `known`.
struct Run : KeptTree {
  std::map<std::string, std::string> known{
      {"kept.jpg", "kept"}, {"old.jpg", "one"}, {"bad.jpg", "good"}};

  /// `server`: it lies on one, which fails as it wants.
  explicit Run(const std::shared_ptr<Fortune>& server = nullptr) {
    if (server) go_far(server);
    is_far = server != nullptr;
    options.sidecars = destination::Sidecars::xmp;
    open_tree();
    watch->clones = false;
    begin();
    keep(upload_of("kept.jpg", "kept"), "kept");
    keep(upload_of("old.jpg", "one"), "one");
    keep(upload_of("bad.jpg", "good"), "good");
    close();
    disk.write(place_of("bad.jpg"), "b");
  }

  Result<> send_what_lacks() {
    if (known.at("old.jpg") == "one")
      TRY(send(replacement_of("old.jpg", "two bytes", "one"), "two bytes"));
    if (!healed) {
      auto upload = upload_of("bad.jpg", "good");
      upload.heals = true;
      TRY(send(std::move(upload), "good"));
    }
    if (!known.contains("new.jpg")) TRY(send(upload_of("new.jpg", "new bytes"), "new bytes"));
    if (!known.contains("twin.jpg"))
      TRY(session->duplicate(
          upload_of("twin.jpg", "kept"), {place_of("kept.jpg"), when()}, content_of("kept")));
    return {};
  }

  Result<> work() {
    auto opened = TRY(tree->open_session());
    session = std::move(opened);
    for (const auto& record : session->recovered()) note(record.path, *record.version.content);
    TRY(send_what_lacks());
    const auto stored = TRY(commit());
    for (const auto& file : stored) {
      if (file.error) return fail(*file.error);
      note(file.path, file.content);
    }
    TRY(session->describe(std::vector{described()}));
    TRY(session->show_album(
        {{"Lake"}, "Albums/Lake", {{place_of("kept.jpg"), "kept"}}, {{"pictures", "kept.jpg"}}}));
    TRY(session->close());
    return {};
  }

  static records::FileRecord described() {
    auto record = record_of("kept.jpg", 1, place_of("kept.jpg"));
    record.version.content = content_of("kept");
    record.asset.labels.caption = "a lake";
    return record;
  }

  void note(const std::string& path, const photo::Content& content) {
    for (const std::string text : {"kept", "one", "two bytes", "good", "new bytes"}) {
      if (content_of(text) != content || !path.starts_with("Photos/")) continue;
      const auto name = path.substr(path.rfind('/') + 1);
      known[name] = text;
      if (name == "bad.jpg") healed = true;
    }
  }

  /// What has its final name is whole.
  void check_files() const {
    const std::map<std::string, std::set<std::string>> allowed{
        {place_of("kept.jpg"), {"kept"}},
        {place_of("twin.jpg"), {"kept"}},
        {place_of("old.jpg"), {"one", "two bytes"}},
        {place_of("new.jpg"), {"new bytes"}},
        {place_of("bad.jpg"), {"b", "good"}},
        {".keepsake/versions/old.jpg.1", {"one"}}};
    for (const char* folder : {"Photos", ".keepsake/versions"}) {
      for (const auto& [path, bytes] : files(folder)) {
        CAPTURE(path);
        CAPTURE(bytes);
        if (path.ends_with(".xmp")) continue;
        CHECK(allowed.at(path).contains(bytes));
      }
    }
  }

  void check_finished() const {
    const std::map<std::string, std::string> expected{{place_of("kept.jpg"), "kept"},
                                                      {place_of("twin.jpg"), "kept"},
                                                      {place_of("old.jpg"), "two bytes"},
                                                      {place_of("new.jpg"), "new bytes"},
                                                      {place_of("bad.jpg"), "good"},
                                                      {".keepsake/versions/old.jpg.1", "one"}};
    std::map<std::string, std::string> expected_sums;
    for (const auto& [path, bytes] : expected) {
      CAPTURE(path);
      CHECK(disk.read(path) == bytes);
      expected_sums.emplace(path, content_of(bytes).sha256.hex());
    }
    CHECK(sums() == expected_sums);
    CHECK(records().size() == expected.size());
    CHECK(files(".keepsake/tmp").empty());
    CHECK_FALSE(disk.has(".keepsake/journal"));
    CHECK(disk.has(is_far ? "Albums/Lake.txt" : "Albums/Lake/kept"));
    for (const auto& entry : std::filesystem::directory_iterator(disk.path()))
      CHECK(entry.is_directory());
  }

  bool healed = false;
  bool is_far = false;
};

/// Lets the nth write and all after it fail, the nth one in the middle.
int cut_at(Watch& watch, int n) {
  auto count = std::make_shared<int>(0);
  watch.fate = [count, n](Operation operation, const RelativePath&) {
    if (operation != Operation::write) return Fate::happens;
    ++*count;
    if (*count < n) return Fate::happens;
    return *count == n ? Fate::torn : Fate::fails;
  };
  return n;
}

}  // namespace

TEST_CASE("a run cut short at any write leaves whole files, and the next run finishes it") {
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 500);
    Run run;
    cut_at(*run.watch, n);
    const auto ended = run.work();
    run.session.reset();
    run.watch->fate = nullptr;
    run.check_files();
    if (ended) {
      run.check_finished();
      CHECK(n > 30);
      break;
    }

    const auto again = run.work();

    REQUIRE_MESSAGE(again, again.error().message());
    run.session.reset();
    run.check_finished();
  }
}

TEST_CASE(
    "a run on a server cut short at any request leaves whole files, and the next finishes it") {
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 500);
    const auto fortune = std::make_shared<Fortune>();
    Run run(fortune);
    fortune->fail_from(n);
    const auto ended = run.work();
    run.session.reset();
    fortune->fails = nullptr;
    run.check_files();
    if (ended) {
      run.check_finished();
      CHECK(n > 30);
      break;
    }
    run.open_tree();

    const auto again = run.work();

    REQUIRE_MESSAGE(again, again.error().message());
    run.session.reset();
    run.check_finished();
  }
}

TEST_CASE("a run cut short, and the next one too, can still be finished") {
  for (int n = 5; n < 60; n += 9) {
    for (int m = 2; m < 60; m += 11) {
      CAPTURE(n);
      CAPTURE(m);
      Run run;
      cut_at(*run.watch, n);
      static_cast<void>(run.work());
      run.session.reset();
      cut_at(*run.watch, m);
      static_cast<void>(run.work());
      run.session.reset();
      run.watch->fate = nullptr;
      run.check_files();

      const auto last = run.work();

      REQUIRE_MESSAGE(last, last.error().message());
      run.session.reset();
      run.check_finished();
    }
  }
}

TEST_CASE("what a killed run left is told as recovered only if it lies there") {
  for (int n = 3; n < 60; n += 2) {
    CAPTURE(n);
    Run run;
    cut_at(*run.watch, n);
    static_cast<void>(run.work());
    run.session.reset();
    run.watch->fate = nullptr;

    run.begin();

    for (const auto& record : run.session->recovered()) {
      CAPTURE(record.path);
      CHECK(content_of(run.disk.read(record.path)) == *record.version.content);
    }
  }
}

namespace {

/// A tree of which a run puts "gone" into quarantine, takes "back" out of it, and deletes "old".
struct Quarantining : KeptTree {
  const std::string away = ".keepsake/quarantine/";

  Quarantining() {
    options.sidecars = destination::Sidecars::xmp;
    open_tree();
    begin();
    for (const char* id : {"gone.jpg", "back.jpg", "old.jpg"}) keep(upload_of(id, id), id);
    REQUIRE(session->move(std::vector{moved("back.jpg", away + place_of("back.jpg"))}));
    close();
  }

  static records::FileRecord moved(const std::string& id, const std::string& path) {
    auto record = record_of(id, 1, path);
    record.version.content = content_of(id);
    return record;
  }

  Result<> work() {
    auto opened = TRY(tree->open_session());
    session = std::move(opened);
    const std::vector records{moved("gone.jpg", away + place_of("gone.jpg")),
                              moved("back.jpg", place_of("back.jpg"))};
    const auto outcomes = TRY(session->move(records));
    for (const auto& outcome : outcomes)
      if (outcome) return fail(*outcome);
    TRY(session->remove(std::vector{moved("old.jpg", place_of("old.jpg"))}));
    TRY(session->close());
    return {};
  }

  /// Whatever happened, nothing but "old" can be missing.
  void check_files() const {
    for (const std::string id : {"gone.jpg", "back.jpg"}) {
      CAPTURE(id);
      const auto path = disk.has(place_of(id)) ? place_of(id) : away + place_of(id);
      CHECK(disk.read(path) == id);
    }
  }

  void check_finished() const {
    const std::map<std::string, std::string> expected{
        {away + place_of("gone.jpg"), content_of("gone.jpg").sha256.hex()},
        {place_of("back.jpg"), content_of("back.jpg").sha256.hex()}};
    CHECK(sums() == expected);
    CHECK(records().size() == expected.size());
    CHECK_FALSE(disk.has(place_of("gone.jpg")));
    CHECK_FALSE(disk.has(away + place_of("back.jpg")));
    CHECK_FALSE(disk.has(place_of("old.jpg")));
    CHECK_FALSE(disk.has(".keepsake/journal"));
  }
};

}  // namespace

TEST_CASE("files on their way into quarantine or out of it are never lost, wherever it is cut") {
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 500);
    Quarantining run;
    cut_at(*run.watch, n);
    const bool finished = run.work().has_value();
    run.session.reset();
    run.watch->fate = nullptr;
    run.check_files();

    REQUIRE(run.work());

    run.session.reset();
    run.check_finished();
    if (finished) return;
  }
}
