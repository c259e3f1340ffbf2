// SPDX-License-Identifier: GPL-3.0-or-later
// Vaults in buckets, on real servers that speak S3.
#include "base/time.h"
#include "journey.h"
#include "os/machine.h"
#include "tests/fake/relay.h"
#include "tests/support/real_server.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace keepsake::tests;

namespace {

/// Pictures, and a server to keep them at; nothing where there is none.
std::optional<S3Server> set_up(Journey& journey, const std::string& name) {
  const auto server = running_s3(name);
  if (!server) return std::nullopt;
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.use_password("correct horse");
  journey.set_up({});
  journey.use_variable("AWS_ACCESS_KEY_ID", server->key_id);
  journey.use_variable("AWS_SECRET_ACCESS_KEY", server->secret);
  journey.use_variable("AWS_REGION", server->region);
  return server;
}

std::string fresh_bucket(const S3Server& server) {
  static int count = 0;
  return fmt::format("s3:{}/journey-{}-{}/photos", server.endpoint, getpid(), ++count);
}

/// Makes a machine with a name and a network of its own, joined to ours by one cable. Only root
/// can.
class OwnNetwork {
 public:
  explicit OwnNetwork(int number)
      : name_(fmt::format("keepsake-{}-{}", getpid(), number)),
        cable_(fmt::format("ks{}-{}", getpid(), number)),
        here_(fmt::format("10.213.{}.1", number)) {
    is_there_ =
        geteuid() == 0 && does("ip netns add " + name_) &&
        does(fmt::format("ip link add {} type veth peer name eth0 netns {}", cable_, name_)) &&
        does(fmt::format("ip address add {}/24 dev {}", here_, cable_)) &&
        does(fmt::format("ip link set {} up", cable_)) &&
        does(fmt::format("ip -n {} address add 10.213.{}.2/24 dev eth0", name_, number)) &&
        does(fmt::format("ip -n {} link set eth0 up", name_));
    if (!is_there_)
      fmt::print("SKIPPED: networks of their own, because only root can make some: {}\n", why_not_);
  }

  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;

  ~OwnNetwork() {
    if (is_there_) static_cast<void>(does("ip netns delete " + name_));
  }

  /// The same server, as it is reached from there.
  S3Server reached(S3Server server) {
    if (!is_there_) return server;
    const auto port = server.endpoint.rfind(':') + 1;
    const auto number = static_cast<std::uint16_t>(std::stoi(server.endpoint.substr(port)));
    relay_.emplace(number, Relay::Line{}, here_.c_str());
    server.endpoint = fmt::format("http://{}:{}", here_, relay_->port());
    return server;
  }

  /// The same command, run there.
  [[nodiscard]] Command of(Command command) const {
    if (!is_there_) return command;
    std::vector<std::string> words{"ip", "netns", "exec", name_, "unshare", "--uts", "sh", "-c"};
    words.push_back(fmt::format("hostname {} && exec \"$@\"", name_));
    words.emplace_back("sh");
    words.insert(words.end(), command.words.begin(), command.words.end());
    command.words = std::move(words);
    return command;
  }

 private:
  bool does(const std::string& words) {
    const auto ran = run({{"sh", "-c", words}});
    if (ran.exit_code != 0) why_not_ = ran.err;
    return ran.exit_code == 0;
  }

  std::string name_;
  std::string cable_;
  std::string here_;
  std::string why_not_;
  bool is_there_ = false;
  std::optional<Relay> relay_;
};

}  // namespace

TEST_CASE("a vault in a bucket is backed up to, verified, restored from, and read by restic") {
  for (const std::string name : {"ceph", "swift"}) {
    CAPTURE(name);
    Journey journey;
    const auto server = set_up(journey, name);
    if (!server) continue;
    const auto place = fresh_bucket(*server);
    journey.expect(0, {"destination", "add", "far", "vault", place});

    journey.expect(0, {"backup"});

    CHECK(of(journey.expect(0, {"backup"}), "far")["snapshot"].is_null());
    CHECK(journey.expect(0, {"verify"})["damaged"].empty());
    journey.expect(0, {"restore", "--from", "far", "--to", "restored"});
    CHECK(contents(journey / "restored" / "Photos").size() ==
          contents(journey / "pictures").size());
    CHECK(read_file(journey.home() / "keepsake.toml").find(server->secret) == std::string::npos);
    if (name == "swift") continue;  // restic signs in a way that Swift does not know
    const Ran checked = run({{"restic", "--no-cache", "--repo", place, "check", "--read-data"},
                             journey / ".",
                             {{"RESTIC_PASSWORD", "correct horse"},
                              {"AWS_ACCESS_KEY_ID", server->key_id},
                              {"AWS_SECRET_ACCESS_KEY", server->secret},
                              {"AWS_DEFAULT_REGION", server->region}}});
    INFO(checked.out, checked.err);
    CHECK(checked.exit_code == 0);
  }
}

TEST_CASE("three machines back up into one bucket at once; one is killed, and nothing is lost") {
  std::vector<std::unique_ptr<Journey>> machines;
  std::vector<std::unique_ptr<OwnNetwork>> networks;
  std::string place;
  std::map<std::string, std::string> keys;
  for (int i = 0; i < 3; ++i) {
    auto& machine = *machines.emplace_back(std::make_unique<Journey>());
    auto& network = *networks.emplace_back(std::make_unique<OwnNetwork>(i));
    const auto server = set_up(machine, "ceph");
    if (!server) return;
    // Some pictures are everybody's, the others its own.
    make_small_library(machine / "pictures" / fmt::format("of {}", i), 300 + 100 * i);
    if (place.empty()) place = fresh_bucket(*server);
    const auto path = place.substr(("s3:" + server->endpoint).size());
    machine.expect(0,
                   {"destination",
                    "add",
                    "shared",
                    "vault",
                    "s3:" + network.reached(*server).endpoint + path});
    keys = {{"RESTIC_PASSWORD", "correct horse"},
            {"AWS_ACCESS_KEY_ID", server->key_id},
            {"AWS_SECRET_ACCESS_KEY", server->secret},
            {"AWS_DEFAULT_REGION", server->region}};
  }
  const auto run_on = [&](std::size_t i, std::vector<std::string> words) {
    return networks[i]->of(machines[i]->command(std::move(words)));
  };

  std::vector<std::unique_ptr<Process>> backups;
  for (std::size_t i = 0; i < machines.size(); ++i)
    backups.push_back(std::make_unique<Process>(run_on(i, {"backup"})));
  // The first that is done ends another one, whatever that is at.
  REQUIRE(comes_true([&] { return backups[0]->has_ended(); }));
  backups[2]->send(SIGKILL);
  CHECK(backups[0]->wait().exit_code == 0);
  CHECK(backups[1]->wait().exit_code == 0);
  static_cast<void>(backups[2]->wait());
  CHECK(run(run_on(2, {"backup"})).exit_code == 0);

  const Ran checked =
      run({{"restic", "--no-cache", "--repo", place, "check", "--read-data"}, ".", keys});
  INFO(checked.out, checked.err);
  CHECK(checked.exit_code == 0);
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const auto& machine = *machines[i];
    CHECK(machine.expect(0, {"verify"})["damaged"].empty());
    machine.expect(0, {"restore", "--from", "shared", "--to", "restored"});
    CHECK(contents(machine / "restored/Photos").size() == contents(machine / "pictures").size());
  }
}

TEST_CASE("what is stored locked outlives whoever has the key and deletes all of it") {
  Journey journey;
  const auto server = set_up(journey, "ceph");
  if (!server) return;
  const auto place = fresh_bucket(*server);
  const auto remote = ":s3:" + place.substr(("s3:" + server->endpoint + "/").size());
  const auto rclone = [&](std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"rclone",
                  "--config",
                  "/dev/null",
                  "--retries",
                  "1",
                  "--s3-provider",
                  "Ceph",
                  "--s3-env-auth",
                  "--s3-endpoint",
                  server->endpoint});
    return run({words,
                journey / ".",
                {{"AWS_ACCESS_KEY_ID", server->key_id},
                 {"AWS_SECRET_ACCESS_KEY", server->secret},
                 {"AWS_CA_BUNDLE", ""}}});
  };
  journey.expect(0, {"destination", "add", "far", "vault", place, "--locked-days", "2"});
  journey.expect(0, {"backup"});
  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  const auto before = keepsake::to_rfc3339(keepsake::os::system_clock().now());

  CHECK(rclone({"delete", remote}).exit_code == 0);
  CHECK(rclone({"--s3-versions", "delete", remote}).err.find("object lock") != std::string::npos);

  CHECK(journey.keepsake({"verify"}).exit_code != 0);
  const auto fetched = rclone({"--s3-version-at", before, "copy", remote, "fetched"});
  INFO(fetched.err);
  REQUIRE(fetched.exit_code == 0);
  CHECK(journey.restic("fetched", {"check", "--read-data"}).exit_code == 0);
}

TEST_CASE("a lock is asked for only where one is kept") {
  for (const std::string name : {"ceph", "swift"}) {
    CAPTURE(name);
    Journey journey;
    const auto server = set_up(journey, name);
    if (!server) continue;
    const auto place = fresh_bucket(*server);
    if (name == "ceph") journey.expect(0, {"destination", "add", "near", "vault", place});

    const Ran refused = journey.keepsake(
        {"destination", "add", "far", "vault", place + "-2", "--locked-days", "2"});

    CHECK(refused.exit_code == 1);
    CHECK((refused.out + refused.err).find("keeps no locks") != std::string::npos);
    CHECK(journey
              .keepsake({"destination", "add", "far", "folder", place + "-2", "--locked-days", "2"})
              .exit_code == 2);
  }
}

TEST_CASE("what is wrong with a bucket or its key is told, and no key is ever shown") {
  Journey journey;
  const auto server = set_up(journey, "ceph");
  if (!server) return;
  const auto place = fresh_bucket(*server);
  journey.use_variable("AWS_SECRET_ACCESS_KEY", "hush-hush");

  const Ran refused = journey.keepsake({"destination", "add", "far", "vault", place});

  CHECK(refused.exit_code == 1);
  CHECK((refused.out + refused.err).find("AWS_SECRET_ACCESS_KEY") != std::string::npos);
  CHECK((refused.out + refused.err).find("hush-hush") == std::string::npos);
  journey.drop_variable("AWS_ACCESS_KEY_ID");
  journey.use_variable("HOME", (journey / "nobody").string());
  CHECK(journey.keepsake({"destination", "add", "far", "vault", place})
            .out.find("~/.aws/credentials") != std::string::npos);
}
