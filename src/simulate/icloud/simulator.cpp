// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/simulator.h"

#include "base/cause.h"
#include "base/result.h"
#include "os/machine.h"
#include "simulate/icloud/authority.h"
#include "simulate/icloud/clock.h"
#include "simulate/icloud/control.h"
#include "simulate/icloud/database.h"
#include "simulate/icloud/downloads.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/journal.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/mishaps.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/pictures.h"
#include "simulate/icloud/server.h"
#include "simulate/icloud/sessions.h"
#include "simulate/icloud/setup.h"
#include "simulate/icloud/shared_albums.h"
#include "simulate/icloud/sign_in.h"
#include "simulate/icloud/small_file.h"
#include "simulate/icloud/sync_token.h"
#include "simulate/icloud/uploads.h"
#include "simulate/icloud/view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

/// The same question, asked for the beginning of what it lists.
DatabaseCall begun_again(DatabaseCall call) {
  nlohmann::json& asked = call.asked;
  for (const char* place : {"syncToken", "continuationMarker"}) asked.erase(place);
  if (asked.contains("zones"))
    for (nlohmann::json& zone : asked["zones"]) zone.erase("syncToken");
  if (!asked.contains("query")) return call;
  nlohmann::json filters = nlohmann::json::array();
  for (nlohmann::json filter : asked["query"].value("filterBy", nlohmann::json::array())) {
    if (filter["fieldName"] == "startRank") filter["fieldValue"]["value"] = 0;
    // Each folder has what the whole library has, itself included.
    if (call.operation != "albums") filters.push_back(std::move(filter));
  }
  asked["query"]["filterBy"] = std::move(filters);
  return call;
}

/// The answer says that it is not the last one, with marks that were never given before.
void promise_more(Reply& reply) {
  auto body = nlohmann::json::parse(reply.body);
  body["moreComing"] = true;
  body["continuationMarker"] = random_uuid();
  body["syncToken"] = random_uuid();
  if (body.contains("zones"))
    for (nlohmann::json& zone : body["zones"]) {
      zone["moreComing"] = true;
      zone["syncToken"] = random_uuid();
    }
  reply.body = body.dump();
}

/// Everything together, under one lock: a reply is made from one state of the library. Its bytes
/// are sent without it.
class Whole final : public Simulator {
 public:
  Whole(Options options, std::string control_token, Sessions sessions, os::Clock& clock)
      : options_(std::move(options)),
        control_token_(std::move(control_token)),
        sessions_(std::move(sessions)),
        clock_(clock) {
    for (const Fault& fault : options_.faults) faults_.add(fault);
  }

  /// Takes up the library that was kept, or makes a new one.
  Result<> take_up() {
    const bool is_there = TRY(journal_.replay(library_));
    if (is_there) return {};
    std::vector<nlohmann::json> acts{{{"do", "generate"}, {"count", options_.generate}}};
    if (options_.photos) acts = TRY(acts_of_pictures(*options_.photos, clock_.now()));
    for (const nlohmann::json& act : acts) TRY(journal_.perform(library_, act, clock_.now()));
    return {};
  }

  Reply answer(const Request& request) override {
    const std::scoped_lock lock(mutex_);
    try {
      return route(request);
    } catch (const nlohmann::json::exception&) {
      return refusal(400, "BAD_REQUEST", "A value is of another kind than expected");
    }
  }

 private:
  Reply route(const Request& request) {
    if (Control::concerns(request)) return control_.answer(request);
    if (const auto step = step_of(request); !step.empty())
      return faulty(step, [&] { return sign_in_.answer(step, request); });
    if (const auto step = setup_step_of(request); !step.empty())
      return faulty(step, [&] { return setup_.answer(step, request); });
    if (const auto call = database_call(request))
      return faulty(call->operation, [&] { return ask_database(*call, request); });
    if (const auto step = upload_step_of(request); !step.empty())
      return faulty(
          step, [&] { return signed_in(request, [&] { return uploads_.answer(step, request); }); });
    if (const auto step = shared_album_step_of(request); !step.empty())
      return faulty(step, [&] {
        return signed_in(request,
                         [&] { return shared_albums_.answer(step, request, clock_.now()); });
      });
    if (request.path.starts_with("/B/"))
      return faulty("download", [&] { return downloads_.answer(request, library_, clock_.now()); });
    return reply_of(404, {{"error", "nothing is simulated here"}});
  }

  Reply ask_database(const DatabaseCall& call, const Request& request) {
    return signed_in(request, [&] {
      if (call.operation == "modify") return modify(call, request);
      if (faults_.strike("endless", call.operation) == nullptr)
        return database_.answer(call, request, clock_.now());
      auto reply = database_.answer(begun_again(call), request, clock_.now());
      promise_more(reply);
      return reply;
    });
  }

  /// The reply for one who may have it; now and then its cookie is renewed.
  template <class Answer>
  Reply signed_in(const Request& request, const Answer& answer) {
    if (auto refused = setup_.refuse(request)) return *std::move(refused);
    Reply reply = answer();
    setup_.renew(request, reply);
    return reply;
  }

  Reply modify(const DatabaseCall& call, const Request& request) {
    nlohmann::json act = call.asked;
    act["do"] = "modify";
    act["database"] = name(call.database);
    const auto outcome = journal_.perform(library_, act, clock_.now());
    if (!outcome) return refusal(500, "INTERNAL_ERROR", outcome.error().what);
    return database_.modified(call, *outcome, request, clock_.now());
  }

  /// The service's reply, unless a fault answers in its place, and with what goes wrong in its
  /// body.
  template <class Answer>
  Reply faulty(std::string_view operation, const Answer& answer) {
    ++calls_[std::string(operation)];
    if (auto instead = answer_instead(faults_, operation)) return *std::move(instead);
    if (faults_.strike("change", operation) != nullptr && !change_library())
      return refusal(500, "INTERNAL_ERROR", "the library cannot be changed");
    Reply reply = answer();
    spoil(faults_, operation, reply);
    return reply;
  }

  /// The newest photo goes and an old one comes: whoever lists by rank misses one of the next page.
  Result<> change_library() {
    const auto newest = views_.list(library_.own(), {});
    const auto now = clock_.now();
    if (!newest.empty()) {
      const auto& name = library_.own().records()[newest.front()].name;
      TRY(journal_.perform(library_, {{"do", "trash"}, {"asset", name}}, now));
    }
    constexpr std::int64_t in_1990 = 640'000'000'000;
    TRY(journal_.perform(library_, {{"do", "add"}, {"taken", in_1990}}, now));
    return {};
  }

  Options options_;
  std::string control_token_;
  Sessions sessions_;
  MovableClock clock_;
  Faults faults_;
  Library library_;
  Journal journal_{options_.state / "library.jsonl"};
  Views views_;
  Calls calls_;
  Lies lies_;
  SyncTokens tokens_{"library"};
  Downloads downloads_{random_token()};
  SignIn sign_in_{options_.account, sessions_, faults_, clock_};
  Setup setup_{options_.account, sessions_, faults_, clock_};
  DatabaseService database_{library_, tokens_, downloads_, faults_, lies_};
  Uploads uploads_{{options_.state, library_, journal_, database_, clock_}};
  SharedAlbums shared_albums_{options_.account, library_, database_};
  Control control_{{library_,
                    journal_,
                    sessions_,
                    tokens_,
                    downloads_,
                    faults_,
                    clock_,
                    sign_in_,
                    setup_,
                    calls_,
                    lies_},
                   control_token_};
  std::mutex mutex_;
};

/// A new one at each start, for the owner of the folder only.
Result<std::string> new_control_token(const std::filesystem::path& folder) {
  auto token = random_token();
  TRY(write_small_file(folder / "control-token", token));
  return token;
}

/// A folder that only its owner can enter.
Result<> make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directory(folder, problem);
  if (!problem) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
  if (problem)
    return fail(
        Cause::denied, "the folder {} cannot be made: {}", folder.native(), problem.message());
  return {};
}

}  // namespace

Result<std::unique_ptr<Simulator>> Simulator::open(Options options, os::Clock& clock) {
  const Authority authority{options.state};
  TRY(make_folder(options.state));
  authority.withdraw();
  TRY(authority.make(clock.now()));
  auto sessions = TRY(Sessions::open(options.state / "sessions.json"));
  auto token = TRY(new_control_token(options.state));
  auto simulator =
      std::make_unique<Whole>(std::move(options), std::move(token), std::move(sessions), clock);
  TRY(simulator->take_up());
  return std::unique_ptr<Simulator>(std::move(simulator));
}

Result<> serve(Options options,
               const Listen& listen,
               const std::function<void(const Address&)>& announce,
               std::stop_token stop) {
  const Authority authority{options.state};
  const auto folder = options.state;
  const auto simulator = TRY(Simulator::open(std::move(options), os::system_clock()));
  const auto server = TRY(Server::bind(
      listen, {authority.certificate(), authority.key(), folder}, [&](const Request& request) {
        return simulator->answer(request);
      }));
  const auto ready = [&]() -> Result<> {
    TRY(authority.publish());
    announce({fmt::format("https://{}:{}", listen.host, server->port()), authority.published()});
    return {};
  };
  const auto result = server->run(ready, std::move(stop));
  authority.withdraw();
  return result;
}

}  // namespace keepsake::simulate::icloud
