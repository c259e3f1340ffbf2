// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/http.h"
#include "os/machine.h"
#include "storage/http_server.h"
#include "storage/s3/login.h"
#include "storage/storage.h"

#include <chrono>
#include <memory>
#include <string>

namespace keepsake::storage {

/// A bucket of a server that speaks S3, and a folder in it.
struct S3Place {
  std::string endpoint;  ///< "https://host" or "https://host:port"
  std::string bucket;
  std::string prefix;  ///< the folder, without a '/' around it; empty for the bucket itself
  std::string storage_class{};  ///< of photos and packs; empty for the bucket's own
  int locked_days = 0;          ///< for which nobody can delete what is stored; of vaults alone
  friend bool operator==(const S3Place&, const S3Place&) = default;
};

/// As its owner writes it: "s3:https://host/bucket/prefix".
std::string url_of(const S3Place& place);

/// Whether files of that class can be read at once; those of an archive must be brought back first.
/// What a program reads at every start is never stored in one but the bucket's own.
bool is_class_to_read_from(std::string_view storage_class);

/// Buckets of AWS are asked at a host of their own, all others by path. A region that is not the
/// bucket's is corrected once by what the server says. Every body is sent with its SHA-256, signed,
/// and its MD5, and of several writers of one name one gets it where the server can promise that
/// (If-None-Match). What is stored locked (COMPLIANCE mode of object lock) is looked at once, and a
/// bucket is proven to keep locks when it is made or added: some servers accept and forget them.
/// Causes beside those of `Storage`: offline, timeout, throttled; absent for a
/// bucket that is not there; invalid for the place itself.
Result<std::unique_ptr<Storage>> make_s3(const S3Place& place,
                                         s3::Login login,
                                         std::unique_ptr<net::Http> http,
                                         const net::RetryPolicy& patience = server_patience,
                                         os::Clock& clock = os::system_clock());

}  // namespace keepsake::storage
