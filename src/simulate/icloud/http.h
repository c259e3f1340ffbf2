// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A loopback double of iCloud Photos: enough of Apple's sign-in, setup, database and download
/// services that programs made for the real ones work with it. It knows no socket but in `server`.
namespace keepsake::simulate::icloud {

/// A request as it came, its parts decoded.
struct Request {
  std::string method;
  std::string host;  ///< as the client asked for it, with the port where it named one
  std::string path;
  std::multimap<std::string, std::string> query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<std::filesystem::path> body_file;  ///< instead of `body`, where that is large

  /// The first header of that name, in whatever case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;

  /// A cookie's value without its quotation marks; nothing when it was not sent.
  [[nodiscard]] std::optional<std::string> cookie(std::string_view name) const;

  /// A query parameter; empty when there is none.
  [[nodiscard]] std::string parameter(const std::string& name) const;
};

/// The bytes of a reply that come from a file, or a part of one.
struct Part {
  std::shared_ptr<RandomAccess> file;
  std::uint64_t first = 0;
  ByteCount size;
};

/// How a body goes wrong on its way, for clients that must bear it. Positions count in the body.
struct Mishap {
  std::optional<std::uint64_t> cut_at;   ///< the connection ends before this byte
  std::optional<std::uint64_t> flip_at;  ///< this byte is another one
  std::optional<std::uint64_t> wait_at;  ///< nothing comes for a while before this byte
  std::chrono::milliseconds wait{0};
};

/// What is answered.
struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json; charset=UTF-8";
  std::string body;
  std::optional<Part> part;  ///< instead of `body`
  Mishap mishap;

  void add(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }

  [[nodiscard]] std::uint64_t size() const { return part ? part->size.value : body.size(); }
};

}  // namespace keepsake::simulate::icloud
