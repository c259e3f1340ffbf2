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

/// As it is left now, the next run finds it, unless somebody else writes to it.
Result<> remember_how_it_looks(Home& home, const OpenDestination& place) {
  if (place.error) return {};
  auto* catalog = TRY(home.catalog());
  const auto fingerprint = TRY(place.destination->fingerprint());
  return fingerprint ? catalog->remember_fingerprint(place.row, *fingerprint) : Result<>();
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

Result<> close_session(Home& home, OpenDestination& place) {
  if (!place.session) return {};
  if (!place.error) place.error = place.lane->failure();
  if (!place.error) {
    auto* catalog = TRY(home.catalog());
    auto closed = place.session->close();
    if (closed) {
      place.bytes_written = closed->written;
      place.snapshot = std::move(closed->snapshot);
      TRY(catalog->record(place.lane->awaiting()));
    } else {
      place.error = closed.error();
    }
  }
  place.lane.reset();
  place.session.reset();
  return remember_how_it_looks(home, place);
}

}  // namespace keepsake::job
