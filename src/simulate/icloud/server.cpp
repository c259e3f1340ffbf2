// SPDX-License-Identifier: GPL-3.0-or-later
// The one file that includes cpp-httplib.
#include "simulate/icloud/server.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/names.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace keepsake::simulate::icloud {

namespace {

constexpr std::size_t workers = 64;
constexpr std::size_t requests_of_a_connection = 100'000;
constexpr std::size_t most_body_in_memory = std::size_t{4} << 20U;
constexpr std::chrono::minutes patience{5};

/// Reads a request's body into memory, and from there on into a file when it is large.
class BodyReader {
 public:
  BodyReader(Request& request, std::filesystem::path spool)
      : request_(request), spool_(std::move(spool)) {}

  bool take(std::string_view bytes) {
    if (file_.is_open()) return bool(file_ << bytes);
    request_.body += bytes;
    return request_.body.size() <= most_body_in_memory || begin_file();
  }

 private:
  bool begin_file() {
    request_.body_file = spool_ / random_token();
    file_.open(*request_.body_file, std::ios::binary);
    const std::string beginning = std::exchange(request_.body, {});
    return bool(file_.write(beginning.data(), std::ssize(beginning)));
  }

  Request& request_;
  std::filesystem::path spool_;
  std::ofstream file_;
};

Request request_of(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.path;
  request.host = from.get_header_value("Host");
  request.query = {from.params.begin(), from.params.end()};
  request.headers = {from.headers.begin(), from.headers.end()};
  return request;
}

/// The bytes of a reply from some place on, with what goes wrong on their way.
class Sender {
 public:
  explicit Sender(Reply reply) : reply_(std::move(reply)) {}

  /// Sends the next piece. False ends the connection.
  bool send(std::uint64_t from, httplib::DataSink& sink) {
    const auto size = reply_.size();
    if (from >= size) {
      sink.done();
      return true;
    }
    auto count = std::min<std::uint64_t>(buffer_.size(), size - from);
    const Mishap& mishap = reply_.mishap;
    if (mishap.cut_at) {
      if (*mishap.cut_at <= from) return false;
      count = std::min(count, *mishap.cut_at - from);
    }
    if (mishap.wait_at && *mishap.wait_at <= from && !waited_) wait(mishap.wait);
    if (mishap.wait_at && *mishap.wait_at > from) count = std::min(count, *mishap.wait_at - from);
    auto piece = std::span(buffer_).first(count);
    if (!read(from, piece)) return false;
    if (mishap.flip_at && *mishap.flip_at >= from && *mishap.flip_at < from + count)
      piece[*mishap.flip_at - from] ^= std::byte{0x20};
    const auto text = text_of(piece);
    return sink.write(text.data(), text.size());
  }

 private:
  void wait(std::chrono::milliseconds time) {
    waited_ = true;
    std::this_thread::sleep_for(time);
  }

  bool read(std::uint64_t from, std::span<std::byte> piece) {
    if (!reply_.part) {
      std::ranges::copy(bytes_of(reply_.body).subspan(from, piece.size()), piece.begin());
      return true;
    }
    const auto count = reply_.part->file->read_at(reply_.part->first + from, piece);
    return count && *count == piece.size();
  }

  Reply reply_;
  Bytes buffer_ = Bytes(std::size_t{256} << 10U);
  bool waited_ = false;
};

/// Everything is written by hand, the length and the range too: a reply that is wrong on purpose
/// must leave as it is.
void write(Reply reply, httplib::Response& to) {
  to.status = reply.status;
  for (const auto& [name, value] : reply.headers) to.set_header(name, value);
  to.set_header("Server", "AppleHttpServer/simulated");
  if (reply.status == 204 || reply.size() == 0) return;
  to.set_header("Content-Length", std::to_string(reply.size()));
  const auto type = reply.content_type;
  // A function that can be copied must be handed over.
  auto sender = std::make_shared<Sender>(std::move(reply));
  to.set_content_provider(type, [sender](std::size_t offset, httplib::DataSink& sink) {
    return sender->send(offset, sink);
  });
}

class TlsServer final : public Server {
 public:
  TlsServer(const Options& options, Handler handler)
      : server_(options.certificate.c_str(), options.key.c_str()),
        spool_(options.spool),
        handler_(std::move(handler)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(workers); };
    server_.set_keep_alive_max_count(requests_of_a_connection);
    server_.set_read_timeout(patience);
    server_.set_write_timeout(patience);
    server_.set_tcp_nodelay(true);
    // The library's own choice lets two servers share one port without knowing.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
      write(handler_(request_of(request)), response);
    };
    const auto with_body = [this](const httplib::Request& request,
                                  httplib::Response& response,
                                  const httplib::ContentReader& body) {
      answer_with_body(request, response, body);
    };
    server_.Get(".*", without_body);
    server_.Options(".*", without_body);
    server_.Post(".*", with_body);
    server_.Put(".*", with_body);
  }

  Result<> take(const Listen& listen) {
    if (!server_.is_valid())
      return fail(Cause::invalid, "the certificate of the simulated server cannot be used");
    const int port = listen.port == 0 ? server_.bind_to_any_port(listen.host)
                     : server_.bind_to_port(listen.host, listen.port) ? listen.port
                                                                      : -1;
    if (port <= 0)
      return fail(Cause::conflict, "{}:{} is in use by another program", listen.host, listen.port);
    port_ = static_cast<std::uint16_t>(port);
    return {};
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  Result<> run(const std::function<Result<>()>& ready, std::stop_token stop) override {
    std::jthread listener([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    const std::stop_callback stops(stop, [this] { server_.stop(); });
    auto result = ready();
    if (!result) server_.stop();
    listener.join();
    return result;
  }

 private:
  void answer_with_body(const httplib::Request& from,
                        httplib::Response& to,
                        const httplib::ContentReader& body) {
    auto request = request_of(from);
    BodyReader reader(request, spool_);
    const bool whole =
        body([&](const char* data, std::size_t size) { return reader.take({data, size}); });
    if (!whole) {
      to.status = 400;
      return;
    }
    write(handler_(request), to);
  }

  httplib::SSLServer server_;
  std::filesystem::path spool_;
  Handler handler_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  Listen listen;
  if (colon != std::string_view::npos) {
    listen.host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), listen.port);
    const bool is_here = listen.host == "localhost" || listen.host.starts_with("127.");
    if (problem == std::errc{} && end == digits.data() + digits.size() && is_here) return listen;
  }
  return fail(Cause::invalid,
              "'{}' is no place on this machine to listen at; give one such as 127.0.0.1:8443",
              text);
}

Result<std::unique_ptr<Server>> Server::bind(const Listen& listen,
                                             const Options& options,
                                             Handler handler) {
  auto server = std::make_unique<TlsServer>(options, std::move(handler));
  TRY(server->take(listen));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace keepsake::simulate::icloud
