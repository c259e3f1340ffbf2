// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"
#include "net/url.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// What servers that keep files and are asked over HTTP have in common, whatever they speak.
namespace keepsake::storage {

/// A folder of one.
struct HttpPlace {
  std::string url;   ///< http or https, without user; its path ends in '/'
  std::string user;  ///< empty: none, or what the environment names
  friend bool operator==(const HttpPlace&, const HttpPlace&) = default;
};

/// Whom the server is told that we are.
struct HttpLogin {
  std::string user;
  Secret password;
};

/// As its owner writes it: "https://user@host/path/".
std::string url_of(const HttpPlace& place);

/// Where requests go to, with the login in it. Causes: invalid.
Result<net::Url> base_of(const HttpPlace& place, const std::optional<HttpLogin>& login);

/// A server that is restarted, or a line that is down for a moment, is waited for.
inline constexpr net::RetryPolicy server_patience{
    .attempts = 4, .first = std::chrono::seconds(1), .longest = std::chrono::minutes(1)};

/// More of an answer that only says whether something was done is not read.
inline constexpr ByteCount longest_complaint{64 << 10};

/// The value of a Range header.
std::string range_of(std::uint64_t position, std::size_t count);

/// Makes a GET one for a part of the file.
net::Request part_of(net::Request get, std::uint64_t position, std::size_t count);

/// Takes the part that was asked for, of an answer that is a success. Causes: unsupported (a whole
/// file for a part), corrupt (another part).
Result<> take_part(const net::Response& answer, std::span<std::byte> buffer);

/// How long the file is that a HEAD asked about. Causes: corrupt.
Result<ByteCount> length_in(const net::Response& answer);

}  // namespace keepsake::storage
