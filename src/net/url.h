// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The network, as far as HTTP goes. The one room that includes curl; it knows no service.
namespace keepsake::net {

/// An http or https address that can be asked. Characters that may not stand in one are encoded;
/// the fragment is left out. What may be secret in it, user and query, is only in `text`.
class Url {
 public:
  /// Causes: invalid.
  static Result<Url> parse(std::string_view text);

  [[nodiscard]] bool is_secure() const { return is_secure_; }

  /// In lower case; an IPv6 address without its brackets.
  [[nodiscard]] const std::string& host() const { return host_; }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Path and query; begins with '/'.
  [[nodiscard]] const std::string& target() const { return target_; }

  [[nodiscard]] std::string_view path() const;

  /// "https://host", with the port where it is not the scheme's own.
  [[nodiscard]] std::string origin() const;

  /// Another path, and query, at the same origin.
  [[nodiscard]] Url at(std::string_view target) const;

  /// Whether it can only be this machine.
  [[nodiscard]] bool is_loopback() const;

  /// Whole. Hand it on at once; never log it.
  [[nodiscard]] std::string text() const;

  /// For people and logs.
  [[nodiscard]] std::string shown() const { return origin() + std::string(path()); }

  friend bool operator==(const Url&, const Url&) = default;

 private:
  Url() = default;

  bool is_secure_ = true;
  std::string user_;  ///< "name:password@", or nothing
  std::string host_;
  std::uint16_t port_ = 0;
  std::string target_;
};

/// Text as it stands in a path's part or a query's value.
std::string encoded(std::string_view text);

/// The same part by part: what stands between slashes.
std::string encoded_path(std::string_view path);

/// The reverse of `encoded`. Nothing where a '%' is not followed by two digits.
std::optional<std::string> decoded(std::string_view text);

}  // namespace keepsake::net
