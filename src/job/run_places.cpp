// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/run_places.h"

#include "job/places.h"
#include "job/take_down.h"
#include "verify/verify.h"

namespace keepsake::job {

namespace {

Result<> take_down_all(Home& home, const OpenDestination& place) {
  constexpr std::size_t batch = 1024;
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

/// A place that did not take everything is asked all the same to make what it took findable.
/// Returns why not all is held that was brought.
Result<std::optional<Error>> end_session(Home& home, OpenDestination& place) {
  auto* catalog = TRY(home.catalog());
  auto closed = place.session->close();
  if (!closed) return closed.error();
  place.bytes_written = closed->written;
  place.snapshot = std::move(closed->snapshot);
  TRY(catalog->record(place.lane->awaiting()));
  const auto settled = place.session->settle();
  if (!settled && !closed->incomplete) return settled.error();
  return closed->incomplete;
}

/// As it is left now, the next run finds it, unless somebody else writes to it. Of a place that
/// cannot be looked at any more nothing is remembered: the next run looks for itself.
Result<> remember_how_it_looks(Home& home, const OpenDestination& place) {
  if (place.error || !place.was_written) return {};
  auto* catalog = TRY(home.catalog());
  const auto fingerprint = place.destination->fingerprint();
  if (!fingerprint || !*fingerprint) return {};
  return catalog->remember_fingerprint(place.row, **fingerprint);
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
    auto opened = open_destination(home, settings);
    if (opened) {
      place.destination = *std::move(opened);
    } else {
      place.error = std::move(opened).error();
    }
    places.push_back(std::move(place));
  }
  return places;
}

Result<> learn_what_is_held(Home& home, const OpenDestination& place) {
  auto* catalog = TRY(home.catalog());
  const auto known = TRY(catalog->paths_after(place.row, {}, 1));
  return known.empty() ? take_down_all(home, place) : Result<>();
}

Result<> get_to_know(Home& home, OpenDestination& place, const std::stop_token& stop) {
  auto* catalog = TRY(home.catalog());
  const auto found = TRY(place.destination->fingerprint());
  const auto left = TRY(catalog->fingerprint(place.row));
  if (found && found == left) return {};
  const auto known = TRY(catalog->paths_after(place.row, {}, 1));
  if (known.empty()) {
    TRY(take_down_all(home, place));
  } else if (found) {
    TRY(verify::verify(*catalog, *place.destination, place.row, verify::Amount{0}, {}, stop));
  }
  return found ? catalog->remember_fingerprint(place.row, *found) : Result<>();
}

Result<> begin_session(Home& home, OpenDestination& place) {
  if (place.session) return {};
  place.session = std::make_unique<destination::LazySession>(*place.destination);
  place.lane =
      std::make_unique<transfer::Lane>(target_of(place.settings, place.row), *place.session);
  const bool unfinished = TRY(place.destination->has_unfinished_run());
  if (!unfinished) return {};
  const auto opened = place.session->open();
  if (!opened) {
    place.error = opened.error();
    return {};
  }
  TRY(take_down(home, place.row, place.session->recovered()));
  const auto settled = place.session->settle();
  if (!settled) place.error = settled.error();
  return {};
}

Result<> close_session(Home& home, OpenDestination& place) {
  if (!place.session) return {};
  if (!place.error) place.error = place.lane->failure();
  place.was_written = place.session->is_open();
  const auto ended = TRY(end_session(home, place));
  if (!place.error) place.error = ended;
  place.lane.reset();
  place.session.reset();
  return remember_how_it_looks(home, place);
}

}  // namespace keepsake::job
