// SPDX-License-Identifier: GPL-3.0-or-later
// Vaults on a server: OpenSSH's own, reached by a program that stands in for ssh; and rclone's.
#include "journey.h"
#include "os/child.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <array>
#include <memory>
#include <stdexcept>

using namespace keepsake::tests;
namespace os = keepsake::os;

namespace {

constexpr const char* sftp_server = "/usr/lib/openssh/sftp-server";

bool can_serve() {
  if (fs::exists(sftp_server)) return true;
  fmt::print("SKIPPED: there is no {}\n", sftp_server);
  return false;
}

/// What ssh would do on the way to a server that is this machine.
void make_ssh(const Journey& journey, const std::string& does) {
  write_file(journey / "ssh", "#!/bin/sh\n" + does + "\n");
  fs::permissions(journey / "ssh", fs::perms::owner_all);
}

void set_up_pictures(Journey& journey) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.use_password("correct horse");
  make_cheap_vault(journey / "vault", "correct horse");
  journey.set_up({});
}

void set_up_server(Journey& journey) {
  set_up_pictures(journey);
  make_ssh(journey, fmt::format("exec {}", sftp_server));
  journey.expect(0,
                 {"destination",
                  "add",
                  "far",
                  "vault",
                  "sftp://server" + (journey / "vault").string(),
                  "--ssh",
                  (journey / "ssh").string()});
}

bool can_run_rclone() {
  if (os::Child::start({"rclone", "version"})) return true;
  fmt::print("SKIPPED: there is no rclone\n");
  return false;
}

/// A server for restic's REST protocol that runs until the brace, for user "ann", password "pass".
class RestServer {
 public:
  explicit RestServer(const fs::path& folder)
      : server_(os::Child::start({"sh",
                                  "-c",
                                  "exec rclone serve restic --append-only --verbose --addr "
                                  "127.0.0.1:0 --user ann --pass pass \"$0\" 2>&1",
                                  folder.string()})
                    .value()) {
    std::string notices;
    std::array<std::byte, 1024> block{};
    while (notices.find("/\n") == std::string::npos) {
      const auto count = server_->read(block).value();
      if (count == 0) throw std::runtime_error("rclone does not serve: " + notices);
      notices += keepsake::text_of(keepsake::ByteView(block).first(count));
    }
    const auto host = notices.find("127.0.0.1:");
    host_ = notices.substr(host, notices.find('/', host) - host);
  }

  [[nodiscard]] std::string url(const std::string& user) const {
    return fmt::format("rest:http://{}{}/", user.empty() ? "" : user + "@", host_);
  }

 private:
  std::unique_ptr<os::Child> server_;
  std::string host_;
};

}  // namespace

TEST_CASE(
    "a vault that rclone reaches is backed up to, verified, restored from, and read by restic") {
  if (!can_run_rclone()) return;
  Journey journey;
  set_up_pictures(journey);
  const auto remote = ":local:" + (journey / "vault").string();
  journey.expect(0, {"destination", "add", "far", "vault", "rclone:" + remote});

  journey.expect(0, {"backup"});

  CHECK(of(journey.expect(0, {"backup"}), "far")["snapshot"].is_null());
  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  journey.expect(0, {"restore", "--from", "far", "--to", "restored"});
  CHECK(contents(journey / "restored" / "Photos").size() == contents(journey / "pictures").size());
  const Ran checked = journey.restic("vault", {"check", "--read-data"});
  INFO(checked.out, checked.err);
  CHECK(checked.exit_code == 0);
}

TEST_CASE("what rclone does not know is named with rclone's own words") {
  if (!can_run_rclone()) return;
  Journey journey;
  set_up_pictures(journey);

  const auto error =
      journey.expect(23, {"destination", "add", "far", "vault", "rclone:nothing-there:vault"});

  CHECK(error.dump().find("nothing-there") != std::string::npos);
}

TEST_CASE("a server that only appends takes a vault, and is told the password of the environment") {
  if (!can_run_rclone()) return;
  Journey journey;
  set_up_pictures(journey);
  const RestServer server(journey / "vault");
  CHECK(journey.expect(1, {"destination", "add", "far", "vault", server.url("ann")})
            .dump()
            .find("RESTIC_REST_PASSWORD") != std::string::npos);
  journey.use_variable("RESTIC_REST_PASSWORD", "pass");
  journey.expect(0, {"destination", "add", "far", "vault", server.url("ann")});

  journey.expect(0, {"backup"});

  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  CHECK(journey.restic("vault", {"check", "--read-data"}).exit_code == 0);
  CHECK(read_file(journey.home() / "keepsake.toml").find("pass\"") == std::string::npos);
}

TEST_CASE("a password in an address is refused before it is written anywhere") {
  Journey journey;
  set_up_pictures(journey);

  const Ran ran =
      journey.keepsake({"destination", "add", "far", "vault", "rest:https://ann:hush@nas/vault/"});

  CHECK(ran.exit_code == 2);
  CHECK((ran.out + ran.err).find("hush") == std::string::npos);
  CHECK(read_file(journey.home() / "keepsake.toml").find("hush") == std::string::npos);
}

TEST_CASE("a vault on a server is backed up to, verified, restored from, and read by restic") {
  if (!can_serve()) return;
  Journey journey;
  set_up_server(journey);

  journey.expect(0, {"backup"});

  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  journey.expect(0, {"restore", "--from", "far", "--to", "restored"});
  CHECK(contents(journey / "restored" / "Photos").size() == contents(journey / "pictures").size());
  const Ran checked = journey.restic("vault", {"check", "--read-data"});
  INFO(checked.out, checked.err);
  CHECK(checked.exit_code == 0);
}

TEST_CASE("a run without changes writes nothing to a server") {
  if (!can_serve()) return;
  Journey journey;
  set_up_server(journey);
  journey.expect(0, {"backup"});
  const auto before = listing(journey / "vault");

  CHECK(of(journey.expect(0, {"backup"}), "far")["snapshot"].is_null());

  CHECK(listing(journey / "vault") == before);
}

TEST_CASE("a server that cannot be reached is absent, and the photos go to the other places") {
  if (!can_serve()) return;
  Journey journey;
  set_up_server(journey);
  journey.expect(0, {"destination", "add", "near", "folder", "near"});
  make_ssh(journey, "echo 'ssh: connect to host server port 22: Connection refused' >&2; exit 255");

  const auto summary = journey.expect(3, {"backup"});

  CHECK(of(summary, "near")["pending"] == 0);
  CHECK(summary.dump().find("Connection refused") != std::string::npos);
  journey.expect(23, {"verify", "far"});
  make_ssh(journey, fmt::format("exec {}", sftp_server));
  journey.expect(0, {"backup"});
  CHECK(journey.expect(0, {"verify", "far"})["damaged"].empty());
}

TEST_CASE("a backup whose line breaks is finished by the next one") {
  if (!can_serve()) return;
  Journey journey;
  set_up_server(journey);
  make_ssh(journey, fmt::format("dd bs=65536 count=40 2>/dev/null | {}", sftp_server));

  CHECK(journey.keepsake({"backup"}).exit_code != 0);

  make_ssh(journey, fmt::format("exec {}", sftp_server));
  journey.expect(0, {"backup"});
  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  CHECK(journey.restic("vault", {"check", "--read-data"}).exit_code == 0);
}
