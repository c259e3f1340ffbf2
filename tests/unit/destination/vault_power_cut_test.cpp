// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/kept_vault.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::chrono_literals;

namespace {

/// A run over a vault that has "kept" and "old": it replaces "old", adds "new" and "film", and
/// "twin", which has the bytes of "kept". What the ledger noted down is in `known`.
struct Run : KeptVault {
  const std::string film = noise(9'000'000, 7);
  std::set<std::string> known;  ///< paths with the content they shall have in the end
  bool old_is_one = true;

  Run() {
    begin();
    keep(upload_of("kept.jpg", "kept"), "kept");
    keep(upload_of("old.jpg", "one"), "one");
    close();
    clock.time += 5min;
  }

  void note(const std::string& path) { known.insert(path); }

  [[nodiscard]] bool lacks(const char* name) const { return !known.contains(place_of(name)); }

  Result<> work() {
    auto opened = TRY(vault->open_session());
    session = std::move(opened);
    for (const auto& record : session->recovered()) note(record.path);
    if (lacks("old.jpg")) TRY(send(replacement_of("old.jpg", "two bytes", "one"), "two bytes"));
    if (lacks("new.jpg")) TRY(send(upload_of("new.jpg", "new bytes"), "new bytes"));
    const auto first = TRY(commit());
    if (lacks("film.mov")) {
      auto upload = upload_of("film.mov", "");
      upload.size = ByteCount{film.size()};
      TRY(send(std::move(upload), film));
    }
    if (lacks("twin.jpg"))
      TRY(session->duplicate(
          upload_of("twin.jpg", "kept"), {place_of("kept.jpg"), when()}, content_of("kept")));
    const auto second = TRY(commit());
    TRY(session->show_album({{"Lake"}, "Albums/Lake", {}, {{"phone", "kept.jpg"}}}));
    const auto closed = TRY(session->close());
    static_cast<void>(closed);
    for (const auto* committed : {&first, &second})
      for (const auto& file : committed->stored) note(file.path);
    return session->settle();
  }

  /// Whatever happened, restic finds nothing wrong, and what was held is.
  void check_whole() {
    open_vault();
    CHECK(text_of_file(place_of("kept.jpg")) == "kept");
    const auto old = text_of_file(place_of("old.jpg"));
    CHECK((old == "one" || text_of_file(".keepsake/versions/old.jpg.1") == "one"));
  }

  void check_finished() {
    open_vault();
    CHECK(text_of_file(place_of("kept.jpg")) == "kept");
    CHECK(text_of_file(place_of("twin.jpg")) == "kept");
    CHECK(text_of_file(place_of("old.jpg")) == "two bytes");
    CHECK(text_of_file(place_of("new.jpg")) == "new bytes");
    CHECK(text_of_file(place_of("film.mov")) == film);
    CHECK(text_of_file(".keepsake/versions/old.jpg.1") == "one");
    CHECK(records().size() == 6);
    CHECK(made.files_in("locks") == 0);
    CHECK_FALSE(home.has("journal"));
  }
};

}  // namespace

TEST_CASE("a run cut short at any write leaves a whole vault, and the next run finishes it") {
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 200);
    Run run;
    run.fortune->fail_from(n);
    const auto ended = run.work();
    run.session.reset();
    run.fortune->fails = nullptr;
    run.storage->cut_power();
    run.check_whole();
    if (Restic::is_installed()) {
      run.restic.must({"unlock", "--remove-all"});
      run.restic.check();
    }
    if (ended) {
      run.check_finished();
      CHECK(n > 15);
      break;
    }

    const auto again = run.work();

    REQUIRE_MESSAGE(again, again.error().message());
    run.session.reset();
    run.check_finished();
  }
}

TEST_CASE("a run whose home cannot be written to at any point can still be finished") {
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 200);
    Run run;
    int count = 0;
    run.watch->fate = [&](Operation operation, const RelativePath&) {
      if (operation != Operation::write) return Fate::happens;
      ++count;
      if (count < n) return Fate::happens;
      return count == n ? Fate::torn : Fate::fails;
    };
    const auto ended = run.work();
    run.session.reset();
    run.watch->fate = nullptr;
    run.check_whole();
    if (ended) break;

    const auto again = run.work();

    REQUIRE_MESSAGE(again, again.error().message());
    run.session.reset();
    run.check_finished();
  }
}

TEST_CASE("what a run stored before it was cut is not stored again") {
  Run run;
  run.begin();
  auto upload = upload_of("film.mov", "");
  upload.size = ByteCount{run.film.size()};
  run.keep(upload, run.film);
  run.open_vault();
  const auto packs = run.made.files_in("data");

  run.begin();
  CHECK(run.session->recovered().size() == 1);
  run.close();

  // Only the folders and records that tell of it.
  CHECK(run.made.files_in("data") <= packs + 4);
  CHECK(run.text_of_file(place_of("film.mov")) == run.film);
}

TEST_CASE("a disk that is full keeps what had room, and says so") {
  Run run;
  run.fortune->error.cause = Cause::full;
  run.begin();
  run.keep(upload_of("new.jpg", "new bytes"), "new bytes");
  run.fortune->fails = [](Fortune::Deed deed, std::string_view) {
    return deed == Fortune::Deed::write;
  };
  const auto sent = run.send(upload_of("big.jpg", "big bytes"), "big bytes");
  REQUIRE_FALSE(sent);
  CHECK(sent.error().cause == Cause::full);
  run.fortune->fails = nullptr;

  const auto closed = run.session->close();

  CHECK(closed);
  CHECK(run.text_of_file(place_of("new.jpg")) == "new bytes");
}
