// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/s3.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/time.h"
#include "crypto/sha.h"
#include "net/http.h"
#include "os/machine.h"
#include "storage/s3/replies.h"
#include "storage/s3/signature.h"
#include "tests/fake/http_server.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::storage;
using namespace std::chrono_literals;
using tests::HttpServer;
using Answer = HttpServer::Answer;
using Asked = HttpServer::Asked;

namespace {

constexpr net::RetryPolicy at_once{3, 1ms, 5s};

s3::Credentials credentials() {
  return {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), std::nullopt};
}

std::unique_ptr<Storage> bucket(const HttpServer& server, const std::string& region = {}) {
  auto origin = server.url("");
  while (origin.ends_with('/')) origin.pop_back();
  return make_s3({origin, "photos", "vault"},
                 {credentials(), region},
                 net::Http::start({}).value(),
                 at_once)
      .value();
}

std::string complaint(const std::string& code) {
  return "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>";
}

std::string list_of(const std::string& inside) {
  return "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inside +
         "</ListBucketResult>";
}

std::string file(const std::string& key, const std::string& size) {
  return "<Contents><Key>" + key + "</Key><Size>" + size + "</Size><Owner><ID>x</ID></Owner>" +
         "</Contents>";
}

bool is_list(const Asked& asked) { return asked.target.find("list-type=2") != std::string::npos; }

}  // namespace

// The expected signature was made by botocore 1.29.27.
TEST_CASE("a request is signed as AWS's own library signs it") {
  net::Request request{
      .method = "PUT",
      .url =
          net::Url::parse("https://s3.example.net/backup-bkt/photos/2024/caf%C3%A9%20%2B%261.heic")
              .value()};
  request.headers.set("Content-Type", "image/heic");
  request.body = "hello";

  s3::sign(request, credentials(), "eu-west-1", parse_instant("2024-03-05T06:07:08Z").value());

  CHECK(request.headers.find("x-amz-content-sha256") ==
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  CHECK(request.headers.find("Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240305/eu-west-1/s3/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, "
        "Signature=2a24a8e68b15bf8e2bbd6147c7de340ca956d106314ba339c75b5f4e49397e51");
}

TEST_CASE("a list of many pages is put together, without what is not below its folder") {
  HttpServer server([](const Asked& asked) {
    if (asked.target.find("continuation-token=2%3D") != std::string::npos)
      return Answer{.body = list_of(file("vault/index/two%20words", "3"))};
    return Answer{.body = list_of(file("vault/index/one", "2") + file("vault/index/", "0") +
                                  "<IsTruncated>true</IsTruncated>"
                                  "<NextContinuationToken>2=</NextContinuationToken>")};
  });

  const auto found = bucket(server)->list("index").value();

  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "one");
  CHECK(found[1].name == "two words");
  CHECK(found[1].size == ByteCount{3});
  CHECK(server.asked().front().target.find("prefix=vault%2Findex%2F") != std::string::npos);
}

TEST_CASE("a list that cannot be right is an error, and never a list") {
  for (const std::string& body :
       {std::string("<ListBucketResult>"),
        std::string("<Other/>"),
        list_of(file("vault/index/one", "many")),
        list_of("<Contents><Size>1</Size></Contents>"),
        list_of(file("vault/index/%zz", "1")),
        list_of(file("elsewhere/one", "1")),
        list_of("<IsTruncated>true</IsTruncated>"),
        list_of("<IsTruncated>true</IsTruncated><NextContinuationToken>same"
                "</NextContinuationToken>"),
        std::string("<!DOCTYPE x [<!ENTITY a \"b\">]>") + list_of(""),
        list_of(file(std::string(9'000, 'a'), "1"))}) {
    CAPTURE(body.substr(0, 100));
    const HttpServer server([&](const Asked&) { return Answer{.body = body}; });

    const auto listed = bucket(server)->list("index");

    REQUIRE_FALSE(listed.has_value());
    CHECK(listed.error().cause == Cause::corrupt);
  }
}

TEST_CASE("a bucket that is not there is no empty one") {
  const HttpServer server([](const Asked& asked) {
    return Answer{.status = 404,
                  .body = asked.method == "HEAD" ? std::string() : complaint("NoSuchBucket")};
  });
  const auto storage = bucket(server);

  CHECK(storage->list("index").error().cause == Cause::absent);
  CHECK(storage->size_of("config").error().cause == Cause::absent);
  CHECK(storage->put("config", bytes_of("x")).error().cause == Cause::absent);
  CHECK(storage->remove("config").error().cause == Cause::absent);
}

TEST_CASE("of one name only one writer gets it, where the server can promise that") {
  for (const int status : {412, 409}) {
    const HttpServer server([&](const Asked& asked) {
      if (is_list(asked)) return Answer{.body = list_of("")};
      if (asked.method == "HEAD") return Answer{.status = 404};
      CHECK(asked.headers.at("if-none-match") == "*");
      return Answer{.status = status, .body = complaint("PreconditionFailed")};
    });

    CHECK(bucket(server)->put("config", bytes_of("mine")).error().cause == Cause::conflict);
  }
}

TEST_CASE("a server that knows no conditions is written to without them, from then on") {
  HttpServer server([](const Asked& asked) {
    if (is_list(asked)) return Answer{.body = list_of("")};
    if (asked.method == "HEAD") return Answer{.status = 404};
    return Answer{.status = asked.headers.contains("if-none-match") ? 501 : 200};
  });
  const auto storage = bucket(server);

  REQUIRE(storage->put("index/one", bytes_of("1")));
  REQUIRE(storage->put("index/two", bytes_of("2")));

  int with = 0;
  int without = 0;
  for (const Asked& asked : server.asked())
    if (asked.method == "PUT") ++(asked.headers.contains("if-none-match") ? with : without);
  CHECK(with == 1);
  CHECK(without == 2);
}

TEST_CASE("every file goes with sums of its bytes, which the server must check") {
  HttpServer server([](const Asked& asked) {
    if (is_list(asked)) return Answer{.body = list_of("")};
    return Answer{.status = asked.method == "HEAD" ? 404 : 200};
  });

  REQUIRE(bucket(server)->put("keys/one", bytes_of("hello")));

  const auto put = server.asked().back();
  CHECK(put.headers.at("content-md5") == "XUFAKrxLKna5cZ2REBfFkg==");
  CHECK(put.headers.at("x-amz-content-sha256") == crypto::sha256(bytes_of("hello")).hex());
}

namespace {

/// A server that stores in parts, and can err.
struct InParts {
  int part_status = 200;
  std::string tag = "\"5eed\"";
  std::string end;         ///< what it says when all parts are there
  std::uint64_t size = 0;  ///< of the file then
  bool is_done = false;

  Answer operator()(const Asked& asked) {
    if (is_list(asked)) return {.body = list_of("")};
    if (asked.method == "HEAD") {
      if (!is_done) return {.status = 404};
      return {.body = std::string(size, 'x')};
    }
    if (asked.method == "POST" && asked.target.find("uploads=") != std::string::npos)
      return {.body =
                  "<InitiateMultipartUploadResult><UploadId>a/b</UploadId>"
                  "</InitiateMultipartUploadResult>"};
    if (asked.method == "POST") {
      is_done = true;
      return {.body = end};
    }
    if (asked.method == "DELETE") return {.status = 204};
    return {.status = part_status, .headers = {{"ETag", tag}}};
  }
};

Result<> store_large(Storage& storage) {
  const auto draft = TRY(storage.draft(ByteCount{}));
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 25; ++i) TRY(draft->write(bytes_of(block)));
  return draft->publish("tmp/large");
}

}  // namespace

TEST_CASE("a file too large for memory goes in parts, whose sums the server must check") {
  InParts it;
  it.size = 25U << 20U;
  HttpServer server(std::ref(it));

  REQUIRE(store_large(*bucket(server)));

  std::vector<std::string> parts;
  for (const Asked& asked : server.asked())
    if (asked.target.find("partNumber=") != std::string::npos) {
      parts.push_back(asked.target.substr(asked.target.find('?')));
      CHECK(asked.headers.at("content-md5") == to_base64(crypto::md5(bytes_of(asked.body))));
    }
  CHECK(parts ==
        std::vector<std::string>{"?partNumber=1&uploadId=a%2Fb", "?partNumber=2&uploadId=a%2Fb"});
  CHECK(server.asked().end()[-2].body ==
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"5eed\"</ETag></Part>"
        "<Part><PartNumber>2</PartNumber><ETag>\"5eed\"</ETag></Part></CompleteMultipartUpload>");
}

TEST_CASE("a file of which a part fails is given up, so that nobody pays for the others") {
  InParts it;
  it.size = 25U << 20U;
  Cause cause = Cause::corrupt;
  SUBCASE("the server takes no more") {
    it.part_status = 507;
    cause = Cause::full;
  }
  SUBCASE("its tag would be more than a tag") { it.tag = "</ETag><PartNumber>9"; }
  SUBCASE("the end begins well and ends badly") {
    it.end = complaint("AccessDenied");
    cause = Cause::internal;
  }
  SUBCASE("what is there then is shorter") { it.size = 5; }
  HttpServer server(std::ref(it));

  const auto stored = store_large(*bucket(server));

  REQUIRE_FALSE(stored.has_value());
  CHECK(stored.error().cause == cause);
  CHECK(server.asked().back().method == "DELETE");
  CHECK(server.asked().back().target.find("?uploadId=a%2Fb") != std::string::npos);
}

TEST_CASE(
    "photos and packs get the class that their owner wants, and what is always read does not") {
  HttpServer server([](const Asked& asked) -> Answer {
    if (is_list(asked)) return {.body = list_of("")};
    if (asked.method == "HEAD") return {.status = asked.target.ends_with("/tmp/1") ? 200 : 404};
    return {.status = 200};
  });
  auto origin = server.url("");
  while (origin.ends_with('/')) origin.pop_back();
  const auto storage = make_s3({origin, "photos", "", "STANDARD_IA"},
                               {credentials(), "here"},
                               net::Http::start({}).value(),
                               at_once)
                           .value();

  for (const char* const name : {"data/5e/5eed", "index/5eed", "keys/5eed", ".keepsake/SHA256SUMS"})
    REQUIRE(storage->put(name, bytes_of("bytes")));
  REQUIRE(storage->rename(".keepsake/tmp/1", "Photos/one.jpg", Existing::keep));

  std::vector<std::string> cold;
  for (const Asked& asked : server.asked())
    if (asked.headers.contains("x-amz-storage-class")) cold.push_back(asked.target);
  CHECK(cold == std::vector<std::string>{"/photos/data/5e/5eed", "/photos/Photos/one.jpg"});
}

namespace {

/// A vault whose files are stored locked, at a server that answers so.
std::unique_ptr<Storage> locked_vault(const HttpServer& server) {
  auto origin = server.url("");
  while (origin.ends_with('/')) origin.pop_back();
  S3Place place{origin, "photos", "vault"};
  place.locked_days = 30;
  return make_s3(place, {credentials(), "here"}, net::Http::start({}).value(), at_once).value();
}

}  // namespace

TEST_CASE("what a vault keeps is locked for its days, what comes and goes is not") {
  HttpServer server([is_stored = std::make_shared<bool>(false)](const Asked& asked) -> Answer {
    if (is_list(asked)) return {.body = list_of("")};
    if (asked.method == "HEAD" && *is_stored)
      return {.headers = {{"x-amz-object-lock-retain-until-date", "2999-01-01T00:00:00Z"}}};
    if (asked.method == "HEAD") return {.status = 404};
    *is_stored = asked.target.ends_with("/data/5e/5eed");
    return {.status = 200};
  });
  const auto storage = locked_vault(server);

  REQUIRE(storage->put("locks/5eed", bytes_of("bytes")));
  REQUIRE(storage->put("data/5e/5eed", bytes_of("bytes")));

  std::map<std::string, std::string> modes;
  for (const Asked& asked : server.asked())
    if (asked.method == "PUT") {
      const auto mode = asked.headers.find("x-amz-object-lock-mode");
      modes[asked.target] = mode == asked.headers.end() ? "" : mode->second;
      if (mode == asked.headers.end()) continue;
      const auto until =
          parse_instant(asked.headers.at("x-amz-object-lock-retain-until-date")).value();
      const auto left = until - os::system_clock().now();
      CHECK((left > std::chrono::days(29) && left <= std::chrono::days(30)));
    }
  CHECK(modes == std::map<std::string, std::string>{{"/photos/vault/locks/5eed", ""},
                                                    {"/photos/vault/data/5e/5eed", "COMPLIANCE"}});
}

TEST_CASE("a server that accepts a lock and forgets it is found out") {
  SUBCASE("by the first file that is stored") {
    HttpServer server([is_stored = std::make_shared<bool>(false)](const Asked& asked) -> Answer {
      if (is_list(asked)) return {.body = list_of("")};
      if (asked.method == "HEAD") return {.status = *is_stored ? 200 : 404};
      *is_stored = true;
      return {.status = 200};
    });
    const auto stored = locked_vault(server)->put("data/5e/5eed", bytes_of("bytes"));
    REQUIRE_FALSE(stored);
    CHECK(stored.error().cause == Cause::unsupported);
  }
  SUBCASE("by a file that can be deleted, when the place is made") {
    HttpServer server([](const Asked& asked) -> Answer {
      if (is_list(asked)) return {.body = list_of("")};
      if (asked.method == "PUT") return {.headers = {{"x-amz-version-id", "one"}}};
      return {.status = 204};
    });
    const auto made = locked_vault(server)->make_folder("");
    REQUIRE_FALSE(made);
    CHECK(made.error().cause == Cause::unsupported);
    const auto asked = server.asked();
    CHECK(std::ranges::count_if(asked, [](const Asked& it) {
            return it.method == "DELETE" && it.target.ends_with("?versionId=one");
          }) == 1);
  }
}

TEST_CASE("a copy that ends badly leaves the file where it was") {
  HttpServer server([](const Asked& asked) -> Answer {
    if (asked.method == "HEAD" && asked.target.ends_with("/one")) return {.body = "bytes"};
    if (asked.method == "HEAD") return {.status = 404};
    if (is_list(asked)) return {.body = list_of("")};
    return {.body = complaint("InternalError")};
  });

  CHECK_FALSE(bucket(server)->rename("tmp/one", "Photos/one", Existing::keep).has_value());
  for (const Asked& asked : server.asked()) CHECK(asked.method != "DELETE");
}

TEST_CASE("what a killed writer left in parts is given up after a day, and nobody else's") {
  HttpServer server([](const Asked& asked) -> Answer {
    if (asked.method == "DELETE") return {.status = 204};
    const auto upload = [](const char* key, const char* begun) {
      return fmt::format(
          "<Upload><Key>{}</Key><UploadId>{}</UploadId><Initiated>{}</Initiated></Upload>",
          key,
          key,
          begun);
    };
    return {.body = "<ListMultipartUploadsResult>" +
                    upload("vault/old%20one", "2024-01-01T00:00:00.000Z") +
                    upload("vault/new", "2999-01-01T00:00:00.000Z") +
                    upload("elsewhere", "2024-01-01T00:00:00.000Z") +
                    "</ListMultipartUploadsResult>"};
  });

  REQUIRE(bucket(server)->begin_writing_as("me"));

  std::vector<std::string> given_up;
  for (const Asked& asked : server.asked())
    if (asked.method == "DELETE") given_up.push_back(asked.target);
  CHECK(given_up ==
        std::vector<std::string>{"/photos/vault/old%20one?uploadId=vault%2Fold%2520one"});
}

TEST_CASE("the region that a server names is taken, once") {
  HttpServer server([](const Asked& asked) {
    if (asked.headers.at("authorization").find("/eu-north-1/s3/") != std::string::npos)
      return Answer{.body = list_of("")};
    return Answer{.status = 400,
                  .body =
                      "<Error><Code>AuthorizationHeaderMalformed</Code>"
                      "<Region>eu-north-1</Region></Error>"};
  });
  const auto storage = bucket(server);

  CHECK(storage->list("index").has_value());
  CHECK(storage->list("index").has_value());
  CHECK(server.asked().size() == 3);
  const HttpServer lost([](const Asked&) {
    return Answer{.status = 301, .headers = {{"x-amz-bucket-region", "eu-north-1"}}};
  });
  CHECK_FALSE(bucket(lost, "eu-north-1")->list("index").has_value());
}

TEST_CASE("what a server refuses has a cause, and words to act on") {
  struct Row {
    int status;
    const char* code;
    Cause cause;
    const char* words;
  };

  for (const Row& row : {Row{403, "RequestTimeTooSkewed", Cause::denied, "clock"},
                         Row{403, "SignatureDoesNotMatch", Cause::denied, "AWS_SECRET_ACCESS_KEY"},
                         Row{403, "ExpiredToken", Cause::denied, "expired"},
                         Row{403, "QuotaExceeded", Cause::full, "room"},
                         Row{403, "InvalidObjectState", Cause::unsupported, "Glacier"},
                         Row{403, "AccessDenied", Cause::denied, "AccessDenied"},
                         Row{503, "SlowDown", Cause::throttled, "503"}}) {
    CAPTURE(row.code);
    const HttpServer server(
        [&](const Asked&) { return Answer{.status = row.status, .body = complaint(row.code)}; });

    const auto error = bucket(server)->list("index").error();

    CHECK(error.cause == row.cause);
    CHECK(error.scope == Scope::destination);
    CHECK(error.what.find(row.words) != std::string::npos);
  }
}

TEST_CASE("a profile is read as AWS's own files have it") {
  constexpr std::string_view text =
      "# mine\n[default]\naws_access_key_id = AK1\naws_secret_access_key=a=b\n"
      "[profile far]\n\tregion =  eu-west-1 \r\n[ other ]\naws_session_token = t\n";

  const auto standard = s3::read_profile(text, "default");
  CHECK(standard.key_id == "AK1");
  CHECK(standard.secret.reveal() == "a=b");
  CHECK(standard.region.empty());
  CHECK(s3::read_profile(text, "profile far").region == "eu-west-1");
  CHECK(s3::read_profile(text, "other").session_token.reveal() == "t");
  CHECK(s3::read_profile(text, "none").key_id.empty());
}
