// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"

#include "tests/fake/http_server.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

using namespace keepsake;
using namespace std::chrono_literals;
using net::Http;
using net::Url;
using tests::HttpServer;
using Answer = HttpServer::Answer;
using Asked = HttpServer::Asked;

namespace {

Answer says(std::string body) { return Answer{.body = std::move(body)}; }

/// Bytes of which each tells its place.
std::string counting(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 + (i >> 8U));
  return bytes;
}

std::unique_ptr<Http> client(const net::HttpOptions& options = {}) {
  return Http::start(options).value();
}

net::Request get(const HttpServer& server, std::string_view target = "/") {
  return {.url = Url::parse(server.url(target)).value()};
}

constexpr net::RetryPolicy at_once{3, 1ms, 5s};

Result<std::string> read_all(net::Download& download, std::size_t at_once_bytes = 10'000) {
  std::string all;
  std::vector<std::byte> block(at_once_bytes);
  for (;;) {
    const auto count = TRY(download.read(block));
    if (count == 0) return all;
    all += text_of(ByteView(block).first(count));
  }
}

}  // namespace

TEST_CASE("a request arrives as it was meant, and the answer comes back whole") {
  const HttpServer server([](const Asked& asked) {
    Answer answer{.status = 421, .headers = {{"X-Apple-Id", "one"}, {"Set-Cookie", "a"}}};
    answer.headers.emplace_back("set-cookie", "b");
    answer.body = asked.method + " " + asked.target + " " + asked.headers.at("scnt") + " " +
                  asked.headers.at("content-type") + " " + asked.body;
    return answer;
  });
  const auto http = client();
  auto request = get(server, "/signin/init?x=1");
  request.method = "POST";
  request.headers = {{"scnt", "s"}, {"Content-Type", "text/plain"}};
  request.body = "{}";

  const auto answer = http->send(request, {}).value();

  CHECK(answer.status == 421);
  CHECK(answer.body == "POST /signin/init?x=1 s text/plain {}");
  CHECK(answer.headers.find("x-apple-id") == "one");
  CHECK(answer.headers.all("Set-Cookie") == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("nothing is sent that was not asked for") {
  HttpServer server([](const Asked&) { return says("here"); });
  auto request = get(server);
  request.method = "PUT";

  CHECK(client()->send(request, {}).value().body == "here");

  const auto asked = server.asked().front();
  CHECK(asked.method == "PUT");
  CHECK(asked.body.empty());
  CHECK(!asked.headers.contains("content-type"));
  CHECK(!asked.headers.contains("expect"));
  CHECK(!asked.headers.contains("accept-encoding"));
}

TEST_CASE("a connection is used again") {
  HttpServer server([](const Asked&) { return says("again"); });
  const auto http = client();

  for (int i = 0; i < 5; ++i) CHECK(http->send(get(server), {}).value().body == "again");

  CHECK(server.connections() == 1);
  CHECK(http->requests() == 5);
}

TEST_CASE("no more connections than allowed are made to one host") {
  HttpServer server([](const Asked&) { return says("here"); });
  const auto http = client({.connections_per_host = 2});
  {
    std::vector<std::jthread> askers;
    askers.reserve(12);
    for (int i = 0; i < 12; ++i)
      askers.emplace_back([&] { CHECK(http->send(get(server), {}).has_value()); });
  }
  CHECK(server.asked().size() == 12);
  CHECK(server.connections() <= 2);
}

TEST_CASE("redirects are answers like any other") {
  HttpServer server([](const Asked&) {
    return Answer{.status = 302, .headers = {{"Location", "file:///etc/passwd"}}};
  });

  CHECK(client()->send(get(server), {}).value().status == 302);
  CHECK(server.asked().size() == 1);
}

TEST_CASE("an answer longer than expected is refused") {
  const HttpServer server([](const Asked&) { return says(std::string(1'000'000, 'x')); });
  auto request = get(server);
  request.most_body = ByteCount{100'000};

  const auto answer = client()->send(request, {});

  REQUIRE(!answer);
  CHECK(answer.error().cause == Cause::corrupt);
}

TEST_CASE("what kept an answer from coming is told apart") {
  struct Row {
    const char* name;
    Answer answer;
    Cause cause;
  };

  Answer cut = says("half of it");
  cut.cut_after = 4;
  Answer reset = cut;
  reset.cut = Answer::Cut::resets;
  Answer wrong_length = says("short");
  wrong_length.claimed_length = 500;
  Answer silent = says("never");
  silent.cut_after = 2;
  silent.cut = Answer::Cut::waits;
  for (const Row& row : {Row{"cut short", cut, Cause::offline},
                         Row{"reset", reset, Cause::offline},
                         Row{"shorter than it said", wrong_length, Cause::offline},
                         Row{"stalled", silent, Cause::timeout}}) {
    CAPTURE(row.name);
    HttpServer server([&](const Asked&) { return row.answer; });
    const auto answer = client({.stall_timeout = 1s})->send(get(server), {});
    REQUIRE(!answer);
    CHECK(answer.error().cause == row.cause);
    CHECK(server.asked().size() == 1);
  }
}

TEST_CASE("a server that is not there is offline") {
  std::string nowhere;
  {
    const HttpServer server([](const Asked&) { return says(""); });
    nowhere = server.url();
  }

  const auto answer = client()->send({.url = Url::parse(nowhere).value()}, {});

  REQUIRE(!answer);
  CHECK(answer.error().cause == Cause::offline);
  CHECK(answer.error().where + "/" == nowhere);
}

TEST_CASE("a request with patience is sent again after failures and busy answers") {
  std::atomic<int> number = 0;
  const HttpServer server([&](const Asked&) {
    const int now = ++number;
    Answer answer = says(now == 4 ? "at last" : "later");
    if (now == 1) answer.cut_after = 1;
    if (now == 2) answer.status = 503;
    if (now == 3) {
      answer.status = 429;
      answer.headers = {{"Retry-After", "0"}};
    }
    return answer;
  });
  auto request = get(server);
  request.retry = at_once;

  const auto answer = client()->send(request, {}).value();

  CHECK(answer.status == 200);
  CHECK(answer.body == "at last");
  CHECK(number == 4);
}

TEST_CASE("when patience is used up the last answer counts") {
  HttpServer server([](const Asked&) { return Answer{.status = 503, .body = "busy"}; });
  auto request = get(server);
  request.retry = at_once;

  CHECK(client()->send(request, {}).value().status == 503);
  CHECK(server.asked().size() == 4);
}

TEST_CASE("without patience, or for an answer that means something else, nothing is sent twice") {
  int status = 503;
  HttpServer server([&](const Asked&) { return Answer{.status = status}; });
  const auto http = client();

  CHECK(http->send(get(server), {}).value().status == 503);
  CHECK(server.asked().size() == 1);

  auto request = get(server);
  request.retry = at_once;
  status = 401;
  CHECK(http->send(request, {}).value().status == 401);
  CHECK(server.asked().size() == 2);
}

TEST_CASE("a download brings every byte, however slowly or quickly it is read") {
  const auto body = counting(5'000'000);
  const HttpServer server([&](const Asked&) { return says(body); });
  const auto http = client();
  for (const std::size_t block :
       {std::size_t{1000}, std::size_t{300'000}, std::size_t{8'000'000}}) {
    CAPTURE(block);

    const auto download = http->open(get(server), {}).value();

    CHECK(download->head().status == 200);
    CHECK(download->head().headers.find("content-length") == "5000000");
    CHECK(read_all(*download, block).value() == body);
  }
}

TEST_CASE("a download gives what came before the connection broke, then the failure") {
  auto answer = says(counting(400'000));
  answer.cut_after = 250'000;
  const HttpServer server([&](const Asked&) { return answer; });
  const auto http = client();
  const auto download = http->open(get(server), {}).value();
  std::vector<std::byte> block(1000);

  std::size_t came = 0;
  auto count = download->read(block);
  for (; count && *count > 0; count = download->read(block)) came += *count;

  CHECK(came == 250'000);
  REQUIRE(!count);
  CHECK(count.error().cause == Cause::offline);
}

TEST_CASE("downloads that nobody reads keep nobody waiting") {
  const auto body = counting(3'000'000);
  const HttpServer server([&](const Asked&) { return says(body); });
  const auto http = client();
  std::vector<std::unique_ptr<net::Download>> unread;
  unread.reserve(4);
  for (int i = 0; i < 4; ++i) unread.push_back(http->open(get(server), {}).value());

  const auto read = http->open(get(server), {}).value();
  CHECK(read_all(*read).value() == body);
  unread.clear();
  const auto after = http->open(get(server), {}).value();

  CHECK(read_all(*after).value() == body);
}

TEST_CASE("whoever is told to stop waits no longer") {
  Answer silent = says("never");
  silent.cut_after = 0;
  silent.cut = Answer::Cut::waits;
  const HttpServer server([&](const Asked&) { return silent; });
  const auto http = client();
  std::stop_source stop;

  const auto download = http->open(get(server), stop.get_token()).value();
  const std::jthread stopper([&] { stop.request_stop(); });
  std::vector<std::byte> block(10);
  const auto count = download->read(block);
  const auto answer = http->send(get(server), stop.get_token());

  REQUIRE(!count);
  CHECK(count.error().cause == Cause::cancelled);
  REQUIRE(!answer);
  CHECK(answer.error().cause == Cause::cancelled);
}

TEST_CASE("a limit of bandwidth loses nothing") {
  const auto body = counting(600'000);
  const HttpServer server([&](const Asked&) { return says(body); });
  const auto http = client({.rate = [] { return ByteCount{3'000'000}; }});
  std::vector<std::jthread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      const auto download = http->open(get(server), {}).value();
      CHECK(read_all(*download).value() == body);
    });
}

TEST_CASE("every piece of what is sent asks whether it may go now, and all of it arrives") {
  const auto body = counting(1'000'000);
  HttpServer server([&](const Asked&) { return says(""); });
  std::atomic<int> asked = 0;
  const auto http = client({.rate = [&] {
    ++asked;
    return ByteCount{400'000'000};
  }});
  auto request = get(server);
  request.method = "PUT";
  request.body = body;

  REQUIRE(http->send(request, {}).value().is_success());

  CHECK(server.asked().front().body == body);
  CHECK(asked > 10);
}

TEST_CASE("bytes come whole through any faults, for whoever goes on where it stopped") {
  CHECK(rc::check([] {
    const auto body = counting(*rc::gen::inRange<std::size_t>(1, 3'000'000));
    auto cuts = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, body.size()));
    if (cuts.size() > 6) cuts.resize(6);
    const HttpServer server([&](const Asked& asked) {
      const auto from = std::stoul(asked.headers.at("range").substr(6));
      auto answer = says(body.substr(from));
      answer.status = 206;
      if (!cuts.empty()) {
        answer.cut_after = std::min(cuts.back(), answer.body.size());
        cuts.pop_back();
      }
      return answer;
    });
    const auto http = client();
    std::string all;
    std::vector<std::byte> block(70'000);
    while (all.size() < body.size()) {
      auto request = get(server);
      request.headers.set("Range", fmt::format("bytes={}-", all.size()));
      const auto download = http->open(request, {});
      RC_ASSERT(download.has_value());
      for (auto count = (*download)->read(block); count && *count > 0;
           count = (*download)->read(block))
        all += text_of(ByteView(block).first(*count));
    }
    RC_ASSERT(all == body);
  }));
}
