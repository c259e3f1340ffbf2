// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sftp/connection.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/text.h"
#include "os/child.h"
#include "storage/sftp/packet.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace keepsake::storage::sftp {

namespace {

constexpr std::uint32_t protocol_version = 3;
constexpr std::size_t length_bytes = 4;
constexpr std::size_t most_block = most_packet_bytes - 1024;  // the rest of a packet is room enough

std::uint32_t number_in(ByteView four) {
  std::uint32_t value = 0;
  for (const std::byte part : four) value = value << 8U | std::to_integer<std::uint32_t>(part);
  return value;
}

Bytes packet_of(const Bytes& head, const Bytes& body) {
  Bytes packet = Body().number(static_cast<std::uint32_t>(head.size() + body.size())).view();
  packet.insert(packet.end(), head.begin(), head.end());
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

Bytes head_of(Type type, std::uint32_t id) {
  Bytes head{static_cast<std::byte>(type)};
  const Body number = Body().number(id);
  head.insert(head.end(), number.view().begin(), number.view().end());
  return head;
}

/// What ssh complained of decides what can be done about it (openssh/openssh-portable, the messages
/// of ssh.c, sshconnect.c and sshconnect2.c).
Error why_it_broke(std::string_view last_words) {
  const auto said = [&](std::string_view words) {
    return last_words.find(words) != std::string_view::npos;
  };
  if (said("Host key verification failed"))
    return {Cause::denied,
            "the server's key is not the one that is known; connect once by hand with ssh, and "
            "look whether it is really your server",
            {},
            Scope::destination};
  if (said("Permission denied"))
    return {Cause::denied,
            "the server does not let us in: ssh finds no key that it accepts, and passwords "
            "cannot be asked for here",
            {},
            Scope::destination};
  auto line = last_words.substr(0, last_words.find_last_not_of("\r\n") + 1);
  line = line.substr(line.find_last_of('\n') + 1);
  return {Cause::offline,
          line.empty() ? std::string("the connection broke")
                       : fmt::format("the connection broke: {}", shown(line)),
          {},
          Scope::destination};
}

Error silent() {
  return {Cause::timeout, "the server has stopped answering", {}, Scope::destination};
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(std::unique_ptr<os::Child> line) {
  std::unique_ptr<Connection> connection(new Connection(std::move(line)));
  TRY(connection->greet());
  return connection;
}

Connection::Connection(std::unique_ptr<os::Child> line) : line_(std::move(line)) {}

Connection::~Connection() { line_->hang_up(); }

Result<> Connection::greet() {
  const Bytes head{static_cast<std::byte>(Type::init)};
  const auto greeted = line_->write(packet_of(head, Body().number(protocol_version).view()));
  const auto packet = greeted ? next_packet() : Result<Bytes>(fail(greeted.error()));
  if (!packet && packet.error().cause == Cause::timeout) return fail(silent());
  if (!packet) return fail(why_it_broke(line_->last_words()));
  if (packet->front() != static_cast<std::byte>(Type::version))
    return fail(Cause::unsupported, "the other end does not speak SFTP");
  extensions_ = TRY(read_version(ByteView(*packet).subspan(1)));
  greeted_ = true;
  listener_ = std::jthread([this] { listen(); });
  if (!can("limits@openssh.com")) return {};
  const auto answer = TRY(ask(Type::extended, Body().text("limits@openssh.com")));
  const auto limits = TRY(read_limits(answer));
  const auto most = std::min(limits.read, limits.write);
  if (most > block_) block_ = static_cast<std::size_t>(std::min<std::uint64_t>(most, most_block));
  return {};
}

Connection::Answer Connection::send(Type type, const Body& body) {
  std::promise<Result<Reply>> promise;
  auto answer = promise.get_future();
  const std::scoped_lock lock(sending_);
  const auto id = ++last_id_;
  const bool awaited = waiting_.with([&](Waiting& waiting) {
    if (waiting.broken) {
      promise.set_value(fail(*waiting.broken));
      return false;
    }
    waiting.promises.emplace(id, std::move(promise));
    return true;
  });
  // The listener finds out when this fails, and tells everybody who waits.
  if (awaited && !line_->write(packet_of(head_of(type, id), body.view()))) line_->hang_up();
  return answer;
}

bool Connection::can(std::string_view extension) const {
  return extensions_.find(extension) != extensions_.end();
}

bool Connection::is_alive() {
  return waiting_.with([](const Waiting& waiting) { return !waiting.broken; });
}

void Connection::listen() {
  for (;;) {
    const auto taken = take_answer();
    if (taken) continue;
    if (taken.error().cause == Cause::offline) {
      give_up(why_it_broke(line_->last_words()));
    } else {
      give_up(taken.error());
    }
    return;
  }
}

/// Whether what is unanswered now was so already when the line was silent before: a question that
/// was asked at the end of a silence has the next one to be answered in.
bool Connection::somebody_waits_too_long() {
  const auto oldest = waiting_.with([](const Waiting& waiting) {
    return waiting.promises.empty() ? 0 : waiting.promises.begin()->first;
  });
  return oldest != 0 && std::exchange(oldest_unanswered_, oldest) == oldest;
}

Result<> Connection::take_answer() {
  const auto packet = TRY(next_packet());
  if (packet.size() < 1 + length_bytes)
    return fail(Cause::internal, "the server's answer cannot be understood");
  const auto id = number_in(ByteView(packet).subspan(1, length_bytes));
  Reply reply{.type = static_cast<Type>(packet.front()),
              .body = Bytes(packet.begin() + 1 + length_bytes, packet.end())};
  const bool known = waiting_.with([&](Waiting& waiting) {
    const auto found = waiting.promises.extract(id);
    if (!found.empty()) found.mapped().set_value(std::move(reply));
    return !found.empty();
  });
  if (!known) return fail(Cause::internal, "the server answers what it was not asked");
  return {};
}

Result<Bytes> Connection::next_packet() {
  std::array<std::byte, length_bytes> prefix{};
  TRY(read_exactly(prefix));
  const auto length = number_in(prefix);
  if (length == 0 || length > most_packet_bytes)
    return fail(Cause::internal, "the server's answer claims {} bytes", length);
  Bytes packet(length);
  TRY(read_exactly(packet));
  return packet;
}

Result<> Connection::read_exactly(std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    const auto read = line_->read(buffer);
    const bool silence = !read && read.error().cause == Cause::timeout;
    if (silence && greeted_ && !somebody_waits_too_long()) continue;
    if (silence) return fail(silent());
    const auto count = TRY(read);
    if (count == 0) return fail(Cause::offline, "the connection broke");
    buffer = buffer.subspan(count);
  }
  return {};
}

void Connection::give_up(const Error& why) {
  auto left = waiting_.with([&](Waiting& waiting) {
    waiting.broken = why;
    return std::exchange(waiting.promises, {});
  });
  for (auto& [id, promise] : left) promise.set_value(fail(why));
}

}  // namespace keepsake::storage::sftp
