// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/rate.h"
#include "base/result.h"
#include "net/headers.h"
#include "net/retry.h"
#include "net/url.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace keepsake::net {

class CurlLoop;

/// Whether an answer may come compressed. A part of a file never may.
enum class Compression { none, welcome };

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers{};
  std::string body{};
  std::shared_ptr<RandomAccess> file{};  ///< sent as the body, where one is too large for memory
  Compression compression = Compression::none;
  ByteCount most_body{32 << 20};  ///< a longer answer is refused; not for downloads
  /// For a failed connection, an answer that the server could not give (500, 502, 504) and one that
  /// asks for patience (429, 503). Without it nothing is ever sent twice.
  RetryPolicy retry{};
};

struct Response {
  int status = 0;
  Headers headers{};
  std::string body{};

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

/// What a status that is no success means wherever it comes from; nothing for the others, which
/// only the caller understands.
std::optional<Cause> cause_of(int status);

/// The bytes of an answer as they come. Only a bounded part of them is in memory: whoever reads
/// slowly slows the server down. For one thread.
class Download {
 public:
  virtual ~Download() = default;

  /// Status and headers; no body.
  [[nodiscard]] virtual const Response& head() const = 0;

  /// At least one byte, or 0 at the end. Causes: offline, timeout, corrupt, cancelled.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
};

struct HttpOptions {
  std::optional<std::filesystem::path> ca_file{};  ///< trusted besides what the system trusts
  std::size_t connections_per_host = 8;
  std::size_t streams_per_connection = 8;  ///< of HTTP/2, before another connection is made
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60};  ///< without a single byte; there is no limit in all
  Rate rate{};                             ///< of all bodies together, both ways
};

/// The one HTTP client: a thread of its own runs all transfers, the rest of the program just asks
/// and waits. HTTP/2 where the server speaks it; connections are used again. An answer of whatever
/// status is an answer: only what kept it from coming is an error. Redirects are not followed. May
/// be used by several threads.
class Http {
 public:
  /// Causes: invalid (the CA file).
  static Result<std::unique_ptr<Http>> start(const HttpOptions& options);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  Http(Http&&) = delete;
  Http& operator=(Http&&) = delete;

  /// Asks and waits for the whole answer. When `retry` is used up, the last answer or error counts.
  /// Causes: offline, timeout, denied (the server's certificate), corrupt, cancelled.
  Result<Response> send(const Request& request, const std::stop_token& stop);

  /// Asks and waits for the head of the answer; the body is read from the download, which must not
  /// outlive this. Causes: as `send`.
  Result<std::unique_ptr<Download>> open(const Request& request, const std::stop_token& stop);

  /// How often anything was sent so far.
  [[nodiscard]] std::uint64_t requests() const;

 private:
  explicit Http(std::unique_ptr<CurlLoop> loop);

  std::unique_ptr<CurlLoop> loop_;
};

/// Waits, unless it is told to stop. Causes: cancelled.
Result<> wait(Delay delay, const std::stop_token& stop);

}  // namespace keepsake::net
