// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <string>

using namespace keepsake;
using os::TimeZone;

namespace {

WallTime wall(std::string_view text) { return parse_rfc3339(std::string(text) + "-00:00")->wall; }

Instant instant(std::string_view text) { return parse_instant(text).value(); }

/// Sets TZ for one test.
class Environment {
 public:
  explicit Environment(const char* zone) {
    if (const char* const before = std::getenv("TZ")) before_ = before;
    set(zone);
  }

  ~Environment() { set(before_ ? before_->c_str() : nullptr); }

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static void set(const char* zone) {
    if (zone == nullptr)
      unsetenv("TZ");
    else
      setenv("TZ", zone, 1);
  }

  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("clocks show what the zone's rules said at that moment") {
  const auto berlin = TimeZone::named("Europe/Berlin").value();

  CHECK(berlin.name() == "Europe/Berlin");
  CHECK(berlin.wall(instant("2024-07-01T12:00:00.250Z")) == wall("2024-07-01T14:00:00.250"));
  CHECK(berlin.wall(instant("2024-01-01T12:00:00Z")) == wall("2024-01-01T13:00:00"));
  CHECK(berlin.wall(instant("1975-07-01T12:00:00Z")) == wall("1975-07-01T13:00:00"));
}

TEST_CASE("an hour that clocks showed twice is the earlier one") {
  const auto berlin = TimeZone::named("Europe/Berlin").value();

  CHECK(berlin.instant(wall("2024-10-27T02:30:00")) == instant("2024-10-27T00:30:00Z"));
}

TEST_CASE("an hour that clocks skipped is the moment of the change") {
  const auto berlin = TimeZone::named("Europe/Berlin").value();

  CHECK(berlin.instant(wall("2024-03-31T02:30:00")) == instant("2024-03-31T01:00:00Z"));
}

TEST_CASE("what a clock shows leads back to the moment, except where it shows it again") {
  const TimeZone zones[] = {TimeZone::named("America/New_York").value(),
                            TimeZone::named("Asia/Kolkata").value(),
                            TimeZone::named("UTC").value()};
  CHECK(rc::check([&] {
    const auto& zone = *rc::gen::elementOf(std::vector(std::begin(zones), std::end(zones)));
    const Instant moment{std::chrono::milliseconds(
        *rc::gen::inRange<std::int64_t>(-2'000'000'000'000, 2'000'000'000'000))};

    const auto back = zone.instant(zone.wall(moment));

    RC_ASSERT(back == moment || back == moment - std::chrono::hours(1));
    RC_ASSERT(zone.wall(back) == zone.wall(moment));
  }));
}

TEST_CASE("a zone that the system does not know is not found") {
  for (const char* name : {"", "Mars/Olympus", "../../etc/passwd", "/etc/localtime"}) {
    CAPTURE(name);
    const auto zone = TimeZone::named(name);
    REQUIRE_FALSE(zone);
    CHECK(zone.error().cause == Cause::not_found);
  }
}

TEST_CASE("the environment names the system's zone, if it names one") {
  const auto without = [] {
    const Environment none(nullptr);
    return TimeZone::of_system().name();
  }();

  struct Row {
    const char* zone;
    std::string name;
  };

  const Row rows[] = {{"Asia/Tokyo", "Asia/Tokyo"},
                      {":Asia/Tokyo", "Asia/Tokyo"},
                      {"CET-1CEST,M3.5.0,M10.5.0/3", without},
                      {":/etc/localtime", without}};
  for (const auto& [zone, name] : rows) {
    CAPTURE(zone);
    const Environment set(zone);
    CHECK(TimeZone::of_system().name() == name);
  }
}
