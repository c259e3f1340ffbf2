// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets in the desktop's keyring: GNOME's own, on a bus that only this test knows.
#include "cloud.h"

#include <doctest/doctest.h>

#include <memory>

using namespace keepsake::tests;

namespace {

/// A desktop session as far as secrets go.
class Desktop {
 public:
  explicit Desktop(Journey& journey) {
    fs::create_directories(folder_ / "home");
    start();
    journey.use_variable("DBUS_SESSION_BUS_ADDRESS", address());
  }

  /// Its owner has logged out; whatever they kept is kept.
  void end() {
    keyring_.reset();
    bus_.reset();
    fs::remove(folder_ / "bus");
  }

  void start() {
    bus_ = std::make_unique<Process>(
        Command{{"dbus-daemon", "--session", "--nofork", "--address=" + address()}});
    REQUIRE(comes_true([&] { return fs::exists(folder_ / "bus"); }));
    keyring_ = std::make_unique<Process>(
        Command{{"sh",
                 "-c",
                 "printf login | exec gnome-keyring-daemon --foreground --unlock "
                 "--components=secrets"},
                folder_ / "home",
                {{"DBUS_SESSION_BUS_ADDRESS", address()},
                 {"HOME", (folder_ / "home").string()},
                 {"XDG_DATA_HOME", (folder_ / "home").string()},
                 {"XDG_RUNTIME_DIR", folder_.path().string()}}});
    REQUIRE(comes_true([&] { return fs::exists(folder_ / "keyring/control"); }));
  }

 private:
  [[nodiscard]] std::string address() const { return "unix:path=" + (folder_ / "bus").string(); }

  TempFolder folder_;
  std::unique_ptr<Process> bus_;
  std::unique_ptr<Process> keyring_;
};

}  // namespace

TEST_CASE("a vault's password that is kept in the keyring is typed once") {
  Journey journey;
  Desktop desktop(journey);
  make_small_library(journey / "pictures", 5);
  journey.set_up({});
  journey.use_password("open sesame");
  journey.expect(0, {"destination", "add", "safe", "vault", "safe", "--keyring"});
  journey.use_password("");

  journey.expect(0, {"backup"});
  journey.expect(0, {"verify", "safe"});
  desktop.end();
  const auto in_the_dark = journey.expect(12, {"verify", "safe"});
  desktop.start();
  journey.expect(0, {"verify", "safe"});

  CHECK(in_the_dark.dump().find("keyring") != std::string::npos);
  CHECK(journey.folder().read("home/keepsake.toml").find("open sesame") == std::string::npos);
  journey.expect(0, {"destination", "remove", "safe"});
  journey.expect(12, {"destination", "add", "safe", "vault", "safe", "--keyring"});
}

TEST_CASE("a password that opens nothing does not stay in the keyring") {
  Journey journey;
  Desktop desktop(journey);
  make_small_library(journey / "pictures", 5);
  journey.set_up({});
  make_cheap_vault(journey / "safe", "open sesame");
  journey.use_password("something else");
  journey.expect(12, {"destination", "add", "safe", "vault", "safe", "--keyring"});

  journey.use_password("open sesame");
  journey.expect(0, {"destination", "add", "safe", "vault", "safe", "--keyring"});
  journey.use_password("");

  journey.expect(0, {"backup"});
}

TEST_CASE("an iCloud sign-in that is kept in the keyring is in no file") {
  Journey journey;
  Desktop desktop(journey);
  const Cloud cloud(journey, 20);
  journey.expect(
      0, {"source", "add", "phone", "icloud", "--account", "jane@example.com", "--keyring"});
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});

  journey.expect(0, {"backup"});
  for (const auto& file : fs::recursive_directory_iterator(journey.home()))
    CHECK(file.path().filename() != "session.json");
  CHECK(journey.expect(0, {"status"})["sources"][0]["sign_in_days_left"].is_number());

  desktop.end();
  const auto in_the_dark = journey.expect(20, {"backup"});
  CHECK(in_the_dark.dump().find("keyring") != std::string::npos);
  desktop.start();
  journey.expect(0, {"backup"});
  CHECK(cloud.calls("complete") == 1);

  journey.expect(0, {"source", "remove", "phone"});
  journey.expect(
      0, {"source", "add", "phone", "icloud", "--account", "jane@example.com", "--keyring"});
  journey.expect(20, {"backup"});
}
