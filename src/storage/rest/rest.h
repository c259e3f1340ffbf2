// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/http.h"
#include "storage/http_server.h"
#include "storage/storage.h"

#include <memory>
#include <optional>
#include <string>

namespace keepsake::storage {

/// A repository on a server that speaks restic's REST protocol (restic's doc/REST_backend.rst):
/// rest-server, or `rclone serve restic`.
struct RestPlace : HttpPlace {};

/// As its owner writes it: "rest:https://user@host/path/".
std::string url_of(const RestPlace& place);

/// Only names of a repository can be stored, and a
/// folder that is not there is an empty one: a server cannot say that a repository is away.
/// Causes beside those of `Storage`: offline, timeout, throttled; invalid for the place itself.
Result<std::unique_ptr<Storage>> make_rest(const RestPlace& place,
                                           const std::optional<HttpLogin>& login,
                                           std::unique_ptr<net::Http> http);

/// The same at an address with its login in it. `where` is for messages; `server` is whatever must
/// be there for as long as the storage is.
std::unique_ptr<Storage> make_rest(std::string where,
                                   net::Url base,
                                   std::unique_ptr<net::Http> http,
                                   std::shared_ptr<void> server = {},
                                   const net::RetryPolicy& patience = server_patience);

}  // namespace keepsake::storage
