// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sftp/sftp.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/channel.h"
#include "base/result.h"
#include "os/child.h"
#include "storage/sftp/paced_line.h"
#include "storage/sftp/packet.h"
#include "storage/storage.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::chrono_literals;
using storage::sftp::Body;
using storage::sftp::Type;

namespace {

constexpr const char* real_server = "/usr/lib/openssh/sftp-server";

/// What the other end does with one request; nothing: it hangs up.
using Answer = std::function<std::optional<Bytes>(Type type, const Bytes& id)>;

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes packet(Type type, const Bytes& rest) {
  const auto length = static_cast<std::uint32_t>(rest.size() + 1);
  return Body().number(length).view() + Bytes{static_cast<std::byte>(type)} + rest;
}

Bytes status(const Bytes& id, std::uint32_t code) {
  return packet(Type::status, id + Body().number(code).text("").text("").view());
}

/// A server of a few words that says only what the test wants, whatever it is asked.
class ScriptedServer final : public os::Child {
 public:
  ScriptedServer(Answer answer, std::string last_words)
      : answer_(std::move(answer)), last_words_(std::move(last_words)) {}

  Result<> write(ByteView request) override {
    const auto type = static_cast<Type>(request[4]);
    const Bytes id(request.begin() + 5, request.begin() + 9);
    auto said =
        type == Type::init ? packet(Type::version, Body().number(3).view()) : answer_(type, id);
    if (!said) {
      answers_.close();
      return {};
    }
    answers_.send(*std::move(said), never_);
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (rest_.empty()) {
      auto next = answers_.receive(never_);
      if (!next) return std::size_t{0};
      rest_ = *std::move(next);
    }
    const auto count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), count, buffer.begin());
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

  void hang_up() override { answers_.close(); }

  std::string last_words() override { return last_words_; }

 private:
  Answer answer_;
  std::string last_words_;
  std::stop_token never_;
  Channel<Bytes> answers_{1000};
  Bytes rest_;
};

/// A line to a real server that breaks under the request after so many.
class BreakingLine final : public os::Child {
 public:
  BreakingLine(std::unique_ptr<os::Child> line, int requests)
      : line_(std::move(line)), requests_(requests) {}

  Result<> write(ByteView bytes) override {
    if (requests_-- > 0) return line_->write(bytes);
    line_->hang_up();
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override { return line_->read(buffer); }

  void hang_up() override { line_->hang_up(); }

  std::string last_words() override { return line_->last_words(); }

 private:
  std::unique_ptr<os::Child> line_;
  int requests_;
};

std::unique_ptr<storage::Storage> storage_of(Answer answer, std::string last_words = {}) {
  return storage::make_sftp(
      {.user = "ann", .host = "nas", .port = 2022, .path = "/photos", .ssh = "ssh"},
      [answer = std::move(answer), last_words = std::move(last_words)] {
        return Result<std::unique_ptr<os::Child>>(
            std::make_unique<ScriptedServer>(answer, last_words));
      });
}

Bytes attributes(const Bytes& id, std::uint32_t mode, std::uint64_t size) {
  return packet(Type::attrs, id + Body().number(0x05).large(size).number(mode).view());
}

/// A line that is silent for long between its greeting and its answer.
class IdleLine final : public os::Child {
 public:
  Result<> write(ByteView bytes) override { return server_.write(bytes); }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const bool has_greeted = reads_++ > 1;
    if (has_greeted && silences_++ < 1) return fail(Cause::timeout, "nothing is said");
    return server_.read(buffer);
  }

  void hang_up() override { server_.hang_up(); }

  std::string last_words() override { return {}; }

 private:
  ScriptedServer server_{[](Type, const Bytes& id) { return attributes(id, 0100600, 7); },
                         std::string()};
  int reads_ = 0;
  int silences_ = 0;
};

}  // namespace

TEST_CASE("a program that carries no conversation is told apart by what it complains of") {
  struct Row {
    const char* complaint;
    Cause cause;
  };

  for (const Row& row :
       {Row{"Host key verification failed.\r\n", Cause::denied},
        Row{"ann@nas: Permission denied (publickey).\r\n", Cause::denied},
        Row{"ssh: Could not resolve hostname nas: Name or service not known\r\n", Cause::offline},
        Row{"", Cause::offline}}) {
    CAPTURE(row.complaint);
    const auto storage = storage::make_sftp({}, [&] {
      return os::Child::start({"sh", "-c", "printf '%s' \"$0\" >&2", row.complaint});
    });

    CHECK(storage->list("index").error().cause == row.cause);
  }
}

TEST_CASE("a program that is not there is named") {
  const auto storage =
      storage::make_sftp({}, [] { return os::Child::start({"no-such-program-as-this"}); });

  const auto error = storage->size_of("config").error();

  CHECK(error.message().find("no-such-program-as-this") != std::string::npos);
}

TEST_CASE("a server that speaks something else is not taken for one without files") {
  const auto storage =
      storage::make_sftp({}, [] { return os::Child::start({"sh", "-c", "echo Welcome to nas"}); });

  CHECK_FALSE(storage->list("index"));
  CHECK_FALSE(storage->size_of("config"));
}

TEST_CASE("a server that stops answering is given up, at the greeting and after it") {
  for (const char* const server :
       {"exec cat >/dev/null", "printf '\\0\\0\\0\\5\\2\\0\\0\\0\\3'; exec cat >/dev/null"}) {
    CAPTURE(server);
    const auto storage =
        storage::make_sftp({}, [&] { return os::Child::start({"sh", "-c", server}, 50ms); });

    CHECK(storage->list("index").error().cause == Cause::timeout);
  }
}

TEST_CASE("a line on which nothing was asked for a while is as good as before") {
  const auto storage = storage::make_sftp(
      {}, [] { return Result<std::unique_ptr<os::Child>>(std::make_unique<IdleLine>()); });

  CHECK(storage->size_of("config").value() == ByteCount{7});
}

TEST_CASE("a line that breaks under a question is offline, never an empty answer") {
  const auto storage = storage_of([](Type, const Bytes&) { return std::nullopt; },
                                  "Connection to nas closed by remote host.\r\n");

  const auto error = storage->list("snapshots").error();

  CHECK(error.cause == Cause::offline);
  CHECK(error.what.find("closed by remote host") != std::string::npos);
  CHECK(storage->size_of("config").error().cause == Cause::offline);
}

TEST_CASE("a broken line is opened again with the next question") {
  const TempFolder folder;
  folder.write("config", "sealed");
  int lines = 0;
  const auto storage = storage::make_sftp(
      {.user = "", .host = "here", .port = 0, .path = folder.path().string(), .ssh = ""},
      [&]() -> Result<std::unique_ptr<os::Child>> {
        auto server = TRY(os::Child::start({real_server}));
        if (++lines > 1) return server;
        return std::unique_ptr<os::Child>(std::make_unique<BreakingLine>(std::move(server), 3));
      });

  REQUIRE(storage->size_of("config").value() == ByteCount{6});
  CHECK(storage->size_of("config").error().cause == Cause::offline);

  CHECK(storage->size_of("config").value() == ByteCount{6});
  CHECK(lines == 2);
}

TEST_CASE("an answer without end is not waited for in memory") {
  const auto storage =
      storage_of([](Type, const Bytes&) { return Body().number(0xfffffff0).number(1).view(); });

  CHECK(storage->size_of("config").error().cause == Cause::internal);
}

TEST_CASE("an answer to what nobody asked ends the conversation") {
  const auto storage =
      storage_of([](Type, const Bytes&) { return status(Body().number(4711).view(), 0); });

  CHECK(storage->size_of("config").error().cause == Cause::internal);
}

TEST_CASE("torn and nonsensical answers are errors, never files") {
  const std::vector<Bytes> rests{
      {}, Body().number(0x01).view(), Body().number(0x80000000).number(0xffffffff).view()};
  for (const Bytes& rest : rests) {
    const auto storage =
        storage_of([&](Type, const Bytes& id) { return packet(Type::attrs, id + rest); });

    CHECK(storage->size_of("config").error().cause == Cause::internal);
  }
}

TEST_CASE("a server that gives more than it was asked for is not believed") {
  constexpr std::uint32_t file = 0100644;
  const auto storage = storage_of([](Type type, const Bytes& id) {
    if (type == Type::lstat) return attributes(id, file, 10);
    if (type == Type::open) return packet(Type::handle, id + Body().text("h").view());
    return packet(Type::data, id + Body().text("much more than ten bytes").view());
  });

  CHECK(storage->read_all("config", ByteCount{100}).error().cause == Cause::internal);
}

TEST_CASE("a file that ends before the size that was said is damaged, not short") {
  constexpr std::uint32_t file = 0100644;
  constexpr std::uint32_t end_of_file = 1;
  int reads = 0;
  const auto storage = storage_of([&](Type type, const Bytes& id) {
    if (type == Type::lstat) return attributes(id, file, 10);
    if (type == Type::open) return packet(Type::handle, id + Body().text("h").view());
    if (type == Type::read && reads++ == 0)
      return packet(Type::data, id + Body().text("four").view());
    return status(id, end_of_file);
  });

  CHECK(storage->read_all("config", ByteCount{100}).error().cause == Cause::corrupt);
}

TEST_CASE("an upload that did not arrive whole gets no name") {
  constexpr std::uint32_t file = 0100600;
  std::vector<Type> asked;
  const auto storage = storage_of([&](Type type, const Bytes& id) {
    asked.push_back(type);
    if (type == Type::open) return packet(Type::handle, id + Body().text("h").view());
    if (type == Type::lstat) return attributes(id, file, 3);
    return status(id, 0);
  });

  CHECK(storage->put("config", bytes_of("four")).error().cause == Cause::corrupt);
  CHECK(std::ranges::count(asked, Type::rename) == 0);
  CHECK(std::ranges::count(asked, Type::remove) == 1);
}

TEST_CASE("ssh is asked for a conversation and nothing else") {
  const auto words = storage::ssh_command({.user = "ann",
                                           .host = "nas",
                                           .port = 2022,
                                           .path = "/photos",
                                           .ssh = "ssh -F /home/ann/config"});

  CHECK(words.front() == "ssh");
  CHECK(words[1] == "-F");
  CHECK(std::vector<std::string>(words.end() - 8, words.end()) ==
        std::vector<std::string>{"-l", "ann", "-p", "2022", "-s", "--", "nas", "sftp"});
}

TEST_CASE("over a paced line every piece asks whether it may go now, and all of it arrives") {
  int asked = 0;
  const auto rate = [&] {
    ++asked;
    return ByteCount{400'000};
  };
  const auto echo = storage::sftp::paced(os::Child::start({"cat"}).value(), rate);
  const Bytes sent(200'000, std::byte{7});

  REQUIRE(echo->write(ByteView(sent).first(20)));
  const std::jthread writer([&] { REQUIRE(echo->write(ByteView(sent).subspan(20))); });
  Bytes received;
  while (received.size() < sent.size()) {
    Bytes block(400'000);
    const auto count = echo->read(block).value();
    REQUIRE(count > 0);
    received.insert(
        received.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }

  CHECK(received == sent);
  CHECK(asked >= 8);
}
