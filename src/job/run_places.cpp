// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/run_places.h"

#include "job/places.h"
#include "job/take_down.h"

namespace keepsake::job {

namespace {

/// A destination of which the ledger knows nothing may hold a backup all the same: it was removed
/// and added again, or the ledger was lost. Its own records say what lies there.
Result<> know_what_is_held(Home& home, const OpenDestination& place) {
  constexpr std::size_t batch = 1024;
  auto* catalog = TRY(home.catalog());
  const auto known = TRY(catalog->paths_after(place.row, {}, 1));
  if (!known.empty()) return {};
  std::vector<records::FileRecord> waiting;
  const auto take = [&](const records::FileRecord& record) -> Result<> {
    waiting.push_back(record);
    if (waiting.size() < batch) return {};
    TRY(take_down(home, place.row, waiting));
    waiting.clear();
    return {};
  };
  TRY(place.destination->each_record(take));
  return take_down(home, place.row, waiting);
}

}  // namespace

Result<std::vector<OpenDestination>> open_destinations(
    Home& home, const std::vector<config::Destination>& chosen) {
  auto* catalog = TRY(home.catalog());
  std::vector<OpenDestination> places;
  for (const config::Destination& settings : chosen) {
    OpenDestination place;
    place.settings = settings;
    place.row = TRY(catalog->know_destination(
        {0, settings.id, settings.name, std::string(config::name(settings.kind))},
        rules_of(settings)));
    auto opened = open_destination(settings, home.settings());
    if (opened) {
      place.destination = *std::move(opened);
      TRY(know_what_is_held(home, place));
    } else {
      place.error = std::move(opened).error();
    }
    places.push_back(std::move(place));
  }
  return places;
}

Result<> begin_session(Home& home, OpenDestination& place) {
  auto session = place.destination->open_session();
  if (!session) {
    place.error = std::move(session).error();
    return {};
  }
  place.session = *std::move(session);
  place.lane =
      std::make_unique<transfer::Lane>(target_of(place.settings, place.row), *place.session);
  return take_down(home, place.row, place.session->recovered());
}

void close_session(OpenDestination& place) {
  if (!place.session) return;
  if (!place.error && place.lane) place.error = place.lane->failure();
  if (!place.error) {
    const auto closed = place.session->close();
    if (closed) {
      place.bytes_written = *closed;
    } else {
      place.error = closed.error();
    }
  }
  place.lane.reset();
  place.session.reset();
}

}  // namespace keepsake::job
