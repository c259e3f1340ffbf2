// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/verdict.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::source::icloud;
using namespace std::chrono_literals;

namespace {

net::Response answer(int status, std::string body = "{}") {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string with_code(const std::string& code, const std::string& reason = {}) {
  return R"({"uuid":"x","serverErrorCode":")" + code + R"(","reason":")" + reason + R"("})";
}

/// Which verdict, and with which cause.
std::string in_short(const Verdict& verdict) {
  const auto of = [](const char* word, const Error& error) {
    return std::string(word) + " " + std::string(name(error.cause));
  };
  if (std::holds_alternative<verdict::Good>(verdict)) return "good";
  if (const auto* it = std::get_if<verdict::SessionOver>(&verdict)) return of("over", it->error);
  if (const auto* it = std::get_if<verdict::ConsentWanted>(&verdict))
    return of("consent", it->error);
  if (const auto* it = std::get_if<verdict::Later>(&verdict)) return of("later", it->error);
  return of("refused", std::get<verdict::Refused>(verdict).error);
}

}  // namespace

TEST_CASE("each answer of the database means one thing to do") {
  struct Row {
    const char* about;
    net::Response answer;
    const char* verdict;
  };

  for (const Row& row :
       {Row{"an answer", answer(200, R"({"records":[]})"), "good"},
        Row{"no session", answer(401, with_code("AUTHENTICATION_FAILED")), "over expired"},
        Row{"no session, of the setup kind", answer(421), "over expired"},
        Row{"another proof wanted", answer(450), "over expired"},
        Row{"no session, inside a 200",
            answer(200, with_code("AUTHENTICATION_FAILED")),
            "over expired"},
        Row{"keys are missing", answer(423), "consent denied"},
        Row{"access is off",
            answer(403, with_code("ACCESS_DENIED", "private db access disabled for this account")),
            "consent denied"},
        Row{"refused", answer(403), "refused denied"},
        Row{"no such zone", answer(404, with_code("ZONE_NOT_FOUND")), "refused not_found"},
        Row{"no such zone, inside a 200",
            answer(200, with_code("ZONE_NOT_FOUND")),
            "refused not_found"},
        Row{"too often", answer(429), "later throttled"},
        Row{"too often, in Apple's words", answer(400, with_code("THROTTLED")), "later throttled"},
        Row{"busy", answer(503, with_code("TRY_AGAIN_LATER")), "later throttled"},
        Row{"broken", answer(500), "later timeout"},
        Row{"in a mood", answer(400, with_code("BAD_REQUEST", "Bad request")), "later invalid"},
        Row{"no such list",
            answer(400, with_code("BAD_REQUEST", "Index has invalid data")),
            "refused invalid"},
        Row{"a token that is none",
            answer(400, with_code("BAD_REQUEST", "Unknown sync continuation type")),
            "refused invalid"},
        Row{"no JSON", answer(200, "<html>"), "later corrupt"},
        Row{"a list", answer(200, "[]"), "later corrupt"}}) {
    CAPTURE(row.about);

    CHECK(in_short(judge(row.answer)) == row.verdict);
  }
}

TEST_CASE("a connection that fails may do better later, a certificate that is wrong may not") {
  CHECK(in_short(judge(fail(Cause::offline, "no way"))) == "later offline");
  CHECK(in_short(judge(fail(Cause::denied, "wrong certificate"))) == "refused denied");
  CHECK(in_short(judge(fail(Cause::cancelled, "interrupted"))) == "refused cancelled");
}

TEST_CASE("the patience that is asked for is read from the body or from its header") {
  const auto asked = [](net::Response response) {
    return std::get<verdict::Later>(judge(std::move(response))).asked;
  };
  auto with_header = answer(503);
  with_header.headers.set("Retry-After", "7");

  CHECK(asked(answer(503, R"({"serverErrorCode":"TRY_AGAIN_LATER","retryAfter":30})")) == 30s);
  CHECK(asked(with_header) == 7s);
  CHECK(asked(answer(503)) == std::nullopt);
  CHECK(asked(answer(503, R"({"retryAfter":-1})")) == std::nullopt);
  CHECK(asked(answer(503, R"({"retryAfter":1e300})")) == std::nullopt);
}

TEST_CASE("an error inside a part of an answer is told apart from an answer") {
  const auto in = [](const char* text) {
    const auto document = json::Document::parse(text, ByteCount{1000}).value();
    return error_in(document.root());
  };

  CHECK(!in(R"({"records":[]})"));
  CHECK(in(R"({"serverErrorCode":"ZONE_NOT_FOUND","reason":"x"})")->cause == Cause::not_found);
  CHECK(in(R"({"serverErrorCode":"BAD_REQUEST","reason":"x"})")->cause == Cause::invalid);
}
