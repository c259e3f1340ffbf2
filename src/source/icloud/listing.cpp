// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/listing.h"

#include "base/guarded.h"
#include "source/icloud/albums.h"
#include "source/icloud/ranks.h"
#include "source/icloud/replies.h"
#include "source/icloud/rounds.h"
#include "source/icloud/wanted.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <span>
#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t most_at_once = 200;
constexpr std::size_t members_a_page = 66;  // three records each

/// Ranks that are handed out to several threads, a page's worth at a time, until one of them saw
/// the end.
class Ranks {
 public:
  Ranks(std::int64_t first, std::int64_t most) : state_({first, most, std::nullopt}) {}

  std::optional<std::int64_t> next() {
    return state_.with([](State& state) -> std::optional<std::int64_t> {
      if (state.next >= state.most || state.end) return std::nullopt;
      return std::exchange(state.next, state.next + photos_a_page);
    });
  }

  /// The page from this rank on is the last one.
  void note_end(std::int64_t rank) {
    state_.with([&](State& state) { state.end = std::min(state.end.value_or(rank), rank); });
  }

  bool is_beyond_end(std::int64_t rank) {
    return state_.with([&](const State& state) { return state.end && rank > *state.end; });
  }

  bool has_end() {
    return state_.with([](const State& state) { return state.end.has_value(); });
  }

  std::int64_t all_handed_out() {
    return state_.with([](const State& state) { return state.next; });
  }

 private:
  struct State {
    std::int64_t next = 0;
    std::int64_t most = 0;
    std::optional<std::int64_t> end;
  };

  Guarded<State> state_;
};

}  // namespace

Result<> Listing::run() {
  TRY(memory_.forget_token());
  number_ = TRY(memory_.listing());
  TRY(memory_.note_listing(++number_));
  const auto earlier = TRY(wait_for_indexing());
  auto first = TRY(cloudkit_.page_of(zone_, all_photos, 0, stop_));
  const auto token = first.sync_token ? first.sync_token : earlier;
  if (!token)
    return fail(problem(Cause::corrupt, "iCloud gives its list of photos without a token"));
  token_of_beginning_ = *token;
  TRY(noter_.begin(number_));
  // Albums come first: so that each photo is reported once, with all of them.
  TRY(list_albums());
  TRY(list_rest(std::move(first)));
  TRY(list_view(hidden_photos, 0));
  TRY(list_view(deleted_photos, 0));
  return noter_.forget_unseen_members();
}

Result<std::optional<std::string>> Listing::wait_for_indexing() {
  for (int i = 0;; ++i) {
    const auto indexing = cloudkit_.indexing_of(zone_, stop_);
    if (!indexing && is_misunderstood(indexing.error().cause)) return std::optional<std::string>();
    if (!indexing) return fail(indexing.error());
    if (indexing->is_finished) return indexing->sync_token;
    if (i == cloudkit_.pace().questions)
      return fail(problem(Cause::throttled,
                          fmt::format("iCloud is still making its list of this library ({} %); the "
                                      "next run looks again",
                                      indexing->percent)));
    TRY(net::wait(cloudkit_.pace().ask_again, stop_));
  }
}

Result<> Listing::list_albums() {
  TRY(memory_.forget_albums());
  TRY(noter_.begin(number_));
  if (zone_.is_shared_library()) return {};  // it has none
  const auto albums = TRY(list_folders());
  return list_members(albums);
}

/// From the top down; returns the albums that were found.
Result<std::vector<std::string>> Listing::list_folders() {
  std::vector<std::string> albums;
  std::deque<std::string> folders{""};
  std::set<std::string> found;  // no folder is gone into twice, though it be in itself
  for (; !folders.empty(); folders.pop_front()) {
    const std::string& folder = folders.front();
    const auto asked = folder.empty() ? std::nullopt : std::optional(folder);
    std::optional<std::string> continuation;
    Rounds rounds;
    do {
      auto page = cloudkit_.albums_in(zone_, asked, continuation, stop_);
      if (!page && is_misunderstood(page.error().cause)) break;  // there is no such list
      if (!page) return fail(page.error());
      TRY(rounds.note(*page));
      for (AlbumRecord& album : page->albums) {
        if (album.is_deleted || is_root_folder(album.name)) continue;
        if (!found.insert(album.name).second) continue;
        if (album.parent.empty()) album.parent = folder;
        if (album.kind == AlbumRecord::Kind::folder) folders.emplace_back(album.name);
        if (album.kind == AlbumRecord::Kind::album) albums.push_back(album.name);
      }
      continuation = page->records > 0 ? page->continuation : std::nullopt;
      TRY(take(*std::move(page)));
    } while (continuation);
  }
  return albums;
}

Result<> Listing::list_members(const std::vector<std::string>& albums) {
  Guarded<std::size_t> next(0);
  const auto work = [&](const EmitPage& emit, const std::stop_token& stop) -> Result<> {
    for (;;) {
      const auto index = next.with([](std::size_t& number) { return number++; });
      if (index >= albums.size()) return {};
      TRY(list_members_of(albums[index], emit, stop));
    }
  };
  return gather(work, [&](Page page) { return take(std::move(page)); }, stop_);
}

Result<> Listing::list_members_of(const std::string& album,
                                  const EmitPage& emit,
                                  const std::stop_token& stop) {
  Rounds rounds;
  for (std::int64_t rank = 0;;) {
    auto page = TRY(cloudkit_.members_of(zone_, album, rank, stop));
    TRY(rounds.note(page));
    const auto members = page.members.size();
    const bool last = members == 0 || (!page.continuation && members < members_a_page);
    rank += static_cast<std::int64_t>(members);
    // The photos themselves come with the views, and whole.
    page.assets.clear();
    page.masters.clear();
    page.addresses.clear();
    if (!emit(std::move(page))) return fail(Cause::cancelled, "interrupted");
    if (last) return {};
  }
}

/// The view of all photos, after its first page. Several threads read it, because it is long; what
/// comes after the length that the service tells is read like any other list.
Result<> Listing::list_rest(Page first) {
  const auto begin = ranks_of(first);
  const bool is_short = is_last(first, 0, std::nullopt);
  TRY(take(std::move(first)));
  if (is_short) return {};
  const auto asked = cloudkit_.length_of(zone_, all_photos, stop_);
  if (!asked && !is_misunderstood(asked.error().cause)) return fail(asked.error());
  const auto length = asked ? *asked : std::nullopt;
  Ranks ranks(begin, length.value_or(begin));
  Guarded<Rounds> rounds;
  const auto work = [&](const EmitPage& emit, const std::stop_token& stop) -> Result<> {
    while (const auto window = ranks.next()) {
      // A page may cover fewer ranks than it should: no rank is passed over.
      for (auto rank = *window; rank < *window + photos_a_page && !ranks.is_beyond_end(rank);) {
        auto page = TRY(cloudkit_.page_of(zone_, all_photos, rank, stop));
        TRY(rounds.with([&](Rounds& all) { return all.note(page); }));
        if (is_last(page, rank, length)) ranks.note_end(rank);
        rank += ranks_of(page);
        if (!emit(std::move(page))) return fail(Cause::cancelled, "interrupted");
      }
    }
    return {};
  };
  TRY(gather(work, [&](Page page) { return take(std::move(page)); }, stop_));
  return ranks.has_end() ? Result<>() : list_view(all_photos, ranks.all_handed_out());
}

Result<> Listing::list_view(const View& view, std::int64_t from) {
  Rounds rounds;
  for (auto rank = from;;) {
    auto page = cloudkit_.page_of(zone_, view, rank, stop_);
    if (!page && is_misunderstood(page.error().cause))
      return changes_.unreadable(fmt::format("{} ({})", memory_.library(), view.list),
                                 page.error());
    if (!page) return fail(page.error());
    TRY(rounds.note(*page));
    const bool last = is_last(*page, rank, std::nullopt);
    rank += ranks_of(*page);
    TRY(take(*std::move(page)));
    if (last) return {};
  }
}

Result<> Listing::reconcile() {
  std::vector<std::string> unseen;
  const auto note_unseen = [&](const std::string& library,
                               const std::string& id,
                               const std::vector<std::string>& /*keys*/) -> Result<bool> {
    if (library != memory_.library()) return true;
    const auto known = TRY(memory_.asset(id));
    if (!known || known->listing != number_) unseen.push_back(id);
    return true;
  };
  TRY(changes_.keep_only(note_unseen));
  for (std::size_t i = 0; i < unseen.size(); i += most_at_once) {
    const auto names = std::span(unseen).subspan(i, std::min(most_at_once, unseen.size() - i));
    auto page = TRY(cloudkit_.lookup(zone_, names, wanted_fields(), stop_));
    for (const RecordFailure& failure : page.failures)
      if (is_not_there(failure)) TRY(noter_.note_gone(failure.name));
    TRY(take(std::move(page)));
  }
  return unseen.empty() ? Result<>() : noter_.finish(stop_);
}

Result<> Listing::take(Page page) {
  has_bursts_ = has_bursts_ || std::any_of(page.assets.begin(),
                                           page.assets.end(),
                                           [](const auto& asset) { return asset.is_in_burst; });
  TRY(noter_.note(std::move(page)));
  return changes_.commit();
}

}  // namespace keepsake::source::icloud
