// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curl_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <span>
#include <string_view>
#include <utility>

namespace keepsake::net {

namespace {

constexpr long receive_buffer = 256L << 10U;
constexpr int no_hurry = 60'000;  // milliseconds; whoever wants something wakes the thread

curl_slist* appended(curl_slist* list, const std::string& line) {
  auto* const longer = curl_slist_append(list, line.c_str());
  expect(longer != nullptr, "there is memory for a header");
  return longer;
}

/// As curl wants them: a header without a value ends in ';', and one that curl would add of itself
/// is taken out with a mere ':'.
curl::List header_list(const Request& request) {
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request.headers.lines())
    list = appended(list, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  list = appended(list, "Expect:");
  if (!request.headers.find("Content-Type")) list = appended(list, "Content-Type:");
  return curl::List(list);
}

}  // namespace

CurlLoop::CurlLoop(HttpOptions options) : options_(std::move(options)), meter_(options_.rate) {
  curl::prepare();
  multi_.reset(curl_multi_init());
  expect(multi_ != nullptr, "curl can be used");
  curl_multi_setopt(multi_.get(),
                    CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(options_.connections_per_host));
  curl_multi_setopt(multi_.get(),
                    CURLMOPT_MAX_CONCURRENT_STREAMS,
                    static_cast<long>(options_.streams_per_connection));
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

CurlLoop::~CurlLoop() {
  thread_.request_stop();
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

void CurlLoop::begin(std::shared_ptr<Exchange> exchange) {
  orders_.with([&](Orders& orders) {
    ++orders.begun;
    orders.to_begin.push_back(std::move(exchange));
  });
  curl_multi_wakeup(multi_.get());
}

void CurlLoop::look_at(std::shared_ptr<Exchange> exchange) {
  orders_.with([&](Orders& orders) { orders.to_look_at.push_back(std::move(exchange)); });
  curl_multi_wakeup(multi_.get());
}

std::uint64_t CurlLoop::requests() {
  return orders_.with([](const Orders& orders) { return orders.begun; });
}

void CurlLoop::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    take_orders();
    let_through_throttled();
    int still_running = 0;
    curl_multi_perform(multi_.get(), &still_running);
    take_results();
    curl_multi_poll(multi_.get(), nullptr, 0, longest_sleep(), nullptr);
  }
  take_orders();
  while (!running_.empty())
    end(*running_.begin()->first, Error{Cause::cancelled, "interrupted", {}, Scope::run});
}

void CurlLoop::take_orders() {
  auto orders = orders_.with([](Orders& waiting) {
    return Orders{std::exchange(waiting.to_begin, {}), std::exchange(waiting.to_look_at, {})};
  });
  for (auto& exchange : orders.to_begin) start(std::move(exchange));
  for (const auto& exchange : orders.to_look_at) follow(*exchange);
}

void CurlLoop::start(std::shared_ptr<Exchange> exchange) {
  auto running = std::make_unique<Running>();
  running->easy.reset(curl_easy_init());
  expect(running->easy != nullptr, "there is memory for a request");
  running->headers = header_list(exchange->request());
  running->loop = this;
  running->exchange = std::move(exchange);
  describe(*running);
  curl_multi_add_handle(multi_.get(), running->easy.get());
  const Exchange* key = running->exchange.get();
  running_.emplace(key, std::move(running));
}

void CurlLoop::describe(Running& running) const {
  const Request& request = running.exchange->request();
  const auto& easy = running.easy;
  // The multi handle keeps no pointer to `request`: the exchange lives as long as curl has it.
  curl::set(easy, CURLOPT_URL, request.url.text().c_str());
  curl::set(easy, CURLOPT_PRIVATE, running.exchange.get());
  curl::set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (request.url.is_loopback()) curl::set(easy, CURLOPT_NOPROXY, "*");
  curl::set(easy, CURLOPT_HTTPHEADER, running.headers.get());
  if (request.method == "HEAD") {
    curl::set(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    give_body(running);
  }
  if (request.compression == Compression::welcome) curl::set(easy, CURLOPT_ACCEPT_ENCODING, "");
  // Adds to what the system trusts: its folder of certificates stays.
  if (options_.ca_file) curl::set(easy, CURLOPT_CAINFO, options_.ca_file->c_str());
  curl::set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl::set(easy, CURLOPT_PIPEWAIT, 1L);
  curl::set(easy, CURLOPT_NOSIGNAL, 1L);
  curl::set(easy, CURLOPT_BUFFERSIZE, static_cast<long>(meter_.portion(receive_buffer)));
  curl::set(
      easy, CURLOPT_CONNECTTIMEOUT_MS, std::chrono::milliseconds(options_.connect_timeout).count());
  curl::set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl::set(easy, CURLOPT_LOW_SPEED_TIME, options_.stall_timeout.count());
  curl::set(easy, CURLOPT_ERRORBUFFER, running.detail.data());
  curl::set(easy, CURLOPT_HEADERFUNCTION, &head_arrives);
  curl::set(easy, CURLOPT_HEADERDATA, &running);
  curl::set(easy, CURLOPT_WRITEFUNCTION, &body_arrives);
  curl::set(easy, CURLOPT_WRITEDATA, &running);
}

void CurlLoop::give_body(Running& running) const {
  const Request& request = running.exchange->request();
  const auto& easy = running.easy;
  curl::set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.file && !options_.rate) {
    curl::set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl::set(easy, CURLOPT_POSTFIELDS, request.body.data());
    return;
  }
  const auto size = request.file ? request.file->size().value : request.body.size();
  curl::set(easy, CURLOPT_UPLOAD, 1L);
  curl::set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  curl::set(easy, CURLOPT_READFUNCTION, &body_goes);
  curl::set(easy, CURLOPT_READDATA, &running);
  curl::set(easy, CURLOPT_SEEKFUNCTION, &body_goes_again);
  curl::set(easy, CURLOPT_SEEKDATA, &running);
}

/// Goes on with an answer that waited for room, or lets go of one that nobody wants.
void CurlLoop::follow(const Exchange& exchange) {
  const auto found = running_.find(&exchange);
  if (found == running_.end()) return;
  const Running& running = *found->second;
  if (running.exchange->is_abandoned()) {
    end(exchange, Error{Cause::cancelled, "interrupted", {}, Scope::run});
  } else {
    curl_easy_pause(running.easy.get(), CURLPAUSE_CONT);
  }
}

/// Else it is let through when its turn comes.
bool CurlLoop::may_go_on(Running& running, Meter::Time now) {
  if (meter_.free_at() <= now) return true;
  running.throttled = now;
  return false;
}

/// Whoever waits longest, so that nobody waits until the server loses its patience.
void CurlLoop::let_through_throttled() {
  if (meter_.free_at() > std::chrono::steady_clock::now()) return;
  Running* first = nullptr;
  for (auto& [exchange, running] : running_)
    if (running->throttled && (first == nullptr || *running->throttled < *first->throttled))
      first = running.get();
  if (first == nullptr) return;
  first->throttled.reset();
  curl_easy_pause(first->easy.get(), CURLPAUSE_CONT);
}

void CurlLoop::take_results() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Exchange* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    const CURLcode code = message->data.result;
    std::optional<Error> failure;
    if (code != CURLE_OK) {
      const Running& running = *running_.at(exchange);
      failure = curl::error_of(code, running.detail.data());
      failure->where = exchange->request().url.origin();
    }
    end(*exchange, std::move(failure));
  }
}

void CurlLoop::end(const Exchange& exchange, std::optional<Error> failure) {
  const auto found = running_.find(&exchange);
  const auto ending = std::move(found->second);
  running_.erase(found);
  curl_multi_remove_handle(multi_.get(), ending->easy.get());
  ending->exchange->end(std::move(failure));
}

int CurlLoop::longest_sleep() const {
  const bool waits = std::any_of(running_.begin(), running_.end(), [](const auto& entry) {
    return entry.second->throttled.has_value();
  });
  if (!waits) return no_hurry;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(meter_.free_at() -
                                                                 std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, no_hurry));
}

std::size_t CurlLoop::head_arrives(char* data, std::size_t size, std::size_t count, void* running) {
  const std::string_view line(data, size * count);
  return static_cast<Running*>(running)->exchange->take_head_line(line) ? line.size() : 0;
}

std::size_t CurlLoop::body_arrives(char* data, std::size_t size, std::size_t count, void* running) {
  auto& arriving = *static_cast<Running*>(running);
  const std::string_view bytes(data, size * count);
  const auto now = std::chrono::steady_clock::now();
  if (!arriving.loop->may_go_on(arriving, now)) return CURL_WRITEFUNC_PAUSE;
  switch (arriving.exchange->take_body(bytes)) {
    case Exchange::Taken::all:
      arriving.loop->meter_.take(ByteCount{bytes.size()}, now);
      return bytes.size();
    case Exchange::Taken::nothing:
      return CURL_WRITEFUNC_PAUSE;
    case Exchange::Taken::not_wanted:
      break;
  }
  return 0;
}

std::size_t CurlLoop::body_goes(char* data, std::size_t size, std::size_t count, void* running) {
  auto& going = *static_cast<Running*>(running);
  const Request& request = going.exchange->request();
  Meter& meter = going.loop->meter_;
  const auto now = std::chrono::steady_clock::now();
  if (!going.loop->may_go_on(going, now)) return CURL_READFUNC_PAUSE;
  const auto buffer = std::as_writable_bytes(std::span(data, meter.portion(size * count)));
  BytesInMemory in_memory(bytes_of(request.body));
  RandomAccess& body = request.file ? *request.file : static_cast<RandomAccess&>(in_memory);
  const auto read = body.read_at(going.sent, buffer);
  if (!read) return CURL_READFUNC_ABORT;
  meter.take(ByteCount{*read}, now);
  going.sent += *read;
  return *read;
}

/// Over another connection, when the first turned out to be closed.
int CurlLoop::body_goes_again(void* running, curl_off_t from, int origin) {
  if (origin != SEEK_SET || from < 0) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Running*>(running)->sent = static_cast<std::uint64_t>(from);
  return CURL_SEEKFUNC_OK;
}

}  // namespace keepsake::net
