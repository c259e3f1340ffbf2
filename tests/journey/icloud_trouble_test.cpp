// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in to iCloud, and what goes wrong between here and there.
#include "cloud.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace keepsake::tests;

namespace fs = std::filesystem;

namespace {

constexpr int few = 40;  // photos: among them a burst with its leader

void set_up(const Journey& journey) {
  add_signed_in(journey);
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
}

/// Another account: with other photos, or other habits.
void restart_faults(const Cloud& cloud, const std::vector<std::string>& faults) {
  cloud.set_faults(faults);
  cloud.forget_calls();
}

/// The account gets a photo of these bytes, which the file will hold.
void take_in(const Cloud& cloud, const fs::path& file, const std::string& bytes) {
  write_file(file, bytes);
  cloud.import(file.filename().string(), file);
}

bool mentions(const json& summary, std::string_view words) {
  return summary.dump().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("signing in asks for the password and the code, and tells what was wrong") {
  Journey journey;
  const Cloud cloud(journey, few);
  add_account(journey);
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});

  CHECK(mentions(journey.expect(20, {"backup"}), "keepsake source sign-in phone"));
  CHECK(cloud.codes() == 0);  // nobody was bothered

  journey.use_variable("KEEPSAKE_APPLE_PASSWORD", "wrong horse");
  journey.expect(12, {"source", "sign-in", "phone"});
  const auto tries = cloud.calls("complete");
  CHECK(tries <= 2);  // a second one where a zero byte may be to blame; more would lock the account

  journey.use_variable("KEEPSAKE_APPLE_PASSWORD", "correct horse");
  CHECK(mentions(journey.expect(21, {"source", "sign-in", "phone"}), "--code"));
  CHECK(cloud.codes() == 1);

  journey.expect(21, {"source", "sign-in", "phone", "--code", "000000"});
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});
  CHECK(cloud.codes() == 1);

  journey.expect(0, {"source", "sign-in", "phone"});  // already
  CHECK(cloud.codes() == 1);
  CHECK(cloud.calls("complete") == tries + 1);
  journey.expect(0, {"backup"});
  const auto days = journey.expect(0, {"status"})["sources"][0]["sign_in_days_left"];
  REQUIRE(days.is_number());
  CHECK(days > 7);
}

TEST_CASE("without a password to be found, nothing is asked of Apple") {
  Journey journey;
  const Cloud cloud(journey, few);
  add_account(journey);
  journey.drop_variable("KEEPSAKE_APPLE_PASSWORD");

  const auto error = journey.expect(12, {"source", "sign-in", "phone"});

  CHECK(mentions(error, "KEEPSAKE_APPLE_PASSWORD"));
  CHECK(cloud.calls("init") == 0);
}

TEST_CASE("files of iCloud that hold nothing are named, never held, and not asked for again") {
  Journey journey;
  const Cloud cloud(journey, few);
  take_in(cloud, journey / "EMPTY.JPG", "");
  take_in(cloud, journey / "ZEROS.JPG", std::string(5'000, '\0'));
  set_up(journey);

  const auto first = journey.expect(3, {"backup"});

  std::map<std::string, std::string> causes;
  for (const json& it : first["not_safe"]) causes[it["name"]] = it["cause"];
  CHECK(causes ==
        std::map<std::string, std::string>{{"EMPTY.JPG", "invalid"}, {"ZEROS.JPG", "invalid"}});
  CHECK(first["assets_pending"] == 2);
  cloud.forget_calls();
  CHECK(journey.expect(3, {"backup"})["assets_pending"] == 2);
  CHECK(cloud.calls("download") == 0);
}

TEST_CASE("a code can come by message") {
  Journey journey;
  const Cloud cloud(journey, few);
  add_account(journey);

  CHECK(mentions(journey.expect(21, {"source", "sign-in", "phone", "--sms"}), "sent to +1"));
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});

  CHECK(cloud.calls("sms") == 1);
  CHECK(cloud.calls("push") == 0);
}

TEST_CASE("the ways in which sign-ins differ are all understood") {
  Journey journey;
  std::vector<std::string> options;
  SUBCASE("a password stretched from its digits") { options = {"--fault", "s2k_fo"}; }
  SUBCASE("a value that begins with a zero") { options = {"--fault", "zero"}; }
  SUBCASE("409 although the code was right") { options = {"--fault", "code-409"}; }
  SUBCASE("an account with no device") { options = {"--fault", "no-devices"}; }
  SUBCASE("the newer page") { options = {"--fault", "bridge"}; }
  SUBCASE("an account without a second factor") { options = {"--no-2fa"}; }
  SUBCASE("such an account, asked to have one") { options = {"--no-2fa", "--fault", "repair"}; }
  const Cloud cloud(journey, few, options);

  set_up(journey);

  journey.expect(0, {"backup"});
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("an account that cannot be backed up says why, and what to do") {
  struct Row {
    const char* fault;
    int exit_code;
    const char* words;
  };

  for (const Row& row : {Row{"security-key", 1, "security key"},
                         Row{"terms", 20, "terms"},
                         Row{"no-web-access", 1, "Access iCloud Data on the Web"},
                         Row{"other-domain", 1, "--domain cn"},
                         Row{"503,at=init,times=always", 22, "quarter of an hour"}}) {
    CAPTURE(row.fault);
    Journey journey;
    const Cloud cloud(journey, few, {"--fault", row.fault});
    add_account(journey);

    const auto error =
        journey.expect(row.exit_code, {"source", "sign-in", "phone", "--code", "123456"});

    CHECK(mentions(error, row.words));
  }
}

TEST_CASE("new terms stop a backup until they are accepted, with nothing lost") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  journey.expect(0, {"backup"});
  cloud.set_faults({"terms"});

  CHECK(mentions(journey.expect(20, {"backup"}), "accept"));

  cloud.set_faults({});
  journey.expect(0, {"backup"});
}

TEST_CASE("full storage is a warning: what is not in iCloud is in no backup of it") {
  Journey journey;
  const Cloud cloud(journey, few, {"--fault", "almost-full"});
  set_up(journey);

  const Ran ran = journey.keepsake({"backup"});

  REQUIRE(ran.exit_code == 0);
  std::string warnings;
  for (const json& line : ran.lines())
    if (line["message_type"] == "warning") warnings += line["message"];
  CHECK(warnings.find("almost full") != std::string::npos);
}

TEST_CASE("protected data are read after their owner approved it on a device") {
  Journey journey;
  const Cloud cloud(journey, few, {"--fault", "adp"});
  add_account(journey);
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
  cloud.say("consent");
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});
  journey.expect(0, {"backup"});
  CHECK(kept(journey, "disk") == served(cloud));

  cloud.say("expire", {{"what", "keys"}});
  journey.expect(0, {"backup"});  // still approved: the keys are fetched again
}

TEST_CASE("without that approval a backup ends with its own code and asks nobody") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  restart_faults(cloud, {"adp"});

  CHECK(mentions(journey.expect(21, {"backup"}), "Advanced Data Protection"));
  CHECK(cloud.calls("consent") == 0);

  cloud.say("consent");
  journey.expect(0, {"source", "sign-in", "phone"});
  journey.expect(0, {"backup"});
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("a session that ended is renewed without asking anybody") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  journey.expect(0, {"backup"});
  cloud.act({{"do", "add"}});
  cloud.forget_calls();
  const auto codes = cloud.codes();

  SUBCASE("by its tokens, without the password") {
    journey.drop_variable("KEEPSAKE_APPLE_PASSWORD");
    cloud.say("expire", {{"what", "web"}});
  }
  SUBCASE("by the password, because this computer is trusted") {
    cloud.say("expire", {{"what", "web"}});
    cloud.say("expire", {{"what", "sessions"}});
  }
  SUBCASE("in the middle of a run") { cloud.set_faults({"421,at=changes"}); }

  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 1);
  CHECK(cloud.codes() == codes);
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("when the trust is over, a person has to sign in, and no code is sent unasked") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  journey.expect(0, {"backup"});
  for (const char* what : {"web", "sessions", "trust"}) cloud.say("expire", {{"what", what}});
  const auto codes = cloud.codes();

  CHECK(mentions(journey.expect(20, {"backup"}), "source sign-in phone"));

  CHECK(cloud.codes() == codes);
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});
  journey.expect(0, {"backup"});
}

TEST_CASE("trouble on the way that passes leaves no mark") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  std::vector<std::string> faults;
  SUBCASE("addresses that grew too old") { faults = {"410,at=download,on=2,times=3"}; }
  SUBCASE("patience asked for by the database") { faults = {"503,at=list,wait=1"}; }
  SUBCASE("patience asked for by the downloads") { faults = {"429,at=download,on=2,wait=1"}; }
  SUBCASE("a code of Apple's for it") { faults = {"try-again-later,at=list,wait=1"}; }
  SUBCASE("a good question refused once") { faults = {"400,at=list"}; }
  SUBCASE("an answer that is cut") { faults = {"cut,at=list"}; }
  SUBCASE("a download that is cut") { faults = {"cut,on=2", "cut,on=5,after=end"}; }
  SUBCASE("a part from the wrong place") { faults = {"cut,on=2", "wrong-offset"}; }
  SUBCASE("a server that gives no parts") { faults = {"cut,on=2", "no-range"}; }
  SUBCASE("one byte that is another") { faults = {"flip,on=3"}; }
  SUBCASE("a body that is too short") { faults = {"short,on=3"}; }
  SUBCASE("a note in place of a file") { faults = {"note,on=3"}; }
  SUBCASE("cookies renewed all the time") { faults = {"renew"}; }
  cloud.set_faults(faults);

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["assets_held"] == cloud.photos().size());
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("patience that is asked for longer than a run may wait ends it with its own code") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  restart_faults(cloud, {"429,at=database-changes,wait=7200,times=always"});

  journey.expect(22, {"backup"});

  CHECK(cloud.calls("database-changes") == 1);
}

TEST_CASE("bytes that iCloud's own checksum disowns are asked for twice and never kept") {
  Journey journey;
  const Cloud cloud(journey, 3);
  set_up(journey);
  restart_faults(cloud, {"flip,times=always"});

  const auto summary = journey.expect(3, {"backup"});

  CHECK(summary["assets_held"] == 0);
  for (const json& it : summary["not_safe"]) CHECK(it["cause"] == "corrupt");
  CHECK(contents(journey / "disk").empty());
  std::size_t files = 0;
  for (const auto& [id, sums] : served(cloud)) files += sums.size();
  CHECK(cloud.calls("download") == 2 * files);
  cloud.set_faults({});
  journey.expect(0, {"backup"});
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("what iCloud does not have the bytes of yet is pending, and comes when it has") {
  Journey journey;
  const Cloud cloud(journey, 3);
  set_up(journey);
  cloud.set_faults({"no-address,times=always"});

  const auto summary = journey.expect(3, {"backup"});

  CHECK(summary["assets_pending"] == 3);
  for (const json& it : summary["not_safe"]) CHECK(it["cause"] == "absent");
  cloud.set_faults({});
  journey.expect(0, {"backup"});
  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("records with odd or missing words are photos like others") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  cloud.set_faults(
      {"no-filename,times=8", "no-item-type,on=5,times=8", "plain-name,on=12,times=8"});

  journey.expect(0, {"backup"});

  CHECK(kept(journey, "disk") == served(cloud));
  for (const auto& [id, asset] : journey.find()) CHECK(asset["name"] != "");
}

TEST_CASE(
    "a sign-in is kept for its owner's eyes only, without the password, until it is removed") {
  Journey journey;
  const Cloud cloud(journey, few);
  set_up(journey);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(journey.home()))
    if (entry.path().filename() == "session.json") files.push_back(entry.path());
  REQUIRE(files.size() == 1);
  CHECK((fs::status(files[0]).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  for (const auto& entry : fs::recursive_directory_iterator(journey.home()))
    if (entry.is_regular_file())
      CHECK(read_file(entry.path()).find("correct horse") == std::string::npos);

  journey.expect(0, {"source", "remove", "phone"});

  CHECK(!fs::exists(files[0]));
}

TEST_CASE("an account's address may only be elsewhere on this machine") {
  Journey journey;
  const Cloud cloud(journey, few);
  add_account(journey);
  journey.use_variable("KEEPSAKE_ICLOUD_IDMS_URL", "https://apple.example.com");

  const auto error = journey.expect(2, {"source", "sign-in", "phone"});

  CHECK(mentions(error, "nothing was sent"));
}
