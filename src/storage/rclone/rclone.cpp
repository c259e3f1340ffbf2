// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/rclone/rclone.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/text.h"
#include "net/http.h"
#include "net/url.h"
#include "os/child.h"
#include "os/machine.h"
#include "storage/rest/rest.h"
#include "storage/webdav/webdav.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::string_view user = "keepsake";
constexpr std::chrono::seconds start_patience{60};
constexpr std::size_t longest_notice = 64U << 10U;

/// How rclone shows a place to others.
struct Served {
  std::string_view word;    ///< "restic"
  std::string_view notice;  ///< what it says before the address
};

constexpr Served as_repository{"restic", "Serving restic REST API on "};
constexpr Served as_files{"webdav", "WebDav Server started on "};

/// Reads the password from its input, where nobody else sees it, and says at its output what rclone
/// has to say.
std::vector<std::string> rclone_command(const RclonePlace& place, const Served& served) {
  return {"sh",
          "-c",
          "IFS= read -r RCLONE_PASS && export RCLONE_PASS && exec \"$@\" 2>&1",
          "sh",
          "rclone",
          "serve",
          std::string(served.word),
          "--verbose",
          "--addr",
          "127.0.0.1:0",
          "--user",
          std::string(user),
          "--",
          place.remote};
}

/// The program, its notices read for as long as it runs, because it stops when nobody does.
class Server {
 public:
  Server(std::unique_ptr<os::Child> child, const Served& served)
      : child_(std::move(child)), served_(served) {}

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  ~Server() { child_->hang_up(); }

  /// Waits until it serves, and says at which address.
  Result<net::Url> address(const Secret& password) {
    TRY(child_->write(bytes_of(fmt::format("{}\n", password.reveal()))));
    std::string notices;
    for (;;) {
      if (const auto url = address_in(notices)) return with_login(*url, password);
      std::array<std::byte, 4096> block{};
      const auto count = TRY(child_->read(block));
      if (count == 0 || notices.size() > longest_notice) return fail(failure(notices));
      notices += text_of(std::span(block).first(count));
    }
  }

  void read_on() {
    reader_ = std::jthread([this] {
      std::array<std::byte, 4096> block{};
      for (;;) {
        const auto count = child_->read(block);
        if (!count && count.error().cause == Cause::timeout) continue;
        if (!count || *count == 0) return;
      }
    });
  }

 private:
  /// Only once the line is whole.
  [[nodiscard]] std::optional<std::string> address_in(std::string_view notices) const {
    const auto begin = notices.find(served_.notice);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto url = notices.substr(begin + served_.notice.size());
    const auto end = url.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(url.substr(0, end));
  }

  static Result<net::Url> with_login(std::string url, const Secret& password) {
    const auto slashes = url.find("//");
    if (slashes != std::string::npos)
      url.insert(slashes + 2, fmt::format("{}:{}@", user, password.reveal()));
    return net::Url::parse(url);
  }

  static Error failure(std::string_view notices) {
    const auto words = trimmed(notices);
    const auto last = words.substr(words.rfind('\n') + 1);
    if (last.find("not found") != std::string_view::npos &&
        last.find("rclone:") != std::string_view::npos && last.starts_with("sh:"))
      return {Cause::unsupported,
              "this needs the program rclone; install it (apt-get install rclone)",
              {},
              Scope::destination};
    return {Cause::offline,
            fmt::format("rclone cannot serve it: {}", shown(last)),
            {},
            Scope::destination};
  }

  std::unique_ptr<os::Child> child_;
  const Served& served_;
  std::jthread reader_;  ///< ends before the child it reads from
};

/// A server that serves, and how it is asked.
struct Started {
  std::shared_ptr<Server> server;
  net::Url address;
  std::unique_ptr<net::Http> http;
};

Result<Started> start(const RclonePlace& place, const Served& served, const Rate& rate) {
  const Secret password(os::random_id().hex());
  auto child = TRY(os::Child::start(rclone_command(place, served), start_patience));
  auto server = std::make_shared<Server>(std::move(child), served);
  auto address = TRY(server->address(password));
  server->read_on();
  auto http = TRY(net::Http::start({.rate = rate}));
  return Started{std::move(server), std::move(address), std::move(http)};
}

}  // namespace

std::string url_of(const RclonePlace& place) { return "rclone:" + place.remote; }

Result<std::unique_ptr<Storage>> start_rclone(const RclonePlace& place, const Rate& rate) {
  auto started = TRY(start(place, as_repository, rate));
  return make_rest(url_of(place),
                   std::move(started.address),
                   std::move(started.http),
                   std::move(started.server));
}

Result<std::unique_ptr<Storage>> start_rclone_for_files(const RclonePlace& place,
                                                        const Rate& rate) {
  auto started = TRY(start(place, as_files, rate));
  return make_webdav(url_of(place),
                     std::move(started.address),
                     std::move(started.http),
                     server_patience,
                     std::move(started.server));
}

}  // namespace keepsake::storage
