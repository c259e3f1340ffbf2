// SPDX-License-Identifier: GPL-3.0-or-later
// Backups to servers over lines that are slow, break or lead nowhere.
#include "table.h"
#include "tests/fake/relay.h"
#include "tests/journey/journey.h"
#include "tests/support/real_server.h"
#include "tests/support/soak.h"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace keepsake::tests;
using namespace std::chrono_literals;

namespace {

constexpr unsigned longest = 600;  // seconds; whoever takes longer hangs

struct Fault {
  std::string name;
  Relay::Line line;
  std::vector<int> ends;  ///< exit codes that are right
  bool takes_minutes = false;
  std::string host = "127.0.0.1";
};

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all{
      {"nobody is there", {.refuses = true}, {23}},
      {"its name leads nowhere", {}, {23}, true, "keepsake.invalid"},
      {"200 ms each way", {.delay = 200ms}, {0}, true},
      {"two connections reset amid a body", {.resets = 2}, {0}},
      {"every connection reset amid a body", {.resets = -1}, {3, 23}, true},
      {"1 Mbit/s", {.bytes_each_second = 125'000}, {0}, true},
      {"nothing ever arrives", {.is_silent = true}, {23}, true}};
  return all;
}

/// A destination of a home at a server of this machine.
struct Place {
  std::string name;
  std::string kind;  ///< of the destination
  std::string url;
  std::uint16_t port = 0;
};

std::string fresh_name() {
  static int count = 0;
  return fmt::format("network-{}-{}", getpid(), ++count);
}

std::uint16_t port_in(const std::string& url) {
  const auto colon = url.find(':', url.find("//") + 2);
  return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

std::vector<Place> places(Journey& journey) {
  std::vector<Place> found;
  if (const auto server = running_s3("ceph")) {
    journey.use_variable("AWS_ACCESS_KEY_ID", server->key_id);
    journey.use_variable("AWS_SECRET_ACCESS_KEY", server->secret);
    journey.use_variable("AWS_REGION", server->region);
    for (const char* const kind : {"vault", "folder"})
      found.push_back({fmt::format("{} in a bucket", kind),
                       kind,
                       fmt::format("s3:{}/{}/photos", server->endpoint, fresh_name()),
                       port_in(server->endpoint)});
  }
  if (const auto server = running_webdav("rclone")) {
    journey.use_variable("KEEPSAKE_WEBDAV_PASSWORD", server->password);
    auto url = server->url;
    url.insert(url.find("//") + 2, server->user + "@");
    for (const char* const kind : {"vault", "folder"})
      found.push_back({fmt::format("{} over WebDAV", kind),
                       kind,
                       fmt::format("webdav+{}{}/", url, fresh_name()),
                       port_in(server->url)});
  }
  return found;
}

/// The settings with another way to the server.
void go_by(const Journey& journey, const std::string& before, const std::string& now) {
  auto text = read_file(journey.home() / "keepsake.toml");
  const auto at = text.find(before);
  REQUIRE(at != std::string::npos);
  text.replace(at, before.size(), now);
  write_file(journey.home() / "keepsake.toml", text);
}

/// Pictures that no destination has yet, one of them larger than what a bad line lets through.
void add_pictures(const Journey& journey) {
  const auto folder = journey / "pictures" / fresh_name();
  make_small_library(folder, 12);
  auto bytes = read_file(folder / contents(folder).begin()->first);
  std::mt19937 chance(std::random_device{}());
  for (int i = 0; i < 150'000; ++i) bytes += static_cast<char>(chance());
  write_file(folder / "large.JPG", bytes);
}

/// A backup of new pictures over the line, and another over a good one.
int meet(Journey& journey, const Place& place, const Fault& fault) {
  add_pictures(journey);
  const Relay relay(place.port, fault.line);
  const auto good = fmt::format("127.0.0.1:{}/", place.port);
  const auto bad = fmt::format("{}:{}/", fault.host, relay.port());
  go_by(journey, good, bad);
  journey.use_limits({.seconds = longest, .memory = 0});
  const int end = journey.keepsake({"backup"}).exit_code;
  journey.use_limits({});
  go_by(journey, bad, good);
  journey.expect(0, {"backup"});
  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  return end;
}

}  // namespace

TEST_CASE("over a bad line nothing hangs, nothing is lost, and the next backup has all") {
  Journey journey;
  for (const Place& place : places(journey)) {
    CAPTURE(place.name);
    fs::create_directories(journey / "pictures");
    journey.use_home(fresh_name());
    journey.use_password("correct horse");
    journey.set_up({});
    journey.expect(0, {"destination", "add", "far", place.kind, place.url});
    for (const Fault& fault : faults()) {
      if (fault.takes_minutes && !is_soak()) continue;
      CAPTURE(fault.name);
      const auto begun = std::chrono::steady_clock::now();

      const int end = meet(journey, place, fault);

      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
      CHECK(std::ranges::count(fault.ends, end) == 1);
      print_row({"line",
                 "destination",
                 "backup ends with",
                 "seconds, with the next one and a verification"},
                {fault.name, place.name, std::to_string(end), fmt::format("{:.0f}", took.count())});
    }
  }
}
