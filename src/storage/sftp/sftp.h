// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/child.h"
#include "storage/storage.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace keepsake::storage {

/// A folder on a server that speaks SFTP.
struct SftpPlace {
  std::string user;         ///< empty: whoever ssh takes
  std::string host;         ///< a name of DNS or of ~/.ssh/config
  int port = 0;             ///< 0: what ssh takes
  std::string path;         ///< absolute, or below the home there when it begins without '/'
  std::string ssh = "ssh";  ///< the program that goes there, with options of its own
  friend bool operator==(const SftpPlace&, const SftpPlace&) = default;
};

/// As its owner writes it, without the program.
std::string url_of(const SftpPlace& place);

/// The command line that begins a conversation: OpenSSH's own client, so that keys, agents, jump
/// hosts and known servers are those of the user's ssh. It asks nothing, and ends by itself when
/// the server is silent for three quarters of a minute.
std::vector<std::string> ssh_command(const SftpPlace& place);

using OpenLine = std::function<Result<std::unique_ptr<os::Child>>()>;

/// How long a server may leave a question unanswered; twice that at most.
inline constexpr std::chrono::seconds sftp_patience{60};

/// A file is written under an unfinished name, synced where the server can, measured, and renamed;
/// a server offers no way to sync a folder. A line that broke is opened again with the next call;
/// files that were open are not. `make_folder("")` makes the last part of the place's own path.
/// Causes beside those of `Storage`: offline, timeout, unsupported.
std::unique_ptr<Storage> make_sftp(const SftpPlace& place, OpenLine open_line);

}  // namespace keepsake::storage
