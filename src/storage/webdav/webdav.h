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

/// A folder of a server that speaks WebDAV (RFC 4918): Nextcloud, ownCloud, Apache, a NAS.
struct WebdavPlace : HttpPlace {};

/// As its owner writes it: "webdav+https://user@host/path/".
std::string url_of(const WebdavPlace& place);

/// A file is sent under a name of its own, read back and compared, because no server checks what it
/// stores, and only then gets its name. A large one goes to Nextcloud in chunks. Causes beside those of `Storage`: offline, timeout,
/// throttled; corrupt for a server that stored something else; invalid for the place itself.
Result<std::unique_ptr<Storage>> make_webdav(const WebdavPlace& place,
                                             const std::optional<HttpLogin>& login,
                                             std::unique_ptr<net::Http> http,
                                             const net::RetryPolicy& patience = server_patience);

/// The same for an address that holds user and password. `where` is for messages; `server` is
/// whatever must be there for as long as the storage is.
std::unique_ptr<Storage> make_webdav(std::string where,
                                     net::Url base,
                                     std::unique_ptr<net::Http> http,
                                     const net::RetryPolicy& patience,
                                     std::shared_ptr<void> server = {});

}  // namespace keepsake::storage
