// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "os/child.h"
#include "storage/sftp/packet.h"

#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>

namespace keepsake::storage::sftp {

/// One conversation with a server, over a program that carries it there (ssh). Any number of
/// questions are under way at once, from any threads; the answers come in any order.
class Connection {
 public:
  using Answer = std::future<Result<Reply>>;

  /// Greets the server. Causes: offline, denied, unsupported.
  static Result<std::unique_ptr<Connection>> open(std::unique_ptr<os::Child> line);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  /// Sends a request and does not wait. An answer that nobody asks for is dropped.
  Answer send(Type type, const Body& body);

  /// Sends a request and waits for its answer.
  Result<Reply> ask(Type type, const Body& body) { return send(type, body).get(); }

  [[nodiscard]] bool can(std::string_view extension) const;

  /// How many bytes one request may read or write.
  [[nodiscard]] std::size_t block() const { return block_; }

  /// False from the moment that the line broke: nothing is answered any more.
  [[nodiscard]] bool is_alive();

 private:
  /// Who waits for which answer; after the line broke, nobody, and why.
  struct Waiting {
    std::map<std::uint32_t, std::promise<Result<Reply>>> promises;
    std::optional<Error> broken;
  };

  explicit Connection(std::unique_ptr<os::Child> line);

  Result<> greet();
  void listen();
  bool somebody_waits_too_long();
  Result<> take_answer();
  Result<Bytes> next_packet();
  Result<> read_exactly(std::span<std::byte> buffer);
  void give_up(const Error& why);

  const std::unique_ptr<os::Child> line_;
  Extensions extensions_;            ///< since the greeting
  std::size_t block_ = 32UL * 1024;  ///< what every server takes, or more since the greeting
  std::mutex sending_;               ///< one request after the other, and the ids of requests
  std::uint32_t last_id_ = 0;
  Guarded<Waiting> waiting_;
  bool greeted_ = false;                 ///< set before there is a listener
  std::uint32_t oldest_unanswered_ = 0;  ///< when the line was silent last; the listener's own
  std::jthread listener_;
};

}  // namespace keepsake::storage::sftp
