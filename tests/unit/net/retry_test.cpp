// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/retry.h"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace keepsake;
using namespace std::chrono_literals;
using net::Delay;

namespace {

/// The longest or the shortest wait that chance could come to.
class Always final : public net::Random {
 public:
  enum class Which { least, most };

  explicit Always(Which which) : which_(which) {}

  Delay between(Delay least, Delay most) override { return which_ == Which::least ? least : most; }

 private:
  Which which_;
};

}  // namespace

TEST_CASE("when a request is tried again") {
  struct Row {
    const char* name;
    int attempt;
    Cause cause;
    std::optional<Delay> retry_after;
    std::optional<Delay> least;
    std::optional<Delay> most;
  };

  const net::RetryPolicy policy{10, 2s, 5min};
  Always least(Always::Which::least);
  Always most(Always::Which::most);
  for (const Row& row :
       {Row{"a broken connection, the first time", 1, Cause::offline, {}, 1s, 2s},
        Row{"the second time", 2, Cause::offline, {}, 2s, 4s},
        Row{"the seventh time", 7, Cause::timeout, {}, 64s, 128s},
        Row{"never after more than the longest wait", 10, Cause::throttled, {}, 150s, 300s},
        Row{"patience is used up", 11, Cause::offline, {}, {}, {}},
        Row{"asked to wait 30 s", 1, Cause::throttled, 30s, 30s, 30s},
        Row{"asked to wait less than we would", 2, Cause::throttled, 1s, 2s, 4s},
        Row{"asked to wait an hour", 1, Cause::throttled, 1h, {}, {}},
        Row{"a wrong password is never tried again", 1, Cause::wrong_password, 1s, {}, {}},
        Row{"nor is a refusal", 1, Cause::refused, {}, {}, {}},
        Row{"nor what is not there", 1, Cause::not_found, {}, {}, {}},
        Row{"nor damage: who asked decides", 1, Cause::corrupt, {}, {}, {}}}) {
    CAPTURE(row.name);
    CHECK(net::delay_before(row.attempt, row.cause, row.retry_after, policy, least) == row.least);
    CHECK(net::delay_before(row.attempt, row.cause, row.retry_after, policy, most) == row.most);
  }
}

TEST_CASE("without a policy nothing is tried again") {
  CHECK(!net::delay_before(1, Cause::offline, std::nullopt, {}, net::system_random()));
}

TEST_CASE("a server asks for patience in seconds or by a date") {
  const auto now = parse_instant("2024-05-01T12:00:00Z").value();

  CHECK(net::parse_retry_after("120", now) == Delay(120s));
  CHECK(net::parse_retry_after("Wed, 01 May 2024 12:00:30 GMT", now) == Delay(30s));
  CHECK(net::parse_retry_after("Wed, 01 May 2024 11:00:00 GMT", now) == Delay(0s));
  CHECK(net::parse_retry_after("-5", now) == std::nullopt);
  CHECK(net::parse_retry_after("later", now) == std::nullopt);
}
