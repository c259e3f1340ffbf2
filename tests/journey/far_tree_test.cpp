// SPDX-License-Identifier: GPL-3.0-or-later
// Folder trees on servers. What lies there is looked at by rclone, which is no part of the program.
#include "journey.h"
#include "tests/support/real_server.h"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace keepsake::tests;

namespace {

constexpr const char* sftp_server = "/usr/lib/openssh/sftp-server";

/// A place on a server, and how rclone calls it.
struct FarPlace {
  std::string url;
  std::string remote;
  std::map<std::string, std::string> variables{};  ///< of the program
  std::map<std::string, std::string> rclone{};
  std::vector<std::string> options{};  ///< of `destination add`
};

std::string fresh_name() {
  static int count = 0;
  return fmt::format("tree-{}-{}", getpid(), ++count);
}

/// OpenSSH's own server, reached by a program that stands in for ssh.
std::optional<FarPlace> on_sftp(const Journey& journey) {
  if (!fs::exists(sftp_server)) {
    fmt::print("SKIPPED: there is no {}\n", sftp_server);
    return std::nullopt;
  }
  write_file(journey / "ssh", fmt::format("#!/bin/sh\nexec {}\n", sftp_server));
  fs::permissions(journey / "ssh", fs::perms::owner_all);
  const auto folder = (journey / "far").string();
  return FarPlace{
      "sftp://server" + folder, ":local:" + folder, {}, {}, {"--ssh", (journey / "ssh").string()}};
}

std::optional<FarPlace> on_rclone(const Journey& journey) {
  const auto remote = ":local:" + (journey / "far").string();
  return FarPlace{"rclone:" + remote, remote};
}

std::optional<FarPlace> in_bucket(const std::string& name) {
  const auto server = running_s3(name);
  if (!server) return std::nullopt;
  const auto bucket = fresh_name();
  return FarPlace{fmt::format("s3:{}/{}/my/photos", server->endpoint, bucket),
                  fmt::format("far:{}/my/photos", bucket),
                  {{"AWS_ACCESS_KEY_ID", server->key_id},
                   {"AWS_SECRET_ACCESS_KEY", server->secret},
                   {"AWS_REGION", server->region}},
                  {{"RCLONE_CONFIG_FAR_TYPE", "s3"},
                   {"RCLONE_CONFIG_FAR_PROVIDER", "Other"},
                   {"RCLONE_CONFIG_FAR_ENDPOINT", server->endpoint},
                   {"RCLONE_CONFIG_FAR_REGION", server->region},
                   {"RCLONE_CONFIG_FAR_ACCESS_KEY_ID", server->key_id},
                   {"RCLONE_CONFIG_FAR_SECRET_ACCESS_KEY", server->secret}}};
}

std::optional<FarPlace> on_webdav(const std::string& name) {
  const auto server = running_webdav(name);
  if (!server) return std::nullopt;
  auto url = server->url + fresh_name();
  auto hidden = run({{"rclone", "obscure", server->password}}).out;
  hidden.erase(hidden.find('\n'));
  auto place = "webdav+" + url;
  place.insert(place.find("//") + 2, server->user + "@");
  return FarPlace{place,
                  "far:",
                  {{"KEEPSAKE_WEBDAV_PASSWORD", server->password}},
                  {{"RCLONE_CONFIG_FAR_TYPE", "webdav"},
                   {"RCLONE_CONFIG_FAR_URL", url},
                   {"RCLONE_CONFIG_FAR_VENDOR", "other"},
                   {"RCLONE_CONFIG_FAR_USER", server->user},
                   {"RCLONE_CONFIG_FAR_PASS", hidden}}};
}

struct Kind {
  std::string name;
  std::function<std::optional<FarPlace>(const Journey&)> prepare;
};

std::vector<Kind> kinds() {
  std::vector<Kind> all{{"sftp", on_sftp}, {"rclone", on_rclone}};
  for (const char* const name : {"ceph", "swift"})
    all.push_back({name, [=](const Journey&) { return in_bucket(name); }});
  for (const char* const name : {"apache", "rclone"})
    all.push_back(
        {fmt::format("WebDAV, {}", name), [=](const Journey&) { return on_webdav(name); }});
  return all;
}

/// A home with some pictures, and a tree of them at the place.
void set_up(Journey& journey, const FarPlace& place) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.set_up({});
  for (const auto& [name, value] : place.variables) journey.use_variable(name, value);
  std::vector<std::string> words{"destination", "add", "far", "folder", place.url};
  words.insert(words.end(), place.options.begin(), place.options.end());
  journey.expect(0, words);
}

void rclone(const FarPlace& place, std::vector<std::string> words) {
  // With this variable rclone's S3 does not start.
  words.insert(words.begin(), {"env", "--unset=AWS_CA_BUNDLE", "rclone"});
  auto variables = place.rclone;
  variables["RCLONE_CONFIG"] = "/dev/null";
  const auto ran = run({words, ".", variables});
  INFO(ran.out, ran.err);
  REQUIRE(ran.exit_code == 0);
}

/// The tree as it lies there, copied to this machine.
fs::path brought_here(const Journey& journey, const FarPlace& place) {
  const auto here = journey / fresh_name();
  rclone(place, {"copy", place.remote, here.string()});
  return here;
}

/// Every photo of the source lies in the tree, and its own sums prove it.
void check_tree(const Journey& journey, const FarPlace& place) {
  const auto tree = brought_here(journey, place);
  CHECK(sums_are_right(tree));
  CHECK(distinct(contents(tree / "Photos")) == distinct(contents(journey / "pictures")));
  CHECK(!fs::exists(tree / ".keepsake/journal"));
  for (const auto& entry : fs::directory_iterator(tree))
    CHECK(entry.path().filename().string().find("keepsake-tmp") == std::string::npos);
}

/// Puts a file with one other byte there, of the same size.
void damage(const Journey& journey, const FarPlace& place, const std::string& path) {
  const auto tree = brought_here(journey, place);
  flip_byte(tree / path, 500);
  rclone(place,
         {"copyto",
          "--ignore-times",
          (tree / path).string(),
          place.remote + (place.remote.ends_with(':') ? "" : "/") + path});
}

}  // namespace

TEST_CASE("a folder tree on a server is what one on this machine is") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    Journey journey;
    const auto place = kind.prepare(journey);
    if (!place) continue;
    set_up(journey, *place);
    const auto settings = read_file(journey.home() / "keepsake.toml");
    write_file(journey.home() / "keepsake.toml", settings + "on_source_delete = \"quarantine\"\n");

    journey.expect(0, {"backup"});

    check_tree(journey, *place);
    const auto again = journey.expect(0, {"backup"});
    CHECK(again["renditions_fetched"] == 0);
    CHECK(journey.expect(0, {"verify"})["damaged"].empty());

    // A photo changes, another goes.
    const auto pictures = contents(journey / "pictures");
    const auto changed = journey / "pictures" / pictures.begin()->first;
    const auto gone = journey / "pictures" / std::prev(pictures.end())->first;
    write_file(changed, read_file(changed) + "more");
    fs::remove(gone);
    journey.expect(0, {"backup", "--accept-changes"});

    check_tree(journey, *place);
    CHECK(journey.expect(0, {"quarantine", "far", "list"})["count"] == 1);
    const auto tree = brought_here(journey, *place);
    CHECK(contents(tree / ".keepsake/versions").size() == 1);

    // Damage is found by its bytes, and healed from the source.
    const auto victim = "Photos/" + contents(tree / "Photos").begin()->first;
    damage(journey, *place, victim);
    CHECK(damage_in(journey.expect(25, {"verify"})).contains(victim));
    CHECK(journey.keepsake({"verify", "--repair"}).exit_code == 0);
    check_tree(journey, *place);

    journey.expect(0, {"restore", "--from", "far", "--to", "restored"});
    CHECK(distinct(contents(journey / "restored/Photos")) == distinct(contents(tree / "Photos")));
    const auto status = journey.status();
    lose_catalog(journey);
    journey.expect(0, {"catalog", "rebuild"});
    CHECK(journey.status() == status);
  }
}

TEST_CASE("a backup to a tree on a server that is killed at any moment is finished by the next") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    Journey journey;
    const auto place = kind.prepare(journey);
    if (!place) continue;
    set_up(journey, *place);
    make_small_library(journey / "pictures" / "many", 60);

    for (int moment = 1; moment <= 6; ++moment) {
      auto backup = journey.command({"backup"});
      backup.words.insert(backup.words.begin(),
                          {"timeout", "--signal=KILL", fmt::format("{:.2f}", 0.12 * moment)});
      static_cast<void>(run(backup));
    }
    journey.expect(0, {"backup"});

    check_tree(journey, *place);
    CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  }
}

TEST_CASE("what a server cannot be is told before anything is made") {
  Journey journey;
  fs::create_directories(journey / "pictures");
  journey.set_up({});

  const auto refused =
      journey.keepsake({"destination", "add", "far", "folder", "rest:http://127.0.0.1:9/photos"});

  CHECK(refused.exit_code == 2);
  CHECK((refused.out + refused.err).find("vaults only") != std::string::npos);
}
