// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/session.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace keepsake;
using namespace keepsake::source::icloud;
using keepsake::tests::TempFolder;

namespace {

class FixedClock final : public os::Clock {
 public:
  Instant now() override { return time; }

  Instant time = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
};

struct Kept {
  TempFolder folder;
  FixedClock clock;

  [[nodiscard]] std::unique_ptr<os::SecretPlace> state() const {
    return session_file(os::open_folder(folder.path()).value());
  }

  std::unique_ptr<Session> open() { return Session::open(state(), clock).value(); }

  std::optional<std::int64_t> days_left() const {
    const auto folder_of_state = state();
    return sign_in_days_left(*folder_of_state, clock.time);
  }
};

net::Url url(const char* text) { return net::Url::parse(text).value(); }

const net::Url idms = url("https://idmsa.apple.com/appleauth/auth/signin/complete");
const net::Url setup = url("https://setup.icloud.com/setup/ws/1/accountLogin");

std::string cookies_for(Session& session, const net::Url& address) {
  const auto cookies = session.cookies_for(address);
  return cookies ? std::string(cookies->reveal()) : "";
}

}  // namespace

TEST_CASE("what answers bring is there again after the program ended") {
  Kept kept;
  std::string client_id;
  {
    const auto session = kept.open();
    client_id = session->with([](const Tokens& tokens) { return tokens.client_id; });
    REQUIRE(session->take(
        idms, {{"scnt", "S"}, {"X-Apple-Session-Token", "T"}, {"X-Apple-TwoSV-Trust-Token", "U"}}));
    REQUIRE(session->take(
        setup,
        {{"Set-Cookie", "X-APPLE-WEBAUTH-TOKEN=\"v=2:t=x\";Path=/;Domain=.icloud.com;Secure"}}));
    REQUIRE(session->note_asked(AskedCode{7}));
  }

  const auto session = kept.open();

  CHECK(session->is_signed_in());
  session->with([&](const Tokens& tokens) {
    CHECK(tokens.client_id == client_id);
    CHECK(tokens.scnt == "S");
    CHECK(tokens.session_token.reveal() == "T");
    CHECK(tokens.trust_token.reveal() == "U");
    CHECK(tokens.asked->phone == 7);
    return 0;
  });
  CHECK(
      cookies_for(*session, url("https://p61-ckdatabasews.icloud.com/database")).find("v=2:t=x") !=
      std::string::npos);
  CHECK(cookies_for(*session, url("https://example.com/")).empty());
}

TEST_CASE("an answer that brings nothing new writes nothing") {
  Kept kept;
  const auto session = kept.open();
  REQUIRE(session->take(idms, {{"scnt", "S"}}));
  std::filesystem::remove(kept.folder / "session.json");

  REQUIRE(session->take(idms, {{"scnt", "S"}, {"Content-Type", "text/html"}}));

  CHECK(!kept.folder.has("session.json"));
}

TEST_CASE("a sign-in begun anew keeps the trust, and forgets what was half done") {
  Kept kept;
  const auto session = kept.open();
  REQUIRE(session->take(idms, {{"scnt", "S"}, {"X-Apple-TwoSV-Trust-Token", "U"}}));
  REQUIRE(session->note_asked(AskedCode{}));

  REQUIRE(session->begin_anew());

  session->with([](const Tokens& tokens) {
    CHECK(tokens.scnt.empty());
    CHECK(!tokens.asked);
    CHECK(tokens.trust_token.reveal() == "U");
    return 0;
  });
}

TEST_CASE("a file that cannot be read costs a sign-in, nothing more") {
  for (const char* text : {"", "{", "[]", R"({"version":99})", R"({"version":1})"}) {
    Kept kept;
    kept.folder.write("session.json", text);

    CHECK(!kept.open()->is_signed_in());
    CHECK(!kept.days_left());
  }
}

TEST_CASE("how long a sign-in lasts is told by the cookie that ends it") {
  Kept kept;
  CHECK(!kept.days_left());
  const auto session = kept.open();

  REQUIRE(session->take(setup,
                        {{"Set-Cookie",
                          "X-APPLE-WEBAUTH-TOKEN=\"x\";Expires=Sat,11-Apr-2026 12:00:00 "
                          "GMT;Path=/;Domain=.icloud.com;Secure"}}));
  CHECK(kept.days_left() == 41);

  REQUIRE(session->take(setup,
                        {{"Set-Cookie",
                          "X-APPLE-WEBAUTH-HSA-TRUST-9a=\"x\";Expires=Wed,11-Mar-2026 12:00:00 "
                          "GMT;Path=/;Domain=.icloud.com;Secure"}}));
  CHECK(kept.days_left() == 10);

  kept.clock.time += std::chrono::hours(24 * 365);
  CHECK(kept.days_left() == 0);
}

TEST_CASE("a sign-in that is removed leaves nothing") {
  Kept kept;
  REQUIRE(kept.open()->take(idms, {{"X-Apple-Session-Token", "T"}}));
  const auto state = kept.state();

  REQUIRE(state->forget());

  CHECK(!kept.folder.has("session.json"));
  CHECK(!kept.open()->is_signed_in());
}
