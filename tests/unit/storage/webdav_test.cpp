// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/webdav/webdav.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "net/http.h"
#include "storage/webdav/multistatus.h"
#include "tests/fake/http_server.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
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

constexpr net::RetryPolicy at_once{3, 1ms, 5s};

std::unique_ptr<storage::Storage> webdav(const HttpServer& server) {
  return storage::make_webdav({{server.url("/dav/my%20photos/"), "jane"}},
                              storage::HttpLogin{"jane", Secret("hush")},
                              net::Http::start({}).value(),
                              at_once)
      .value();
}

std::string response(const std::string& href, const std::string& properties) {
  return "<d:response><d:href>" + href + "</d:href><d:propstat><d:prop>" + properties +
         "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>";
}

const std::string a_folder = "<d:resourcetype><d:collection/></d:resourcetype>";

std::string a_file(std::size_t size) {
  return "<d:resourcetype/><d:getcontentlength>" + std::to_string(size) + "</d:getcontentlength>";
}

Answer multistatus(const std::string& responses) {
  return {.status = 207,
          .body = "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\">" + responses +
                  "</d:multistatus>"};
}

/// A server that keeps files, and can be told to err.
class Keeper {
 public:
  Answer operator()(const Asked& asked) {
    return files_.with([&](auto& files) { return answer(files, asked); });
  }

  std::map<std::string, std::string> files() {
    return files_.with([](const auto& files) { return files; });
  }

  /// What is done to bytes before they are kept.
  std::function<void(std::string&)> spoil = [](std::string&) {};

  /// Answers to moves are lost after they were done, so often.
  int lost_moves = 0;

  /// What it says when it has put a file together of its chunks.
  int assembled = 201;

  /// Requests that find the file locked, so often.
  int locked = 0;

 private:
  Answer answer(std::map<std::string, std::string>& files, const Asked& asked) {
    if (locked > 0 && asked.method == "MOVE") {
      --locked;
      return {.status = 423};
    }
    if (asked.method == "PUT") {
      auto bytes = asked.body;
      spoil(bytes);
      files[asked.target] = bytes;
      return {.status = 201};
    }
    if (asked.method == "MOVE" && asked.target.ends_with("/.file")) return assemble(files, asked);
    const auto found = files.find(asked.target);
    if (asked.method == "MKCOL") return {.status = 201};
    if (asked.method == "PROPFIND" && asked.target.ends_with('/'))
      return multistatus(response(asked.target, a_folder));
    if (found == files.end()) return {.status = 404};
    if (asked.method == "PROPFIND")
      return multistatus(response(asked.target, a_file(found->second.size())));
    if (asked.method == "GET") return {.status = 206, .body = part(found->second, asked)};
    if (asked.method == "DELETE") {
      files.erase(found);
      return {.status = 204};
    }
    const auto target = destination(asked);
    if (files.contains(target)) return {.status = 412};
    files[target] = found->second;
    files.erase(asked.target);
    if (lost_moves-- > 0) return {.claimed_length = 10, .cut_after = 0};
    return {.status = 201};
  }

  static std::string destination(const Asked& asked) {
    const auto& url = asked.headers.at("destination");
    return url.substr(url.find('/', url.find("//") + 2));
  }

  static std::string part(const std::string& bytes, const Asked& asked) {
    const auto& range = asked.headers.at("range");
    const auto first = std::stoul(range.substr(range.find('=') + 1));
    const auto last = std::stoul(range.substr(range.find('-') + 1));
    return bytes.substr(first, last - first + 1);
  }

  /// As Nextcloud does with the chunks in a folder.
  Answer assemble(std::map<std::string, std::string>& files, const Asked& asked) {
    const auto folder = asked.target.substr(0, asked.target.rfind('/') + 1);
    std::string whole;
    for (auto it = files.begin(); it != files.end();) {
      const bool is_chunk = it->first.starts_with(folder);
      if (is_chunk) whole += it->second;
      it = is_chunk ? files.erase(it) : std::next(it);
    }
    if (whole.empty()) return {.status = 404};
    files[destination(asked)] = whole;
    return {.status = assembled};
  }

  Guarded<std::map<std::string, std::string>> files_;
};

std::unique_ptr<storage::Storage> nextcloud(const HttpServer& server) {
  return storage::make_webdav({{server.url("/cloud/remote.php/dav/files/jane/backup/"), "jane"}},
                              storage::HttpLogin{"jane", Secret("hush")},
                              net::Http::start({}).value(),
                              at_once)
      .value();
}

std::string store_large(storage::Storage& storage, Result<>& published) {
  std::string bytes(40'000'000, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 1000) bytes[i] = static_cast<char>('a' + i % 23);
  const auto draft = storage.draft(ByteCount{bytes.size()}).value();
  REQUIRE(draft->write(bytes_of(bytes)));
  draft->bear_time(parse_instant("2024-05-01T12:00:00Z").value());
  published = draft->publish("Videos/long.mov");
  return bytes;
}

}  // namespace

TEST_CASE("what servers answer is understood however they write it") {
  const auto found = storage::webdav::read_multistatus(
                         "<?xml version=\"1.0\"?><multistatus xmlns=\"DAV:\" xmlns:x=\"urn:x\">"
                         "<response><href>https://host:8443/dav/caf%c3%a9/</href><propstat><prop>"
                         "<resourcetype><collection/></resourcetype></prop>"
                         "<status>HTTP/1.1 200 OK</status></propstat><propstat><prop>"
                         "<getcontentlength/></prop><status>HTTP/1.1 404 Not Found</status>"
                         "</propstat></response>"
                         "<response><href>/dav/caf%C3%A9/a+b.jpg</href><propstat><prop>"
                         "<x:getcontentlength>9</x:getcontentlength><resourcetype/></prop>"
                         "<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>")
                         .value();

  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "/dav/café");
  CHECK(found[0].is_folder);
  CHECK(!found[0].size);
  CHECK(found[1].path == "/dav/café/a+b.jpg");
  CHECK(!found[1].is_folder);
  CHECK(found[1].size == ByteCount{9});
}

TEST_CASE("a size that the server could not tell is not one") {
  const auto found =
      storage::webdav::read_multistatus(
          "<multistatus xmlns=\"DAV:\"><response><href>/a</href><propstat><prop>"
          "<getcontentlength>7</getcontentlength></prop><status>HTTP/1.1 404 Not Found</status>"
          "</propstat></response></multistatus>")
          .value();

  CHECK(!found.at(0).size);
}

TEST_CASE("what is no such answer is called corrupt") {
  for (const char* const text :
       {"",
        "<html><body>Please sign in</body></html>",
        "<multistatus xmlns=\"DAV:\"><response><href>/a",
        "<multistatus xmlns=\"DAV:\"><response><href>a%2</href></response></multistatus>",
        "<!DOCTYPE x [<!ENTITY a \"aa\">]><multistatus xmlns=\"DAV:\"/>"})
    CHECK(storage::webdav::read_multistatus(text).error().cause == Cause::corrupt);
}

TEST_CASE("a file gets its name only once it was read back as it was sent") {
  Keeper keeper;
  const HttpServer server([&](const Asked& asked) { return keeper(asked); });
  const auto storage = webdav(server);

  REQUIRE(storage->put("index/one", bytes_of("bytes")));

  CHECK(keeper.files() ==
        std::map<std::string, std::string>{{"/dav/my%20photos/index/one", "bytes"}});
}

TEST_CASE("what the server stores otherwise is refused, and nothing of it stays") {
  Keeper keeper;
  SUBCASE("cut short") {
    keeper.spoil = [](std::string& bytes) { bytes.pop_back(); };
  }
  SUBCASE("with another byte") {
    keeper.spoil = [](std::string& bytes) { bytes.front() = 'x'; };
  }
  SUBCASE("as its own idea of the file") {
    keeper.spoil = [](std::string& bytes) { bytes += "<!-- made tidy -->"; };
  }
  const HttpServer server([&](const Asked& asked) { return keeper(asked); });

  CHECK(webdav(server)->put("index/one", bytes_of("bytes")).error().cause == Cause::corrupt);
  CHECK(keeper.files().empty());
}

TEST_CASE("a move whose answer was lost is known to have been done") {
  Keeper keeper;
  keeper.lost_moves = 1;
  const HttpServer server([&](const Asked& asked) { return keeper(asked); });

  CHECK(webdav(server)->put("config", bytes_of("bytes")));
  CHECK(keeper.files().size() == 1);
}

TEST_CASE("a file that another program has locked is waited for, but not for ever") {
  Keeper keeper;
  const HttpServer server([&](const Asked& asked) { return keeper(asked); });
  const auto storage = webdav(server);

  keeper.locked = 3;
  CHECK(storage->put("config", bytes_of("bytes")));
  keeper.locked = 1000;
  CHECK(storage->put("other", bytes_of("bytes")).error().cause == Cause::throttled);
  CHECK(keeper.files().size() == 1);
}

TEST_CASE("a large file goes to Nextcloud in chunks, and has its bytes and time there") {
  Keeper keeper;
  SUBCASE("put together at once") {}
  SUBCASE("put together, though a gateway lost its patience") { keeper.assembled = 504; }
  SUBCASE("put together, though it is said to be locked") { keeper.assembled = 423; }
  HttpServer server(std::ref(keeper));

  Result<> published;
  const auto bytes = store_large(*nextcloud(server), published);

  REQUIRE_MESSAGE(published.has_value(), published.error().message());
  CHECK(keeper.files() == std::map<std::string, std::string>{
                              {"/cloud/remote.php/dav/files/jane/backup/Videos/long.mov", bytes}});
  std::vector<std::string> chunks;
  for (const Asked& asked : server.asked()) {
    const auto at = asked.target.find("/remote.php/dav/uploads/jane/");
    if (at == std::string::npos) continue;
    CHECK(asked.headers.at("destination").find("/files/jane/backup/") != std::string::npos);
    CHECK(asked.headers.at("oc-total-length") == "40000000");
    if (asked.method == "PUT") chunks.push_back(asked.target.substr(asked.target.rfind('/')));
    if (asked.method == "MOVE") CHECK(asked.headers.at("x-oc-mtime") == "1714564800");
  }
  CHECK(chunks == std::vector<std::string>{"/00001", "/00002", "/00003"});
}

TEST_CASE("chunks of a file that cannot be sent are taken away again") {
  Keeper keeper;
  HttpServer server([&](const Asked& asked) -> Answer {
    return asked.target.ends_with("/00002") ? Answer{.status = 507} : keeper(asked);
  });

  Result<> published;
  store_large(*nextcloud(server), published);

  REQUIRE_FALSE(published.has_value());
  CHECK(published.error().cause == Cause::full);
  const auto asked = server.asked();
  CHECK(std::ranges::any_of(asked, [](const Asked& it) {
    return it.method == "DELETE" && it.target.find("/dav/uploads/jane/") != std::string::npos;
  }));
}

TEST_CASE("a list of what was not asked for is refused") {
  std::string listed;
  const HttpServer server([&](const Asked&) { return multistatus(listed); });
  const auto storage = webdav(server);
  const auto folder = response("/dav/my%20photos/keys/", a_folder);

  for (const char* const href : {"/elsewhere/one",
                                 "/dav/my%20photos/keys/../../../etc/passwd",
                                 "/dav/my%20photos/keys/%2e%2e",
                                 "/dav/my%20photos/keys/a/b",
                                 "/dav/my%20photos/keys/a%00b"}) {
    CAPTURE(href);
    listed = folder + response(href, a_file(1));
    CHECK(storage->list("keys").error().cause == Cause::corrupt);
  }
  listed = folder + response("/dav/my%20photos/keys/one", "<d:resourcetype/>");
  CHECK(storage->list("keys").error().cause == Cause::corrupt);
}

TEST_CASE("an answer about something else never means that a file is not there") {
  const HttpServer server([](const Asked&) { return multistatus(response("/login/", a_folder)); });
  const auto storage = webdav(server);

  CHECK(storage->size_of("config").error().cause == Cause::corrupt);
  CHECK(storage->list("keys").error().cause == Cause::corrupt);
}

TEST_CASE("folders in folders without end are not followed") {
  const HttpServer server([&](const Asked& asked) {
    return multistatus(response(asked.target, a_folder) +
                       response(asked.target + "again/", a_folder));
  });

  CHECK(!webdav(server)->list_below("data"));
}

TEST_CASE("what a server refuses is told in words") {
  struct Row {
    int status;
    Cause cause;
    std::string word;
  };

  for (const Row& row : {Row{401, Cause::denied, "KEEPSAKE_WEBDAV_PASSWORD"},
                         Row{403, Cause::denied, "allow"},
                         Row{413, Cause::unsupported, "large"},
                         Row{507, Cause::full, "room"},
                         Row{200, Cause::unsupported, "WebDAV"}}) {
    CAPTURE(row.status);
    const HttpServer server([&](const Asked&) { return Answer{.status = row.status}; });

    const auto error = webdav(server)->list("").error();

    CHECK(error.cause == row.cause);
    CHECK(error.what.find(row.word) != std::string::npos);
    CHECK(error.message().find("hush") == std::string::npos);
  }
}
