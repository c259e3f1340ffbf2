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

/// A folder of a server that speaks WebDAV (RFC 4918): Nextcloud, ownCloud, Apache, a NAS.
struct WebdavPlace {
  std::string url;   ///< http or https, without user; its path ends in '/'
  std::string user;  ///< empty: none, or what the environment names
  friend bool operator==(const WebdavPlace&, const WebdavPlace&) = default;
};

/// As its owner writes it: "webdav+https://user@host/path/".
std::string url_of(const WebdavPlace& place);

/// A server that is restarted, or a line that is down for a moment, is waited for.
inline constexpr net::RetryPolicy webdav_patience{
    .attempts = 4, .first = std::chrono::seconds(1), .longest = std::chrono::minutes(1)};

/// Whom the server is told that we are.
struct WebdavLogin {
  std::string user;
  Secret password;
};

/// A file is sent under a name of its own, read back and compared, because no server checks what it
/// stores, and only then gets its name. Causes beside those of `Storage`: offline, timeout,
/// throttled; corrupt for a server that stored something else; invalid for the place itself.
Result<std::unique_ptr<Storage>> make_webdav(const WebdavPlace& place,
                                             const std::optional<WebdavLogin>& login,
                                             std::unique_ptr<net::Http> http,
                                             const net::RetryPolicy& patience = webdav_patience);

/// The same for an address that holds user and password. `where` is for messages; `server` is
/// whatever must be there for as long as the storage is.
std::unique_ptr<Storage> make_webdav(std::string where,
                                     net::Url base,
                                     std::unique_ptr<net::Http> http,
                                     const net::RetryPolicy& patience,
                                     std::shared_ptr<void> server = {});

}  // namespace keepsake::storage
