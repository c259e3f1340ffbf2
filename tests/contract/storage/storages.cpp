// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/contract/storage/storages.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "net/http.h"
#include "net/url.h"
#include "os/child.h"
#include "os/folder.h"
#include "os/machine.h"
#include "storage/local/local.h"
#include "storage/objects.h"
#include "storage/rclone/rclone.h"
#include "storage/read_ahead.h"
#include "storage/read_back.h"
#include "storage/s3/s3.h"
#include "storage/s3/signature.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"
#include "storage/webdav/webdav.h"
#include "tests/fake/memory_objects.h"
#include "tests/support/real_server.h"
#include "tests/support/temp_folder.h"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::tests {

namespace {

namespace fs = std::filesystem;

// OpenSSH's own server, without the network between us.
constexpr const char* sftp_server = "/usr/lib/openssh/sftp-server";

/// A folder of this machine, and a storage of any kind over it.
class FolderGround final : public Ground {
 public:
  using Open = std::function<std::unique_ptr<storage::Storage>(const fs::path&)>;

  explicit FolderGround(Open open) : open_(std::move(open)) {}

  [[nodiscard]] std::unique_ptr<storage::Storage> open() const override {
    return open_(folder_->path());
  }

  [[nodiscard]] std::size_t files() const override {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_->path()))
      count += entry.is_regular_file() ? 1U : 0U;
    return count;
  }

  void write(const std::string& name, const std::string& text) const override {
    folder_->write(name, text);
  }

  void take_away() override { folder_.reset(); }

 private:
  std::unique_ptr<TempFolder> folder_ = std::make_unique<TempFolder>();
  Open open_;
};

StorageKind over_a_folder(std::string name, StorageKind::Holds holds, FolderGround::Open open) {
  return {std::move(name),
          [open = std::move(open)] { return std::make_unique<FolderGround>(open); },
          holds};
}

std::unique_ptr<storage::Storage> local(const fs::path& folder) {
  return storage::make_local(os::open_folder(folder).value());
}

std::unique_ptr<storage::Storage> sftp(const fs::path& folder) {
  return storage::make_sftp(
      {.user = "", .host = "here", .port = 0, .path = folder.string(), .ssh = ""},
      [] { return os::Child::start({sftp_server}); });
}

/// The same over rclone's own SFTP server, which has none of OpenSSH's extensions.
std::unique_ptr<storage::Storage> sftp_of_rclone(const fs::path& folder) {
  return storage::make_sftp(
      {.user = "", .host = "here", .port = 0, .path = "/" + folder.filename().string(), .ssh = ""},
      [above = folder.parent_path().string()] {
        return os::Child::start({"rclone",
                                 "serve",
                                 "sftp",
                                 "--config",
                                 "/dev/null",
                                 "--dir-cache-time",
                                 "0",
                                 "--stdio",
                                 above});
      });
}

/// Nothing but memory.
class MemoryGround final : public Ground {
 public:
  [[nodiscard]] std::unique_ptr<storage::Storage> open() const override {
    return storage::make_object_storage("memory", std::make_unique<MemoryObjects>(place_));
  }

  [[nodiscard]] std::size_t files() const override {
    return place_->kept.with([](const MemoryPlace::Kept& kept) { return kept.files.size(); });
  }

  void write(const std::string& name, const std::string& text) const override {
    place_->kept.with([&](MemoryPlace::Kept& kept) { kept.files[name] = text; });
  }

  void take_away() override {
    place_->kept.with([](MemoryPlace::Kept& kept) { kept.is_there = false; });
  }

 private:
  std::shared_ptr<MemoryPlace> place_ = std::make_shared<MemoryPlace>();
};

/// Rclone's own server over a folder, as it serves every service that it knows.
std::unique_ptr<storage::Storage> rclone(const fs::path& folder) {
  auto started = storage::start_rclone({":local:" + folder.string()});
  if (!started) throw std::runtime_error(started.error().message());
  return *std::move(started);
}

/// A bucket of its own on a server that speaks S3, and a folder in it.
class BucketGround final : public Ground {
 public:
  explicit BucketGround(S3Server server)
      : server_(std::move(server)), place_{server_.endpoint, fresh_name(), "some/folder"} {
    writer_ = open();
    const auto made = writer_->make_folder("");
    if (!made) throw std::runtime_error(made.error().message());
  }

  [[nodiscard]] std::unique_ptr<storage::Storage> open() const override {
    return storage::make_s3(place_, login(), net::Http::start({}).value()).value();
  }

  [[nodiscard]] std::size_t files() const override { return open()->list_below("").value().size(); }

  void write(const std::string& name, const std::string& text) const override {
    const auto written = writer_->put(name, bytes_of(text));
    if (!written) throw std::runtime_error(written.error().message());
  }

  /// A bucket that is not empty stays.
  void take_away() override {
    net::Request request{.method = "DELETE",
                         .url = net::Url::parse(place_.endpoint + '/' + place_.bucket).value()};
    storage::s3::sign(request, login().credentials, server_.region, os::system_clock().now());
    const auto answer = net::Http::start({}).value()->send(request, {}).value();
    if (!answer.is_success()) throw std::runtime_error("the bucket stays: " + answer.body);
  }

 private:
  static std::string fresh_name() {
    static int count = 0;
    return fmt::format("contract-{}-{}", getpid(), ++count);
  }

  [[nodiscard]] storage::s3::Login login() const {
    return {{server_.key_id, Secret(server_.secret), std::nullopt}, server_.region};
  }

  S3Server server_;
  storage::S3Place place_;
  std::unique_ptr<storage::Storage> writer_;
};

/// A folder of its own on a server that speaks WebDAV.
class WebdavGround final : public Ground {
 public:
  explicit WebdavGround(WebdavServer server)
      : server_(std::move(server)), place_{{server_.url + fresh_name() + "/", server_.user}} {
    writer_ = open();
    const auto made = writer_->make_folder("");
    if (!made) throw std::runtime_error(made.error().message());
  }

  [[nodiscard]] std::unique_ptr<storage::Storage> open() const override {
    return storage::make_webdav(place_,
                                storage::HttpLogin{server_.user, Secret(server_.password)},
                                net::Http::start({}).value())
        .value();
  }

  [[nodiscard]] std::size_t files() const override { return open()->list_below("").value().size(); }

  void write(const std::string& name, const std::string& text) const override {
    const auto written = writer_->put(name, bytes_of(text));
    if (!written) throw std::runtime_error(written.error().message());
  }

  void take_away() override {
    auto url = place_.url;
    url.insert(url.find("//") + 2, server_.user + ":" + server_.password + "@");
    const net::Request request{.method = "DELETE", .url = net::Url::parse(url).value()};
    const auto answer = net::Http::start({}).value()->send(request, {}).value();
    if (!answer.is_success()) throw std::runtime_error("the folder stays: " + answer.body);
  }

 private:
  static std::string fresh_name() {
    static int count = 0;
    return fmt::format("contract {}-{}", getpid(), ++count);
  }

  WebdavServer server_;
  storage::WebdavPlace place_;
  std::unique_ptr<storage::Storage> writer_;
};

constexpr const char* above_5_gib =
    "a file above 5 GiB arrives and can be renamed, where its server has the room";

bool has_program(const char* name) { return os::Child::start({name, "version"}).has_value(); }

std::vector<StorageKind> find_storages() {
  using enum StorageKind::Holds;
  std::vector<StorageKind> found{over_a_folder("local", anything, local)};
  found.push_back(over_a_folder("local, with read-ahead", anything, [](const fs::path& folder) {
    return storage::with_read_ahead(local(folder));
  }));
  found.push_back(over_a_folder("local, read back", anything, [](const fs::path& folder) {
    return storage::with_read_back(local(folder));
  }));
  found.push_back(
      {"memory", [] { return std::make_unique<MemoryGround>(); }, anything, {above_5_gib}});
  if (fs::exists(sftp_server)) {
    found.push_back(over_a_folder("sftp", anything, sftp));
  } else {
    fmt::print("SKIPPED: SFTP, because there is no {}\n", sftp_server);
  }
  if (has_program("rclone")) {
    found.push_back(over_a_folder("sftp, rclone", anything, sftp_of_rclone));
    found.back().breaks = {
        "what is cut back is written over",
        "a file too large for memory arrives, whatever time it bears, and can be renamed",
        "a name may hold the end of a line"};
    found.push_back(over_a_folder("rclone", repositories, rclone));
    found.back().breaks = {"a name may hold the end of a line"};
  } else {
    fmt::print("SKIPPED: rclone and restic's REST protocol, because there is no rclone\n");
  }
  for (const std::string server : {"ceph", "swift"}) {
    const auto running = running_s3(server);
    if (!running) continue;
    found.push_back({fmt::format("S3, {}", server),
                     [=] { return std::make_unique<BucketGround>(*running); },
                     anything});
    // Ours keeps all in memory, and waits for more where there is none.
    if (server == "ceph") found.back().breaks = {above_5_gib};
  }
  for (const char* const server : {"apache", "rclone"}) {
    if (const auto running = running_webdav(server))
      found.push_back({fmt::format("WebDAV, {}", server),
                       [=] { return std::make_unique<WebdavGround>(*running); },
                       anything});
  }
  return found;
}

}  // namespace

const std::vector<StorageKind>& storages() {
  static const std::vector<StorageKind> all = find_storages();
  return all;
}

}  // namespace keepsake::tests
