// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"
#include "storage/storage.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace keepsake::storage {

/// A repository on a server that speaks restic's REST protocol (restic's doc/REST_backend.rst):
/// rest-server, or `rclone serve restic`.
struct RestPlace {
  std::string url;   ///< http or https, without user; its path ends in '/'
  std::string user;  ///< empty: none, or what the environment names
  friend bool operator==(const RestPlace&, const RestPlace&) = default;
};

/// As its owner writes it: "rest:https://user@host/path/".
std::string url_of(const RestPlace& place);

/// A server that is restarted, or a line that is down for a moment, is waited for.
inline constexpr net::RetryPolicy rest_patience{
    .attempts = 4, .first = std::chrono::seconds(1), .longest = std::chrono::minutes(1)};

/// Whom the server is told that we are.
struct RestLogin {
  std::string user;
  Secret password;
};

/// Only names of a repository can be stored, and a
/// folder that is not there is an empty one: a server cannot say that a repository is away.
/// Causes beside those of `Storage`: offline, timeout, throttled; invalid for the place itself.
Result<std::unique_ptr<Storage>> make_rest(const RestPlace& place,
                                           const std::optional<RestLogin>& login,
                                           std::unique_ptr<net::Http> http);

/// The same at an address with its login in it. `where` is for messages; `server` is whatever must
/// be there for as long as the storage is.
std::unique_ptr<Storage> make_rest(std::string where,
                                   net::Url base,
                                   std::unique_ptr<net::Http> http,
                                   std::shared_ptr<void> server = {},
                                   const net::RetryPolicy& patience = rest_patience);

}  // namespace keepsake::storage
