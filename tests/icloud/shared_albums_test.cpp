// SPDX-License-Identifier: GPL-3.0-or-later
// Shared albums: seldom asked for, and nothing in them called gone that was only not shown.
#include "simulate/icloud/simulator.h"
#include "stand_in.h"
#include "tests/unit/source/taken_down.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

class MovedClock final : public os::Clock {
 public:
  Instant now() override { return os::system_clock().now() + by; }

  std::chrono::milliseconds by{0};
};

/// An account that shares albums, and a home that follows it.
class Sharing {
 public:
  Sharing() {
    simulate::icloud::Options options;
    options.state = folder_ / "state";
    options.generate = 3;
    simulator_ = simulate::icloud::Simulator::open(std::move(options), os::system_clock()).value();
    token_ = folder_.read("state/control-token");
    while (token_.ends_with('\n')) token_.pop_back();
    sign_in(stand_in_, home_.path());
  }

  Json say(const std::string& word, const Json& body) {
    simulate::icloud::Request request;
    request.method = "POST";
    request.path = "/simulate/" + word;
    request.headers = {{"X-Simulate-Token", token_}};
    request.body = body.dump();
    const auto reply = simulator_->answer(request);
    REQUIRE(reply.status == 200);
    return Json::parse(reply.body);
  }

  Json act(const Json& what) { return say("act", what); }

  std::string make_album(const std::string& title, int photos) {
    return act({{"do", "make-shared-album"}, {"title", title}, {"photos", photos}})["album"];
  }

  void look() {
    taken.begin_anew();
    calls_.clear();
    source_ = source_of(stand_in_, home_.path(), clock);
    const auto done = source_->note_changes(taken, {});
    REQUIRE_MESSAGE(done.has_value(), done.error().message());
  }

  void look_next_day() {
    clock.by += 25h;
    look();
  }

  /// The photos of an album as they were taken down.
  std::vector<photo::Asset> photos_in(const std::string& album) const {
    std::vector<photo::Asset> photos;
    for (const auto& [id, asset] : taken.assets)
      if (asset.key.library == album) photos.push_back(asset);
    return photos;
  }

  /// Reads a file to its end, and has it checked.
  Result<std::uint64_t> read(const photo::Asset& asset) {
    auto stream = TRY(source_->open(asset.key, asset.renditions.at(0), {}));
    std::array<std::byte, 65536> buffer{};
    std::uint64_t size = 0;
    while (const auto read = TRY(stream->read(buffer))) size += read;
    TRY(stream->confirm());
    return size;
  }

  [[nodiscard]] int calls(const std::string& name) const {
    const auto found = calls_.find(name);
    return found == calls_.end() ? 0 : found->second;
  }

  TakenDown taken;
  MovedClock clock;

  /// Called before an album's page is given.
  std::function<void()> before_page;

  /// Called with every list of albums that is given.
  std::function<void(Json&)> spoil_list;

 private:
  simulate::icloud::Reply answer(const simulate::icloud::Request& request) {
    const std::scoped_lock one_at_a_time(mutex_);
    const auto name = request.path.substr(request.path.rfind('/') + 1);
    ++calls_[name];
    if (name == "webgetassets" && before_page) std::exchange(before_page, nullptr)();
    auto reply = simulator_->answer(request);
    if (name == "webgetalbumslist" && spoil_list) {
      auto list = Json::parse(reply.body);
      spoil_list(list);
      reply.body = list.dump();
    }
    return reply;
  }

  TempFolder folder_;
  TempFolder home_;
  std::unique_ptr<simulate::icloud::Simulator> simulator_;
  std::string token_;
  std::map<std::string, int> calls_;
  std::mutex mutex_;
  StandIn stand_in_{[this](const simulate::icloud::Request& request) { return answer(request); }};
  std::unique_ptr<source::Source> source_;
};

}  // namespace

TEST_CASE_FIXTURE(Sharing, "photos of a shared album are of its library, named as reduced copies") {
  const auto wedding = make_album("Wedding", 5);
  const auto empty = make_album("Nothing yet", 0);

  look();

  const auto photos = photos_in(wedding);
  REQUIRE(photos.size() == 5);
  for (const photo::Asset& photo : photos) {
    CHECK(photo.shelf == photo::Shelf::shared_album);
    CHECK(photo.albums == std::vector<photo::AlbumPath>{{{"Wedding"}}});
    CHECK(photo.warnings.size() == 1);
    CHECK(photo.taken.has_value());
    CHECK(read(photo).value() == photo.renditions.at(0).size.value);
  }
  CHECK(photos_in(empty).empty());
  CHECK(taken.unreadable_paths.empty());
}

TEST_CASE_FIXTURE(Sharing,
                  "shared albums are asked for once a day, and read when their tags change") {
  const auto wedding = make_album("Wedding", 5);
  const auto second = make_album("Holidays", 2);
  look();

  look();
  CHECK(calls("webgetalbumslist") == 0);
  look_next_day();
  CHECK(calls("webgetalbumslist") == 1);
  CHECK(calls("webgetassets") == 0);

  act({{"do", "add"}, {"kind", "photo"}, {"zone", wedding}});
  look_next_day();
  CHECK(photos_in(wedding).size() == 6);
  CHECK(photos_in(second).size() == 2);
  CHECK(taken.puts == 6);  // the other album was not read
}

TEST_CASE_FIXTURE(Sharing, "an album of many pages is read to its end") {
  const auto wedding = make_album("Wedding", 250);

  look();

  CHECK(photos_in(wedding).size() == 250);
}

TEST_CASE_FIXTURE(Sharing, "what is taken out of a shared album is gone, and so is a whole album") {
  const auto wedding = make_album("Wedding", 5);
  const auto second = make_album("Holidays", 2);
  look();
  const auto removed = photos_in(wedding).front().key.id;

  act({{"do", "purge"}, {"asset", removed}});
  act({{"do", "delete-shared-album"}, {"album", second}});
  look_next_day();

  CHECK(photos_in(wedding).size() == 4);
  CHECK(!taken.assets.contains(removed));
  CHECK(photos_in(second).empty());
}

TEST_CASE_FIXTURE(Sharing, "an album that changes while it is read loses nothing") {
  const auto wedding = make_album("Wedding", 150);
  look();
  const auto all = photos_in(wedding);
  act({{"do", "add"}, {"kind", "photo"}, {"zone", wedding}});
  // The first photo goes while the pages are read: those behind it move up, one across the edge.
  before_page = [&] {
    before_page = [&] { act({{"do", "purge"}, {"asset", all.front().key.id}}); };
  };

  look_next_day();

  CHECK(photos_in(wedding).size() >= 150);
  look();  // on the same day: the album was not read whole
  CHECK(photos_in(wedding).size() == 150);
  CHECK(!taken.assets.contains(all.front().key.id));
}

TEST_CASE_FIXTURE(Sharing, "the address of a shared photo that grew too old is asked for again") {
  const auto wedding = make_album("Wedding", 5);
  look();

  say("expire", {{"what", "addresses"}});

  for (const photo::Asset& photo : photos_in(wedding)) CHECK(read(photo).has_value());
  const auto photo = photos_in(wedding).front();
  act({{"do", "purge"}, {"asset", photo.key.id}});
  say("expire", {{"what", "addresses"}});
  CHECK(read(photo).error().cause == Cause::not_found);
}

TEST_CASE_FIXTURE(Sharing,
                  "shared albums that cannot be had are named, and nothing in them is gone") {
  const auto wedding = make_album("Wedding", 5);
  look();

  SUBCASE("the list is refused") {
    say("faults", {{"clear", true}, {"add", {"403,at=shared-albums,times=always"}}});
  }
  SUBCASE("the service is out of order") {
    say("faults", {{"clear", true}, {"add", {"500,at=shared-albums,times=always"}}});
  }
  SUBCASE("the list is no list") {
    spoil_list = [](Json& list) { list.erase("albums"); };
  }
  SUBCASE("an album has the name of the library") {
    spoil_list = [](Json& list) { list["albums"][0]["albumguid"] = "PrimarySync"; };
  }
  SUBCASE("an album lies where nothing is encrypted") {
    spoil_list = [](Json& list) { list["albums"][0]["albumlocation"] = "http://127.0.0.1/"; };
  }
  look_next_day();

  CHECK(taken.unreadable_paths == std::vector<std::string>{"shared albums"});
  CHECK(photos_in(wedding).size() == 5);
  say("faults", {{"clear", true}, {"add", Json::array()}});
  spoil_list = nullptr;
  look();  // on the same day: it was not answered
  CHECK(taken.unreadable_paths.empty());
  CHECK(calls("webgetalbumslist") == 1);
}

TEST_CASE_FIXTURE(Sharing, "what nobody ever saw of shared albums is missed with a warning only") {
  say("faults", {{"clear", true}, {"add", {"500,at=shared-albums,times=always"}}});

  look();

  CHECK(taken.unreadable_paths.empty());
  CHECK(taken.warnings.size() == 1);
  CHECK(taken.assets.size() == 3);
}

TEST_CASE_FIXTURE(Sharing,
                  "an account that never shared an album may be refused the list of them") {
  say("faults", {{"clear", true}, {"add", {"403,at=shared-albums,times=always"}}});

  look();

  CHECK(taken.unreadable_paths.empty());
  CHECK(taken.assets.size() == 3);
}
