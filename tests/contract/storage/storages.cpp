// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/contract/storage/storages.h"

#include "os/child.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "storage/rclone/rclone.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"
#include "tests/support/temp_folder.h"

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

namespace keepsake::tests {

namespace {

// OpenSSH's own server, without the network between us.
constexpr const char* sftp_server = "/usr/lib/openssh/sftp-server";

std::unique_ptr<storage::Storage> local(const TempFolder& folder) {
  return storage::make_local(os::open_folder(folder.path()).value());
}

std::unique_ptr<storage::Storage> sftp(const TempFolder& folder) {
  return storage::make_sftp(
      {.user = "", .host = "here", .port = 0, .path = folder.path().string(), .ssh = ""},
      [] { return os::Child::start({sftp_server}); });
}

/// Rclone's own server over a folder, as it serves every service that it knows.
std::unique_ptr<storage::Storage> rclone(const TempFolder& folder) {
  auto started = storage::start_rclone({":local:" + folder.path().string()});
  if (!started) throw std::runtime_error(started.error().message());
  return *std::move(started);
}

bool has_program(const char* name) { return os::Child::start({name, "version"}).has_value(); }

std::vector<StorageKind> find_storages() {
  std::vector<StorageKind> found{{"local", local, StorageKind::Holds::anything}};
  if (std::filesystem::exists(sftp_server)) {
    found.push_back({"sftp", sftp, StorageKind::Holds::anything});
  } else {
    fmt::print("SKIPPED: SFTP, because there is no {}\n", sftp_server);
  }
  if (has_program("rclone")) {
    found.push_back({"rclone", rclone, StorageKind::Holds::repositories});
  } else {
    fmt::print("SKIPPED: rclone and restic's REST protocol, because there is no rclone\n");
  }
  return found;
}

}  // namespace

const std::vector<StorageKind>& storages() {
  static const std::vector<StorageKind> all = find_storages();
  return all;
}

}  // namespace keepsake::tests
