// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "simulate/icloud/http.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace keepsake::simulate::icloud {

/// A place on this machine to listen at; port 0 takes any that is free.
struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// "127.0.0.1:8443". Causes: invalid, also for an address that others could reach.
Result<Listen> parse_listen(std::string_view text);

/// An HTTP server with TLS. Requests are answered by many threads at once.
class Server {
 public:
  using Handler = std::function<Reply(const Request&)>;

  struct Options {
    std::filesystem::path certificate;  ///< PEM files
    std::filesystem::path key;
    std::filesystem::path spool;  ///< where large bodies of requests go; each is its handler's
  };

  /// Takes the port. Causes: conflict when it is taken, invalid for unusable certificates.
  static Result<std::unique_ptr<Server>> bind(const Listen& listen,
                                              const Options& options,
                                              Handler handler);

  virtual ~Server() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;

  /// Serves until it is asked to stop; `ready` is called once, when clients can come.
  virtual Result<> run(const std::function<Result<>()>& ready, std::stop_token stop) = 0;
};

}  // namespace keepsake::simulate::icloud
