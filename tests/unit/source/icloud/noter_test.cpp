// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/noter.h"

#include "../taken_down.h"
#include "os/folder.h"
#include "os/machine.h"
#include "records.h"
#include "source/icloud/albums.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

using namespace keepsake;
using namespace keepsake::tests;
using namespace keepsake::source::icloud;

namespace {

/// A way to a service that is never gone: nothing here has a reason to ask.
struct NoService {
  TempFolder folder;
  std::unique_ptr<net::Http> http = net::Http::start({}).value();
  std::unique_ptr<Session> session =
      Session::open(session_file(os::open_folder(folder.path()).value()), os::system_clock())
          .value();
  Web web{*http, *session, endpoints_of(Domain::com, {}).value(), {}};
  Access access{web, {"phone", "jane@example.com"}, [] { return Result<Secret>(Secret("")); }};
  CloudKit cloudkit{web, access};
  SharedStreams streams{web, access};
};

/// What a library's records come to.
class Ledger {
 public:
  Ledger() { REQUIRE(noter_.begin(1)); }

  void note(std::vector<Json> records) {
    REQUIRE(noter_.note(page_of_records(std::move(records))));
  }

  void finish() { REQUIRE(noter_.finish({})); }

  /// Everything once more: albums, their members, photos.
  void list_again(std::vector<Json> records) {
    REQUIRE(memory_.forget_albums());
    REQUIRE(noter_.begin(2));
    note(std::move(records));
    REQUIRE(noter_.forget_unseen_members());
    finish();
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    ids.reserve(taken.assets.size());
    for (const auto& [id, asset] : taken.assets) ids.push_back(id);
    return ids;
  }

  /// "Travels/Hawaii Family"
  [[nodiscard]] std::string albums_of(const std::string& id) const {
    std::string text;
    for (const auto& path : taken.assets.at(id).albums) {
      if (!text.empty()) text += ' ';
      for (const std::string& part : path.parts) text += (part == path.parts[0] ? "" : "/") + part;
    }
    return text;
  }

  TakenDown taken;

 private:
  NoService service_;
  Addresses addresses_{service_.cloudkit, service_.streams};
  LibraryMemory memory_{taken.rows, "PrimarySync"};
  Reporter reporter_{{}, os::system_clock().now()};
  Noter noter_{taken, memory_, service_.cloudkit, addresses_, reporter_};
};

Json asset(const std::string& name, const std::string& master, Json fields = Json::object()) {
  return record("CPLAsset", name, merged({{{"masterRef", reference(master)}}, std::move(fields)}));
}

Json master(const std::string& name, std::uint64_t size = 9) {
  return record("CPLMaster",
                name,
                merged({file("resOriginal", "public.heic", size, checksum("AA")),
                        {{"filenameEnc", encoded(name + ".HEIC")}}}));
}

Json album(const std::string& name, const std::string& title, const std::string& parent = {}) {
  Json fields{{"albumNameEnc", encoded(title)}, {"albumType", value(0)}};
  if (!parent.empty()) fields["parentId"] = value(parent, "STRING");
  return record("CPLAlbum", name, fields);
}

Json folder(const std::string& name, const std::string& title) {
  return record("CPLAlbum", name, {{"albumNameEnc", encoded(title)}, {"albumType", value(3)}});
}

Json member(const std::string& asset, const std::string& album) {
  return record("CPLContainerRelation",
                asset + "-IN-" + album,
                {{"itemId", value(asset, "STRING")}, {"containerId", value(album, "STRING")}});
}

Json purged(const std::string& name) {
  return {{"recordName", name}, {"deleted", true}, {"recordType", nullptr}};
}

std::string name_of(const Ledger& ledger, const std::string& id) {
  return ledger.taken.assets.at(id).name;
}

}  // namespace

TEST_CASE("the halves of photos find each other however they are spread over pages") {
  std::vector<Json> records;
  for (const std::string i : {"1", "2", "3", "4"}) {
    records.push_back(master("M" + i));
    records.push_back(asset("A" + i, "M" + i));
  }
  records.push_back(asset("A4b", "M4"));  // two photos of one original
  records.push_back(record("CPLMemory", "X", Json::object()));

  CHECK(rc::check("in any order, on pages of any length", [&] {
    auto shuffled = records;
    const auto length = *rc::gen::inRange<std::size_t>(1, records.size() + 1);
    for (std::size_t i = shuffled.size(); i > 1; --i)
      std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
    Ledger ledger;
    for (std::size_t i = 0; i < shuffled.size(); i += length)
      ledger.note(
          {shuffled.begin() + static_cast<std::ptrdiff_t>(i),
           shuffled.begin() + static_cast<std::ptrdiff_t>(std::min(i + length, shuffled.size()))});
    ledger.finish();
    RC_ASSERT(ledger.ids() == std::vector<std::string>({"A1", "A2", "A3", "A4", "A4b"}));
    RC_ASSERT(name_of(ledger, "A1") == "M1.HEIC");
    RC_ASSERT(name_of(ledger, "A4b") == "M4.HEIC");
  }));
}

TEST_CASE("a file without a photo is none") {
  Ledger ledger;

  ledger.note({master("M1")});
  ledger.finish();

  CHECK(ledger.ids().empty());
}

TEST_CASE("a photo that changed is told with its file as it is known, and the reverse") {
  Ledger ledger;
  ledger.note({master("M1"), asset("A1", "M1")});

  ledger.note({asset("A1", "M1", {{"isFavorite", value(1)}})});
  CHECK(ledger.taken.assets.at("A1").favorite);
  CHECK(ledger.taken.assets.at("A1").renditions.at(0).size == ByteCount{9});

  ledger.note({master("M1", 10)});
  CHECK(ledger.taken.assets.at("A1").favorite);
  CHECK(ledger.taken.assets.at("A1").renditions.at(0).size == ByteCount{10});
}

TEST_CASE("a photo that comes again with its file is reported once") {
  Ledger ledger;
  ledger.note({master("M1"), asset("A1", "M1")});
  ledger.taken.begin_anew();

  ledger.note({master("M1"), asset("A1", "M1")});

  CHECK(ledger.taken.puts == 1);
}

TEST_CASE("a duplicate made on the phone needs no file of its own") {
  Ledger ledger;
  ledger.note({master("M1"), asset("A1", "M1")});

  ledger.note({asset("A2", "M1")});

  CHECK(name_of(ledger, "A2") == "M1.HEIC");
}

TEST_CASE("what is purged is gone, and other things with it that have names only") {
  Ledger ledger;
  ledger.note({album("L", "Family"),
               member("A1", "L"),
               member("A2", "L"),
               master("M1"),
               asset("A1", "M1"),
               master("M2"),
               asset("A2", "M2")});
  REQUIRE(ledger.albums_of("A1") == "Family");

  ledger.note({purged("A2"), purged("M2"), purged("A1-IN-L"), purged("nobody knows this one")});
  ledger.finish();

  CHECK(ledger.ids() == std::vector<std::string>{"A1"});
  CHECK(ledger.albums_of("A1").empty());
}

TEST_CASE("an expunged photo is gone like a purged one") {
  Ledger ledger;
  ledger.note({master("M1"), asset("A1", "M1")});

  ledger.note({asset("A1", "M1", {{"isExpunged", value(1)}})});

  CHECK(ledger.ids().empty());
}

TEST_CASE("albums may come before their photos, after them, or between them") {
  for (const auto& pages : std::vector<std::vector<std::vector<Json>>>{
           {{folder("F", "Travels"), album("L", "Hawaii", "F"), member("A1", "L")},
            {master("M1"), asset("A1", "M1")}},
           {{master("M1"), asset("A1", "M1")},
            {member("A1", "L")},
            {album("L", "Hawaii", "F")},
            {folder("F", "Travels")}}}) {
    Ledger ledger;
    for (const auto& page : pages) ledger.note(page);
    ledger.finish();

    CHECK(ledger.albums_of("A1") == "Travels/Hawaii");
  }
}

TEST_CASE("another name of an album or of a folder above it reaches every photo in it") {
  Ledger ledger;
  ledger.note({folder("F", "Travels"),
               album("L", "Hawaii", "F"),
               album("K", "Kyoto"),
               member("A1", "L"),
               member("A2", "K"),
               master("M1"),
               asset("A1", "M1"),
               asset("A2", "M1")});

  ledger.note({folder("F", "Journeys")});
  ledger.finish();
  CHECK(ledger.albums_of("A1") == "Journeys/Hawaii");

  ledger.note({album("K", "Nara")});
  ledger.finish();
  CHECK(ledger.albums_of("A2") == "Nara");

  ledger.note({record("CPLAlbum", "K", {{"isDeleted", value(1)}})});
  ledger.finish();
  CHECK(ledger.albums_of("A2").empty());
}

TEST_CASE("listed again, albums lose who is no longer in them, and keep the hidden and deleted") {
  const std::vector<Json> photos{master("M1"),
                                 asset("seen", "M1"),
                                 asset("taken out", "M1"),
                                 asset("hidden", "M1", {{"isHidden", value(1)}}),
                                 asset("deleted", "M1", {{"isDeleted", value(1)}})};
  Ledger ledger;
  ledger.note({album("L", "Hawaii"),
               member("seen", "L"),
               member("taken out", "L"),
               member("hidden", "L"),
               member("deleted", "L")});
  ledger.note(photos);

  auto again = photos;
  again.insert(again.begin(), {album("L", "Hawaii"), member("seen", "L")});
  ledger.list_again(again);

  CHECK(ledger.albums_of("seen") == "Hawaii");
  CHECK(ledger.albums_of("taken out").empty());
  CHECK(ledger.albums_of("hidden") == "Hawaii");
  CHECK(ledger.albums_of("deleted") == "Hawaii");
}

TEST_CASE("folders that lie in each other in a circle end") {
  Ledger ledger;
  auto one = folder("F", "One");
  auto two = folder("G", "Two");
  one["fields"]["parentId"] = value("G", "STRING");
  two["fields"]["parentId"] = value("F", "STRING");

  ledger.note(
      {one, two, album("L", "Album", "F"), member("A1", "L"), master("M1"), asset("A1", "M1")});
  ledger.finish();

  CHECK(ledger.taken.assets.at("A1").albums.at(0).parts.back() == "Album");
}

TEST_CASE("the service's own root is no folder of anybody's") {
  CHECK(is_root_folder("----Root-Folder----"));
  CHECK(is_root_folder("----Project-Root-Folder----"));
  CHECK(!is_root_folder("Root"));
}
