// SPDX-License-Identifier: GPL-3.0-or-later
// Vaults on real servers that speak WebDAV.
#include "journey.h"
#include "tests/support/real_server.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

using namespace keepsake::tests;

namespace {

std::string fresh_folder(const WebdavServer& server) {
  static int count = 0;
  auto url = fmt::format("{}journey-{}-{}/", server.url, getpid(), ++count);
  return url;
}

/// The address with its user, as a person writes it.
std::string place_of(const WebdavServer& server, std::string url) {
  url.insert(url.find("//") + 2, server.user + "@");
  return "webdav+" + url;
}

void set_up(Journey& journey, const WebdavServer& server) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.use_password("correct horse");
  journey.set_up({});
  journey.use_variable("KEEPSAKE_WEBDAV_PASSWORD", server.password);
}

/// restic checks it by way of rclone, which speaks WebDAV.
Ran check_by_restic(const Journey& journey, const WebdavServer& server, const std::string& url) {
  auto hidden = run({{"rclone", "obscure", server.password}}).out;
  hidden.erase(hidden.find('\n'));
  return run({{"restic", "--no-cache", "--repo", "rclone:dav:", "check", "--read-data"},
              journey / ".",
              {{"RESTIC_PASSWORD", "correct horse"},
               {"RCLONE_CONFIG", "/dev/null"},
               {"RCLONE_CONFIG_DAV_TYPE", "webdav"},
               {"RCLONE_CONFIG_DAV_URL", url},
               {"RCLONE_CONFIG_DAV_VENDOR", "other"},
               {"RCLONE_CONFIG_DAV_USER", server.user},
               {"RCLONE_CONFIG_DAV_PASS", hidden}}});
}

}  // namespace

TEST_CASE(
    "a vault on a WebDAV server is backed up to, verified, restored from, and read by restic") {
  for (const std::string name : {"apache", "rclone"}) {
    CAPTURE(name);
    const auto server = running_webdav(name);
    if (!server) continue;
    Journey journey;
    set_up(journey, *server);
    const auto url = fresh_folder(*server);
    journey.expect(0, {"destination", "add", "far", "vault", place_of(*server, url)});

    journey.expect(0, {"backup"});

    CHECK(of(journey.expect(0, {"backup"}), "far")["snapshot"].is_null());
    CHECK(journey.expect(0, {"verify"})["damaged"].empty());
    journey.expect(0, {"restore", "--from", "far", "--to", "restored"});
    CHECK(contents(journey / "restored" / "Photos").size() ==
          contents(journey / "pictures").size());
    CHECK(read_file(journey.home() / "keepsake.toml").find(server->password) == std::string::npos);
    const auto checked = check_by_restic(journey, *server, url);
    INFO(checked.out, checked.err);
    CHECK(checked.exit_code == 0);
  }
}

TEST_CASE(
    "what is wrong with a WebDAV server or its login is told, and no password is ever shown") {
  const auto server = running_webdav("apache");
  if (!server) return;
  Journey journey;
  set_up(journey, *server);
  const auto place = place_of(*server, fresh_folder(*server));
  journey.use_variable("KEEPSAKE_WEBDAV_PASSWORD", "hush-hush");

  const Ran refused = journey.keepsake({"destination", "add", "far", "vault", place});

  CHECK(refused.exit_code == 1);
  CHECK((refused.out + refused.err).find("KEEPSAKE_WEBDAV_PASSWORD") != std::string::npos);
  CHECK((refused.out + refused.err).find("hush-hush") == std::string::npos);
  journey.use_variable("KEEPSAKE_WEBDAV_PASSWORD", server->password);
  CHECK(journey.keepsake({"destination", "add", "far", "vault", place + "no/such/folder"})
            .out.find("above it") != std::string::npos);
}
