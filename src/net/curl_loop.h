// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/rate.h"
#include "net/curl.h"
#include "net/exchange.h"
#include "net/http.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace keepsake::net {

/// The thread that runs curl.
class CurlLoop {
 public:
  explicit CurlLoop(HttpOptions options);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  CurlLoop(CurlLoop&&) = delete;
  CurlLoop& operator=(CurlLoop&&) = delete;

  // For any thread.

  void begin(std::shared_ptr<Exchange> exchange);

  /// There is room for more of the answer, or nobody wants it any more.
  void look_at(std::shared_ptr<Exchange> exchange);

  std::uint64_t requests();

 private:
  /// A request that curl has.
  struct Running {
    std::shared_ptr<Exchange> exchange;
    curl::Easy easy;
    curl::List headers;
    std::array<char, CURL_ERROR_SIZE> detail{};
    CurlLoop* loop = nullptr;
    std::uint64_t sent = 0;                  ///< of a body that is asked for piece by piece
    std::optional<Meter::Time> throttled{};  ///< since when it waits for the meter
  };

  struct Orders {
    std::vector<std::shared_ptr<Exchange>> to_begin;
    std::vector<std::shared_ptr<Exchange>> to_look_at;
    std::uint64_t begun = 0;
  };

  void run(const std::stop_token& stop);
  void take_orders();
  void start(std::shared_ptr<Exchange> exchange);
  void describe(Running& running) const;
  void give_body(Running& running) const;
  void follow(const Exchange& exchange);
  bool may_go_on(Running& running, Meter::Time now);
  void let_through_throttled();
  void take_results();
  void end(const Exchange& exchange, std::optional<Error> failure);
  [[nodiscard]] int longest_sleep() const;

  static std::size_t head_arrives(char* data, std::size_t size, std::size_t count, void* running);
  static std::size_t body_arrives(char* data, std::size_t size, std::size_t count, void* running);
  static std::size_t body_goes(char* data, std::size_t size, std::size_t count, void* running);
  static int body_goes_again(void* running, curl_off_t from, int origin);

  const HttpOptions options_;
  Guarded<Orders> orders_;
  curl::Multi multi_;  ///< used by the thread alone, but for waking it

  // The thread's own.
  std::map<const Exchange*, std::unique_ptr<Running>> running_;
  Meter meter_;

  std::jthread thread_;  ///< ends before all of the above
};

}  // namespace keepsake::net
