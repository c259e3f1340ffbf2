// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/shared_streams.h"

#include "base/json.h"
#include "base/text.h"
#include "source/icloud/questions.h"
#include "source/icloud/replies.h"
#include "source/icloud/rounds.h"
#include "source/icloud/zone.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t photos_a_page = 100;
constexpr std::string_view good_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

std::string text_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

/// An id becomes the name of a library, and must not be that of another kind of library.
bool is_good_id(std::string_view id) {
  constexpr std::size_t longest = 200;
  return !id.empty() && id.size() <= longest && !zone_of(id).is_library() &&
         id.find_first_not_of(good_letters) == std::string_view::npos;
}

/// Nothing where an album has no good id, or no place that may be asked.
std::optional<SharedAlbum> album_in(const json::object& object) {
  auto location = net::Url::parse(text_in(object, "albumlocation"));
  auto id = text_in(object, "albumguid");
  if (!is_good_id(id) || !location || !location->is_secure()) return std::nullopt;
  std::string title;
  json::object attributes;
  if (const auto value = json::field(object, "attributes"))
    if (value->get(attributes) == simdjson::SUCCESS) title = to_nfc(text_in(attributes, "name"));
  return SharedAlbum{
      std::move(id), text_in(object, "albumctag"), std::move(title), *std::move(location)};
}

}  // namespace

Result<std::vector<SharedAlbum>> SharedStreams::albums(const std::stop_token& stop) {
  std::vector<SharedAlbum> albums;
  const auto pass = TRY(access_.enter(stop));
  if (!pass.account.shared_streams) return albums;
  const auto address = [&](const Account& account) -> Result<net::Url> {
    if (!account.shared_streams) return fail(problem(Cause::denied, "it has no shared albums"));
    return account.shared_streams->at(fmt::format(
        "/{}/sharedstreams/webgetalbumslist?{}", account.dsid, web_.client_query(account.dsid)));
  };
  const auto answer =
      TRY(ask_until_answered(web_, access_, address, "{}", little_patience(), stop));
  const auto value = json::field(answer.root(), "albums");
  simdjson::dom::array list;
  // Absent is not the same as none: without the list nothing may be called gone.
  if (!value || value->get(list) != simdjson::SUCCESS)
    return fail(problem(Cause::corrupt, "its list of shared albums cannot be read"));
  for (const auto each : list) {
    json::object object;
    auto album = each.get(object) == simdjson::SUCCESS ? album_in(object) : std::nullopt;
    if (!album) return fail(problem(Cause::corrupt, "its list of shared albums cannot be read"));
    known_.with([&](auto& known) { known.insert_or_assign(album->id, *album); });
    albums.push_back(*std::move(album));
  }
  return albums;
}

Result<> SharedStreams::each_page(std::string_view album,
                                  const std::function<Result<>(Page)>& take,
                                  const std::stop_token& stop) {
  const auto found = TRY(find(album, stop));
  Rounds rounds;
  for (std::size_t offset = 0;;) {
    const auto address = [&](const Account& account) -> Result<net::Url> {
      return found.location.at(fmt::format(
          "{}webgetassets?{}", found.location.target(), web_.client_query(account.dsid)));
    };
    // Numbers travel as texts here, and the limit is where the page ends.
    const nlohmann::json body{{"albumguid", found.id},
                              {"albumctag", found.tag},
                              {"limit", std::to_string(offset + photos_a_page)},
                              {"offset", std::to_string(offset)}};
    const auto answer =
        TRY(ask_until_answered(web_, access_, address, body.dump(), web_.pace().retry, stop));
    auto page = page_in(answer.root());
    TRY(rounds.note(page));
    const auto photos = page.assets.size();
    if (photos == 0) return {};
    offset += photos;
    TRY(take(std::move(page)));
  }
}

/// The list is asked for again by the next run anyway, and no photo of the library waits for it.
net::RetryPolicy SharedStreams::little_patience() const {
  auto policy = web_.pace().retry;
  policy.attempts = std::min(policy.attempts, 1);
  return policy;
}

Result<SharedAlbum> SharedStreams::find(std::string_view album, const std::stop_token& stop) {
  const auto known = [&]() -> std::optional<SharedAlbum> {
    return known_.with([&](const auto& all) {
      const auto found = all.find(album);
      return found == all.end() ? std::nullopt : std::optional(found->second);
    });
  };
  auto found = known();
  if (!found) {
    TRY(albums(stop));
    found = known();
  }
  if (found) return *std::move(found);
  return fail(Cause::not_found, "iCloud no longer has the shared album that it is in");
}

}  // namespace keepsake::source::icloud
