// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"

#include "net/curl_loop.h"
#include "net/exchange.h"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

namespace keepsake::net {

namespace {

constexpr ByteCount download_room{1 << 20};

/// How much of an answer is waited for.
enum class Wanted { head, whole };

/// What was asked, until nobody wants its answer any more.
class Asked final : public Download {
 public:
  Asked(CurlLoop& loop, const Request& request, Wanted wanted, std::stop_token stop)
      : loop_(loop),
        exchange_(std::make_shared<Exchange>(
            request, wanted == Wanted::whole ? request.most_body : download_room)),
        wanted_(wanted),
        stop_(std::move(stop)) {
    loop_.begin(exchange_);
  }

  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  Asked(Asked&&) = delete;
  Asked& operator=(Asked&&) = delete;

  ~Asked() override {
    exchange_->abandon();
    loop_.look_at(exchange_);
  }

  Result<> wait_for_answer() {
    answer_ = TRY(exchange_->wait_for_head(stop_));
    if (wanted_ == Wanted::whole) answer_.body = TRY(exchange_->wait_for_body(stop_));
    return {};
  }

  /// Once.
  Response take_answer() { return std::move(answer_); }

  [[nodiscard]] const Response& head() const override { return answer_; }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(exchange_->read(buffer, stop_));
    if (exchange_->has_room_again()) loop_.look_at(exchange_);
    return count;
  }

 private:
  CurlLoop& loop_;
  std::shared_ptr<Exchange> exchange_;
  Wanted wanted_;
  std::stop_token stop_;
  Response answer_;
};

std::optional<Delay> patience_asked(const Response& answer) {
  const auto value = answer.headers.find("Retry-After");
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return value ? parse_retry_after(*value, now) : std::nullopt;
}

/// Asks until an answer came, or until the request's patience is used up.
Result<std::unique_ptr<Asked>> ask(CurlLoop& loop,
                                   const Request& request,
                                   Wanted wanted,
                                   const std::stop_token& stop) {
  for (int number = 1;; ++number) {
    auto asked = std::make_unique<Asked>(loop, request, wanted, stop);
    const auto came = asked->wait_for_answer();
    const auto cause = came ? cause_of(asked->head().status) : std::optional(came.error().cause);
    const auto patience = patience_asked(asked->head());
    const auto delay = cause
                           ? delay_before(number, *cause, patience, request.retry, system_random())
                           : std::optional<Delay>();
    if (!delay && !came) return fail(came.error());
    if (!delay) return asked;
    TRY(wait(*delay, stop));
  }
}

}  // namespace

std::optional<Cause> cause_of(int status) {
  switch (status) {
    case 429:
    case 503:
      return Cause::throttled;
    case 500:
    case 502:
    case 504:
      return Cause::timeout;
    default:
      return std::nullopt;
  }
}

Result<> wait(Delay delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, delay, [] { return false; });
  if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
  return {};
}

Result<std::unique_ptr<Http>> Http::start(const HttpOptions& options) {
  std::error_code error;
  if (options.ca_file && !std::filesystem::is_regular_file(*options.ca_file, error))
    return fail(Error{Cause::invalid,
                      "there is no such file of certificates",
                      options.ca_file->string(),
                      Scope::run});
  return std::unique_ptr<Http>(new Http(std::make_unique<CurlLoop>(options)));
}

Http::Http(std::unique_ptr<CurlLoop> loop) : loop_(std::move(loop)) {}

Http::~Http() = default;

Result<Response> Http::send(const Request& request, const std::stop_token& stop) {
  const auto asked = TRY(ask(*loop_, request, Wanted::whole, stop));
  return asked->take_answer();
}

Result<std::unique_ptr<Download>> Http::open(const Request& request, const std::stop_token& stop) {
  auto asked = TRY(ask(*loop_, request, Wanted::head, stop));
  return std::unique_ptr<Download>(std::move(asked));
}

std::uint64_t Http::requests() const { return loop_->requests(); }

}  // namespace keepsake::net
