// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/contract/storage/storages.h"

#include "os/child.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"
#include "tests/support/temp_folder.h"

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <string>
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

std::vector<StorageKind> find_storages() {
  std::vector<StorageKind> found{{"local", local}};
  if (std::filesystem::exists(sftp_server)) {
    found.push_back({"sftp", sftp});
  } else {
    fmt::print("SKIPPED: SFTP, because there is no {}\n", sftp_server);
  }
  return found;
}

}  // namespace

const std::vector<StorageKind>& storages() {
  static const std::vector<StorageKind> all = find_storages();
  return all;
}

}  // namespace keepsake::tests
