// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/verdict.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::string_view service = "iCloud Photos";
constexpr ByteCount largest_answer{64 << 20};

/// What an answer says of itself when it is no good one.
struct Said {
  std::string code;    ///< "ZONE_NOT_FOUND"
  std::string reason;  ///< a sentence of Apple's
  std::optional<net::Delay> retry_after;
};

std::string text_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

Said said_in(const json::object& answer) {
  Said said{text_in(answer, "serverErrorCode"), text_in(answer, "reason"), std::nullopt};
  double seconds = 0;
  if (const auto value = json::field(answer, "retryAfter");
      value && value->get(seconds) == simdjson::SUCCESS && seconds >= 0 && seconds < 1e6)
    said.retry_after =
        std::chrono::duration_cast<net::Delay>(std::chrono::duration<double>(seconds));
  return said;
}

Error error(Cause cause, std::string_view what, const Said& said, int status) {
  const auto words = said.reason.empty() ? said.code : said.reason;
  auto sentence = words.empty() ? fmt::format("{} (HTTP {})", what, status)
                                : fmt::format("{} (HTTP {}: {})", what, status, words);
  return Error{cause, std::move(sentence), std::string(service), Scope::source};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_session_over(int status, const Said& said) {
  return status == 401 || status == 421 || status == 450 || said.code == "AUTHENTICATION_FAILED" ||
         said.code == "NOT_AUTHENTICATED" || said.code == "AUTHENTICATION_REQUIRED";
}

bool wants_consent(int status, const Said& said) {
  return status == 423 || (said.code == "ACCESS_DENIED" && has(said.reason, "private db access"));
}

std::optional<Cause> worth_waiting_for(int status, const Said& said) {
  if (said.code == "THROTTLED" || said.code == "TRY_AGAIN_LATER") return Cause::throttled;
  return net::cause_of(status);
}

/// An answer that is not to be used.
Verdict refusal_of(int status, const Said& said) {
  if (is_session_over(status, said))
    return verdict::SessionOver{
        error(Cause::expired, "the sign-in is no longer valid", said, status)};
  if (wants_consent(status, said))
    return verdict::ConsentWanted{error(
        Cause::denied,
        "the photos of this account cannot be read. Either web access is off (Settings, your name, "
        "iCloud, 'Access iCloud Data on the Web'), or Advanced Data Protection waits for an "
        "approval, or backups ran too often. Wait a quarter of an hour before the next",
        said,
        status)};
  if (const auto cause = worth_waiting_for(status, said))
    return verdict::Later{
        error(*cause, "it asks for patience; the next run goes on from here", said, status),
        *cause,
        said.retry_after};
  if (status == 403 || said.code == "ACCESS_DENIED")
    return verdict::Refused{error(Cause::denied,
                                  "it refuses this account. Perhaps backups ran too often: wait a "
                                  "quarter of an hour before the next",
                                  said,
                                  status)};
  if (said.code == "ZONE_NOT_FOUND" || said.code == "NOT_FOUND" || status == 404 || status == 410)
    return verdict::Refused{
        error(Cause::not_found, "it does not have what was asked for", said, status)};
  const auto misunderstood =
      error(Cause::invalid, "it does not understand what was asked", said, status);
  // A good question is answered like this now and then.
  const bool is_mood = status == 400 && !has(said.reason, "Index has invalid data") &&
                       !has(said.reason, "continuation");
  if (is_mood) return verdict::Later{misunderstood, Cause::timeout, std::nullopt};
  return verdict::Refused{misunderstood};
}

Verdict of_failure(const Error& failure) {
  Error told = failure;
  told.scope = Scope::source;
  if (remedy(told.cause) != Remedy::retry_now) return verdict::Refused{std::move(told)};
  const Cause cause = told.cause;
  return verdict::Later{std::move(told), cause, std::nullopt};
}

}  // namespace

Verdict judge(const Result<net::Response>& answer) {
  if (!answer) return of_failure(answer.error());
  auto document = json::Document::parse(answer->body, largest_answer);
  Said said;
  if (document) said = said_in(document->root());
  if (!said.retry_after)
    if (const auto header = answer->headers.find("Retry-After"))
      said.retry_after = net::parse_retry_after(
          *header, std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  if (answer->status != 200) return refusal_of(answer->status, said);
  if (!document)
    return verdict::Later{error(Cause::corrupt, "its answer cannot be read", said, answer->status),
                          Cause::timeout,
                          std::nullopt};
  if (!said.code.empty()) return refusal_of(answer->status, said);
  return verdict::Good{*std::move(document)};
}

std::optional<Error> error_in(const json::object& answer) {
  const auto said = said_in(answer);
  if (said.code.empty()) return std::nullopt;
  return std::visit(
      [](auto&& verdict) -> std::optional<Error> {
        if constexpr (requires { verdict.error; }) return std::move(verdict.error);
        return std::nullopt;
      },
      refusal_of(200, said));
}

}  // namespace keepsake::source::icloud
