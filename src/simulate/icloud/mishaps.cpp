// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/mishaps.h"

#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/names.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

/// What the database says when it answers with a status or a word.
struct Words {
  std::string_view fault;
  int status;
  std::string_view code;
  std::string_view reason;
};

constexpr std::array database_words{
    Words{"access-denied", 403, "ACCESS_DENIED", "private db access disabled for this account"},
    Words{"zone-not-found", 404, "ZONE_NOT_FOUND", "Zone does not exist"},
    Words{"authentication-failed", 401, "AUTHENTICATION_FAILED", "no auth method found"},
    Words{"throttled", 429, "THROTTLED", "Request was throttled"},
    Words{"try-again-later", 503, "TRY_AGAIN_LATER", "Service is busy"},
    Words{"index-invalid", 400, "BAD_REQUEST", "Index has invalid data"},
    Words{"400", 400, "BAD_REQUEST", "Bad request"},
    Words{"401", 401, "AUTHENTICATION_FAILED", "Missing X-APPLE-WEBAUTH-TOKEN cookie"},
    Words{"403", 403, "ACCESS_DENIED", "private db access disabled for this account"},
    Words{"421", 421, "AUTHENTICATION_FAILED", "Invalid global session"},
    Words{"423", 423, "ACCESS_DENIED", "private db access disabled for this account"},
    Words{"429", 429, "THROTTLED", "Request was throttled"},
    Words{"503", 503, "TRY_AGAIN_LATER", "Service is busy"},
};

Reply of_database(const Fault& fault) {
  const auto* const words = std::ranges::find(database_words, fault.what, &Words::fault);
  const bool is_listed = words != database_words.end();
  json body = {{"uuid", random_uuid()},
               {"serverErrorCode", is_listed ? words->code : "INTERNAL_ERROR"},
               {"reason", is_listed ? words->reason : "Something went wrong"}};
  if (fault.wait.count() > 0) body["retryAfter"] = fault.wait.count();
  return reply_of(is_listed ? words->status : fault.status().value_or(500), body);
}

Reply plain(int status, std::string text) {
  Reply reply;
  reply.status = status;
  reply.content_type = "text/plain";
  reply.body = std::move(text);
  return reply;
}

Reply of_sign_in(int status) {
  if (status == 503) return plain(status, "Service Temporary Unavailable");
  const bool is_refused = status == 401 || status == 403;
  return reply_of(status,
                  {{"service_errors",
                    {{{"code", is_refused ? "-20101" : "-20100"},
                      {"message", "Your Apple Account or password is incorrect."}}}},
                   {"hasError", true}});
}

Reply of_setup(int status) {
  return reply_of(status,
                  {{"success", false},
                   {"error", 1},
                   {"errorCode", status},
                   {"reason", status == 421 ? "Invalid global session" : "Something went wrong"}});
}

Reply in_place_of(const Fault& fault, std::string_view operation) {
  if (concerns("database", operation)) return of_database(fault);
  const int status = fault.status().value_or(500);
  if (concerns("sign-in", operation)) return of_sign_in(status);
  if (concerns("setup", operation)) return of_setup(status);
  return plain(status, {});
}

void set_header(Reply& reply, std::string_view name, std::string value) {
  const auto found =
      std::ranges::find(reply.headers, name, [](const auto& header) { return header.first; });
  if (found != reply.headers.end())
    found->second = std::move(value);
  else
    reply.headers.emplace_back(name, std::move(value));
}

void shorten(Reply& reply, std::uint64_t to) {
  if (reply.part)
    reply.part->size = ByteCount{to};
  else
    reply.body.resize(to);
}

/// A part that begins one byte late, and says so.
void begin_late(Reply& reply) {
  if (reply.status != 206 || !reply.part || reply.part->size.value < 2) return;
  ++reply.part->first;
  --reply.part->size.value;
  const auto first = reply.part->first;
  set_header(reply,
             "Content-Range",
             fmt::format("bytes {}-{}/{}",
                         first,
                         first + reply.part->size.value - 1,
                         reply.part->file->size().value));
}

std::string deep_lists() {
  constexpr std::size_t depth = 100'000;
  return R"({"records":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

void send_whole(Reply& reply) {
  if (reply.status != 206 || !reply.part) return;
  reply.status = 200;
  reply.part->first = 0;
  reply.part->size = reply.part->file->size();
  std::erase_if(reply.headers, [](const auto& header) { return header.first == "Content-Range"; });
}

}  // namespace

std::optional<Reply> answer_instead(Faults& faults, std::string_view operation) {
  const Fault* struck = faults.strike_status(operation);
  for (const Words& words : database_words) {
    if (struck != nullptr) break;
    if (words.fault.front() < '0' || words.fault.front() > '9')
      struck = faults.strike(words.fault, operation);
  }
  if (struck == nullptr) return std::nullopt;
  auto reply = in_place_of(*struck, operation);
  if (struck->wait.count() > 0) reply.add("Retry-After", std::to_string(struck->wait.count()));
  return reply;
}

void spoil(Faults& faults, std::string_view operation, Reply& reply) {
  if (faults.strike("note", operation) != nullptr)
    reply = plain(200, "Unable to find the requested object");
  if (faults.strike("deep", operation) != nullptr) reply.body = deep_lists();
  if (faults.strike("wrong-offset", operation) != nullptr) begin_late(reply);
  if (faults.strike("no-range", operation) != nullptr) send_whole(reply);
  if (const Fault* fault = faults.strike("short", operation))
    shorten(reply, fault->place_in(reply.size()));
  if (const Fault* fault = faults.strike("cut", operation))
    reply.mishap.cut_at = fault->place_in(reply.size());
  if (const Fault* fault = faults.strike("flip", operation))
    reply.mishap.flip_at = std::min(fault->place_in(reply.size()), reply.size() - 1);
  if (const Fault* fault = faults.strike("wait", operation)) {
    reply.mishap.wait_at = fault->place_in(reply.size());
    reply.mishap.wait = fault->wait;
  }
}

}  // namespace keepsake::simulate::icloud
