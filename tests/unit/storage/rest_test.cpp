// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/rest/rest.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "net/http.h"
#include "tests/fake/http_server.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace std::chrono_literals;
using storage::Reading;
using tests::HttpServer;
using Answer = HttpServer::Answer;
using Asked = HttpServer::Asked;

namespace {

const std::string list_format = "application/vnd.x.restic.rest.v2";

constexpr net::RetryPolicy at_once{3, 1ms, 5s};

std::unique_ptr<storage::Storage> rest(const HttpServer& server) {
  return storage::make_rest("here",
                            net::Url::parse(server.url("/vault/")).value(),
                            net::Http::start({}).value(),
                            {},
                            at_once);
}

Answer lists(std::string body) {
  return {.headers = {{"Content-Type", list_format}}, .body = std::move(body)};
}

}  // namespace

TEST_CASE("packs are asked for without the folders that only disks have, and listed with them") {
  const HttpServer server([](const Asked& asked) {
    if (asked.target == "/vault/data/") return lists(R"([{"name":"5eaf","size":7}])");
    return Answer{.status = asked.target == "/vault/data/5eaf" ? 200 : 404, .body = "content"};
  });
  const auto storage = rest(server);

  const auto found = storage->list_below("data").value();

  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "5e/5eaf");
  CHECK(storage->size_of(std::string("data/") + found.front().name).value() == ByteCount{7});
}

TEST_CASE("whoever it is told to be it says with every request") {
  HttpServer server([](const Asked&) { return Answer{.status = 404}; });
  auto url = server.url("/");
  const auto storage = storage::make_rest({{.url = url, .user = "ann"}},
                                          storage::HttpLogin{"ann", Secret("p@ss/word")},
                                          net::Http::start({}).value())
                           .value();

  REQUIRE(storage->size_of("config").has_value());

  CHECK(server.asked().front().headers.at("authorization") == "Basic YW5uOnBAc3Mvd29yZA==");
  CHECK(storage->where().find("p@ss") == std::string::npos);
}

TEST_CASE("what a server says wrongly is an error, and never a file") {
  struct Row {
    const char* what;
    Answer answer;
    Cause cause;
  };

  for (const Row& row :
       {Row{"refused", {.status = 401}, Cause::denied},
        Row{"forbidden", {.status = 403}, Cause::denied},
        Row{"full", {.status = 507}, Cause::full},
        Row{"not understood", {.status = 418}, Cause::internal},
        Row{"a list without sizes",
            {.headers = {{"Content-Type", "application/json"}}, .body = "[]"},
            Cause::unsupported},
        Row{"a torn list", lists(R"([{"name":"5e)"), Cause::corrupt},
        Row{"a list of numbers", lists("[1]"), Cause::corrupt},
        Row{"a list that is none", lists("{}"), Cause::corrupt},
        Row{"a size below nothing", lists(R"([{"name":"5e","size":-1}])"), Cause::corrupt}}) {
    CAPTURE(row.what);
    const HttpServer server([&](const Asked&) { return row.answer; });

    const auto listed = rest(server)->list("index");

    REQUIRE_FALSE(listed.has_value());
    CHECK(listed.error().cause == row.cause);
  }
}

TEST_CASE("a part of a file that is not the part asked for is refused") {
  HttpServer server([](const Asked& asked) {
    if (asked.method == "HEAD") return Answer{.body = "0123456789"};
    if (asked.target.ends_with("whole")) return Answer{.status = 200, .body = "0123456789"};
    return Answer{.status = 206, .body = "012"};
  });
  const auto storage = rest(server);
  Bytes part(4);

  const auto whole = storage->open("index/whole", Reading::cached).value();
  CHECK(whole->read_at(2, part).error().cause == Cause::unsupported);
  const auto torn = storage->open("index/torn", Reading::cached).value();
  CHECK(torn->read_at(2, part).error().cause == Cause::corrupt);
}

TEST_CASE("a second attempt whose first one arrived is no conflict; another file of the name is") {
  for (const bool same : {true, false}) {
    bool posted = false;
    HttpServer server([&](const Asked& asked) {
      if (asked.method == "POST") {
        posted = true;
        return Answer{.status = 403};
      }
      if (!posted) return Answer{.status = 404};
      return Answer{.status = asked.method == "GET" ? 206 : 200, .body = same ? "mine" : "them"};
    });

    const auto put = rest(server)->put("config", bytes_of("mine"));

    CHECK(put.has_value() == same);
    if (!same) CHECK(put.error().cause == Cause::conflict);
  }
}

TEST_CASE("a server that fails for a moment is asked again") {
  int asked_before = 0;
  HttpServer server([&](const Asked&) {
    return asked_before++ == 0 ? Answer{.status = 502} : Answer{.body = "{}"};
  });

  CHECK(rest(server)->size_of("config").value() == ByteCount{2});
}

TEST_CASE("a server that is not there is offline, and nothing is taken for missing") {
  auto server = std::make_unique<HttpServer>([](const Asked&) { return Answer{}; });
  const auto storage = rest(*server);
  server.reset();

  CHECK(storage->size_of("config").error().cause == Cause::offline);
  CHECK(storage->list("index").error().cause == Cause::offline);
  CHECK(storage->remove("config").error().cause == Cause::offline);
}
