// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cause.h"
#include "base/result.h"
#include "base/time.h"
#include "os/machine.h"

#include <date/tz.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace keepsake::os {

namespace {

using std::chrono::milliseconds;

/// Null for a name that is not in the system's database, and where there is none. The database is
/// read once and then stays.
const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// The zone that TZ names: "Europe/Berlin", or ":Europe/Berlin". It may also hold a rule of POSIX
/// or a file's path, which have no name that could be written down; then the system's zone counts.
std::string named_by_environment() {
  // Nothing in this program changes the environment.
  const char* const text = std::getenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr) return {};
  return *text == ':' ? text + 1 : text;
}

/// /etc/localtime is a link to the zone's own file in the database.
std::string named_by_link() {
  constexpr std::string_view database = "/zoneinfo/";
  std::error_code error;
  const auto target = std::filesystem::read_symlink("/etc/localtime", error).string();
  const auto begin = target.find(database);
  return begin == std::string::npos ? std::string() : target.substr(begin + database.size());
}

/// What Debian keeps beside it, in case the link became a copy.
std::string named_by_file() {
  std::string name;
  std::getline(std::ifstream("/etc/timezone"), name);
  return name;
}

}  // namespace

Result<TimeZone> TimeZone::named(std::string_view name) {
  const auto* const zone = find_zone(name);
  if (zone == nullptr && name != "UTC")
    return fail(Cause::not_found, "this system knows no time zone \"{}\"", name);
  return TimeZone(std::string(name), zone);
}

TimeZone TimeZone::of_system() {
  for (const auto& name : {named_by_environment(), named_by_link(), named_by_file()})
    if (const auto* const zone = find_zone(name)) return {name, zone};
  return {"UTC", nullptr};
}

WallTime TimeZone::wall(Instant instant) const {
  if (zone_ == nullptr) return WallTime(instant.time_since_epoch());
  return WallTime(zone_->to_local(instant).time_since_epoch());
}

Instant TimeZone::instant(WallTime wall) const {
  if (zone_ == nullptr) return Instant(wall.time_since_epoch());
  const date::local_time<milliseconds> shown(wall.time_since_epoch());
  return zone_->to_sys(shown, date::choose::earliest);
}

}  // namespace keepsake::os
