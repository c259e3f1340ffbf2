// SPDX-License-Identifier: GPL-3.0-or-later
#include "restless_cloud.h"

#include <algorithm>
#include <array>
#include <utility>

namespace keepsake::tests {

namespace {

using nlohmann::json;
using simulate::icloud::Reply;
using simulate::icloud::Request;

constexpr std::int64_t in_2001 = 1'000'000'000'000;
constexpr std::uint64_t twenty_years = 630'000'000'000;

/// Whether it asks for a page of something, and may get less of it than it wants.
bool asks_for_page(const Request& request) {
  return request.path.ends_with("/records/query") || request.path.ends_with("/changes/zone");
}

void shorten_page(Request& request, std::uint64_t to) {
  auto body = json::parse(request.body);
  for (json& zone : body.contains("zones") ? body["zones"] : json::array({}))
    zone["resultsLimit"] = to;
  if (body.contains("resultsLimit") && body["resultsLimit"] > to) body["resultsLimit"] = to;
  request.body = body.dump();
}

}  // namespace

RestlessCloud::RestlessCloud(std::uint64_t seed) : random_(seed) {
  simulate::icloud::Options options;
  options.state = folder_ / "state";
  options.generate = number(80);
  simulator_ = simulate::icloud::Simulator::open(std::move(options), os::system_clock()).value();
  token_ = folder_.read("state/control-token");
  while (token_.ends_with('\n')) token_.pop_back();
}

Reply RestlessCloud::answer(const Request& request) {
  const std::scoped_lock lock(mutex_);
  if (!asks_for_page(request)) return simulator_->answer(request);
  if (is_restless_ && number(4) == 0) let_something_happen();
  if (answers_left_ && (*answers_left_)-- == 0) {
    stop_.request_stop();
    answers_left_.reset();
  }
  auto shorter = request;
  shorten_page(shorter, 6 + 2 * number(30));
  return simulator_->answer(shorter);
}

std::stop_token RestlessCloud::stop_after(std::uint64_t answers) {
  const std::scoped_lock lock(mutex_);
  stop_ = std::stop_source();
  answers_left_ = answers;
  return stop_.get_token();
}

void RestlessCloud::live(std::uint64_t most) {
  for (auto left = number(most + 1); left > 0; --left) let_something_happen();
}

json RestlessCloud::say(const std::string& word, const json& body) {
  Request request;
  request.method = "POST";
  request.path = "/simulate/" + word;
  request.headers = {{"X-Simulate-Token", token_}};
  request.body = body.dump();
  return json::parse(simulator_->answer(request).body);
}

/// What cannot happen, such as taking a photo from an album that it is not in, does not.
void RestlessCloud::let_something_happen() {
  if (number(40) == 0) {
    say("expire", {{"what", "marks"}});
    return;
  }
  const json act = something();
  const json outcome = say("act", act);
  if (outcome.contains("error")) return;
  ++happenings_;
  if (act["do"] == "make-album")
    (act.value("folder", false) ? folders_ : albums_).push_back(outcome["album"]);
}

json RestlessCloud::something() {
  const json all = photos();
  const auto what = number(10);
  if (what < 2 || all.empty()) {
    constexpr std::array kinds{"photo", "live", "video", "raw"};
    const auto which = number(kinds.size());
    return {{"do", "add"},
            {"kind", kinds[which]},
            {"taken", in_2001 + static_cast<std::int64_t>(number(twenty_years))},
            {"zone",
             all.empty() || number(4) > 0 ? json("PrimarySync") : all[number(all.size())]["zone"]}};
  }
  const json& photo = all[number(all.size())];
  if (what < 5) return something_with_albums(photo);
  // Another original for one photo is none for another that has the same.
  const auto twins = std::count_if(all.begin(), all.end(), [&](const json& other) {
    return other["master"] == photo["master"];
  });
  json act = something_with(photo);
  if (act["do"] == "rewrite" && twins > 1) act["do"] = "edit";
  return act;
}

json RestlessCloud::something_with(const json& photo) {
  constexpr std::array acts{"edit",
                            "revert",
                            "rewrite",
                            "duplicate",
                            "purge",
                            "share",
                            "trash",
                            "trash",
                            "trash",
                            "hide",
                            "hide",
                            "favorite",
                            "favorite"};
  std::string act = acts[number(acts.size())];
  if (act == "share" && photo["zone"] != "PrimarySync") act = "purge";
  // Of a burst whose picked frame is gone for good nothing is known, and no list would show the
  // rest.
  if (!photo["burst"].get<std::string>().empty() && (act == "share" || act == "purge"))
    act = "trash";
  return {{"do", act}, {"asset", photo["asset"]}, {"on", number(2) == 0}};
}

json RestlessCloud::something_with_albums(const json& photo) {
  const auto title = "Album " + std::to_string(number(5));
  const auto& folder = folders_[number(folders_.size())];
  const auto what = number(10);
  if (what == 0 || albums_.empty())
    return {{"do", "make-album"}, {"title", title}, {"parent", folder}};
  if (what == 1)
    return {{"do", "make-album"}, {"title", title}, {"parent", folder}, {"folder", true}};
  const auto& album = albums_[number(albums_.size())];
  if (what == 2) return {{"do", "move-album"}, {"album", album}, {"parent", folder}};
  if (what == 3) return {{"do", "rename-album"}, {"album", album}, {"title", title}};
  if (what == 4 && folders_.size() > 1)
    return {{"do", "rename-album"}, {"album", folders_.back()}, {"title", title}};
  if (what == 5 && number(3) == 0) return {{"do", "delete-album"}, {"album", album}};
  const bool is_own = photo["zone"] == "PrimarySync";
  return {{"do", what < 8 && is_own ? "put-in-album" : "take-from-album"},
          {"album", album},
          {"asset", photo["asset"]}};
}

}  // namespace keepsake::tests
