// SPDX-License-Identifier: GPL-3.0-or-later
// Vaults on a server: OpenSSH's own, reached by a program that stands in for ssh.
#include "journey.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace keepsake::tests;

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

void set_up_server(Journey& journey) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.use_password("correct horse");
  make_ssh(journey, fmt::format("exec {}", sftp_server));
  make_cheap_vault(journey / "vault", "correct horse");
  journey.set_up({});
  journey.expect(0,
                 {"destination",
                  "add",
                  "far",
                  "vault",
                  "sftp://server" + (journey / "vault").string(),
                  "--ssh",
                  (journey / "ssh").string()});
}

}  // namespace

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
