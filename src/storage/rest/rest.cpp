// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/rest/rest.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "base/json.h"
#include "base/path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "net/http.h"
#include "net/url.h"
#include "storage/storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::string_view list_format = "application/vnd.x.restic.rest.v2";
constexpr ByteCount longest_list{std::uint64_t{1} << 30U};  // of some ten million packs
constexpr ByteCount longest_complaint{64 << 10};

/// The protocol knows packs by their names alone: "data/5e/5e0c" is its "data/5e0c".
std::string target_of(const RelativePath& name) {
  std::string_view text = name.text();
  const auto first = text.substr(0, text.find('/'));
  if (first == "data") text = text.substr(text.rfind('/') + 1);
  std::string target;
  if (first == "data") target = "data/";
  for (;;) {
    const auto slash = text.find('/');
    target += net::encoded(text.substr(0, slash));
    if (slash == std::string_view::npos) return target;
    target += '/';
    text.remove_prefix(slash + 1);
  }
}

/// What an answer that is no success says.
Error refusal(const net::Response& answer) {
  switch (answer.status) {
    case 401:
      return {Cause::denied,
              "the server does not take the user and password (they come from the address and "
              "RESTIC_REST_USERNAME, RESTIC_REST_PASSWORD)",
              {},
              Scope::destination};
    case 403:
      return {Cause::denied, "the server does not allow it", {}, Scope::destination};
    case 404:
      return {Cause::not_found, "it is not there", {}, Scope::asset};
    case 507:
      return {Cause::full, "the server has no room left", {}, Scope::destination};
    default:
      const auto cause = net::cause_of(answer.status);
      return {cause.value_or(Cause::internal),
              fmt::format("the server answered with status {}", answer.status),
              {},
              cause ? Scope::destination : Scope::asset};
  }
}

/// The names and sizes in a list of the protocol's second version.
Result<std::vector<Listed>> read_list(const net::Response& answer) {
  if (answer.headers.find("Content-Type").value_or("") != list_format)
    return fail(Error{Cause::unsupported,
                      "the server knows only the first version of restic's REST protocol, which "
                      "tells no sizes",
                      {},
                      Scope::destination});
  // The reader takes objects alone.
  const auto document =
      TRY(json::Document::parse(fmt::format("{{\"files\":{}}}", answer.body), longest_list));
  const auto list = TRY(json::needed(document.root(), "files"));
  std::vector<Listed> files;
  for (const json::element entry : TRY(json::list(list, "files"))) {
    const auto file = TRY(json::object_in(entry, "file"));
    const auto named = TRY(json::needed(file, "name"));
    const auto sized = TRY(json::needed(file, "size"));
    const auto name = TRY(json::text(named, "name"));
    const auto size = TRY(json::number(sized, "size"));
    files.push_back({.name = std::string(name), .size = ByteCount{size}});
  }
  std::ranges::sort(files, {}, &Listed::name);
  return files;
}

/// The server, one request each.
class Server {
 public:
  Server(net::Url base, std::unique_ptr<net::Http> http, const net::RetryPolicy& patience)
      : base_(std::move(base)), http_(std::move(http)), patience_(patience) {}

  /// Every file of a type.
  Result<std::vector<Listed>> list(const std::string& type) {
    auto request = asking("GET", type + "/");
    request.headers.set("Accept", list_format);
    request.most_body = longest_list;
    const auto answer = TRY(send(request));
    if (answer.status == 404) return std::vector<Listed>{};
    if (!answer.is_success()) return fail(refusal(answer));
    return read_list(answer);
  }

  Result<std::optional<ByteCount>> size_of(const RelativePath& name) {
    const auto answer = TRY(send(asking("HEAD", target_of(name))));
    if (answer.status == 404) return std::nullopt;
    if (!answer.is_success()) return fail(refusal(answer));
    const auto length = answer.headers.find("Content-Length");
    std::uint64_t size = 0;
    if (!length ||
        std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc())
      return fail(Cause::corrupt, "the server does not say how long it is");
    return ByteCount{size};
  }

  /// Fills the buffer from that position on; the file has that much.
  Result<> read(const RelativePath& name, std::uint64_t position, std::span<std::byte> buffer) {
    if (buffer.empty()) return {};
    auto request = asking("GET", target_of(name));
    request.headers.set("Range",
                        fmt::format("bytes={}-{}", position, position + buffer.size() - 1));
    request.most_body = ByteCount{buffer.size() + longest_complaint.value};
    const auto answer = TRY(send(request));
    if (!answer.is_success()) return fail(refusal(answer));
    if (answer.status != 206)
      return fail(
          Error{Cause::unsupported, "the server sends no parts of files", {}, Scope::destination});
    if (answer.body.size() != buffer.size())
      return fail(Cause::corrupt,
                  "the server sent {} bytes where {} were asked for",
                  answer.body.size(),
                  buffer.size());
    std::ranges::copy(bytes_of(answer.body), buffer.begin());
    return {};
  }

  /// Causes: conflict when the server gives no name away twice and has other bytes of this one.
  Result<> store(const RelativePath& name, std::string bytes) {
    auto request = asking("POST", target_of(name));
    request.headers.set("Content-Type", "application/octet-stream");
    request.body = std::move(bytes);
    const auto answer = TRY(send(request));
    if (answer.is_success()) return {};
    if (answer.status != 403) return fail(refusal(answer));
    // A server that only appends says the same of a second attempt whose first one arrived.
    const auto there = TRY(size_of(name));
    if (!there) return fail(refusal(answer));
    Bytes stored(there->value <= request.body.size() ? there->value : 0);
    if (stored.size() == request.body.size()) {
      TRY(read(name, 0, stored));
      if (text_of(stored) == request.body) return {};
    }
    return fail(Cause::conflict, "there is one of that name already");
  }

  Result<> remove(const RelativePath& name) {
    const auto answer = TRY(send(asking("DELETE", target_of(name))));
    if (answer.is_success() || answer.status == 404) return {};
    return fail(refusal(answer));
  }

  /// Where it is not there yet.
  Result<> make_repository() {
    const auto answer = TRY(send(asking("POST", "?create=true")));
    if (answer.is_success() || answer.status == 403) return {};  // what is there stays
    return fail(refusal(answer));
  }

 private:
  [[nodiscard]] net::Request asking(std::string method, std::string_view target) const {
    net::Request request{.method = std::move(method),
                         .url = base_.at(fmt::format("{}{}", base_.target(), target))};
    request.most_body = longest_complaint;
    request.retry = patience_;
    return request;
  }

  Result<net::Response> send(const net::Request& request) {
    return http_->send(request, {}).map_error(reaching(Scope::destination));
  }

  net::Url base_;
  std::unique_ptr<net::Http> http_;
  net::RetryPolicy patience_;
};

/// Of several writers of one name in this program, one gets it. (Writers elsewhere choose names
/// that nobody else has, as every file of a repository but its config is named by its content.)
class NamesBeingWritten {
 public:
  bool begin(const std::string& name) {
    return names_.with([&](std::set<std::string>& names) { return names.insert(name).second; });
  }

  void end(const std::string& name) {
    names_.with([&](std::set<std::string>& names) { names.erase(name); });
  }

 private:
  Guarded<std::set<std::string>> names_;
};

class Rest final : public Storage {
 public:
  Rest(std::string where,
       net::Url base,
       std::unique_ptr<net::Http> http,
       std::shared_ptr<void> kept,
       const net::RetryPolicy& patience)
      : where_(std::move(where)),
        kept_(std::move(kept)),
        server_(std::move(base), std::move(http), patience) {}

  [[nodiscard]] std::string where() const override { return where_; }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    if (path.text() == "data") return std::vector<Listed>{};  // packs are in folders of it
    if (!path.is_root()) return server_.list(path.text());
    const auto config = TRY(server_.size_of(RelativePath::known("config")));
    std::vector<Listed> files;
    if (config) files.push_back({.name = "config", .size = *config});
    return files;
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    auto files = TRY(server_.list(path.text()));
    if (path.text() == "data")
      for (Listed& file : files) file.name.insert(0, file.name.substr(0, 2) + '/');
    return files;
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return server_.size_of(path);
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override;

  Result<> put(std::string_view name, ByteView bytes) override {
    return store(name, std::string(text_of(bytes)));
  }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override;

  /// An answer that all is well means that it is stored for good.
  Result<> make_durable() override { return {}; }

  Result<> make_folder(std::string_view folder) override {
    return folder.empty() ? server_.make_repository() : Result<>();
  }

  Result<> remove(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return server_.remove(path);
  }

  /// A draft is memory until it is whole.
  Result<> begin_writing_as(std::string_view /*writer*/) override { return {}; }

  Result<> sync_removals(std::string_view /*folder*/) override { return {}; }

  Result<> store(std::string_view name, std::string bytes) {
    const auto path = TRY(RelativePath::parse(name));
    if (!being_written_.begin(path.text()))
      return fail(Cause::conflict, "it is being written already");
    auto stored = store_if_free(path, std::move(bytes));
    being_written_.end(path.text());
    return stored;
  }

 private:
  Result<> store_if_free(const RelativePath& path, std::string bytes) {
    const auto taken = TRY(server_.size_of(path));
    if (taken) return fail(Cause::conflict, "there is one of that name already");
    return server_.store(path, std::move(bytes));
  }

  std::string where_;
  std::shared_ptr<void> kept_;  ///< goes after the conversation with it
  Server server_;
  NamesBeingWritten being_written_;
};

class RemoteFile final : public RandomAccess {
 public:
  RemoteFile(Server& server, RelativePath name, ByteCount size)
      : server_(server), name_(std::move(name)), size_(size) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    if (position >= size_.value) return std::size_t{0};
    const auto count = std::min<std::uint64_t>(size_.value - position, buffer.size());
    TRY(server_.read(name_, position, buffer.first(count)));
    return static_cast<std::size_t>(count);
  }

 private:
  Server& server_;
  RelativePath name_;
  ByteCount size_;
};

class DraftInMemory final : public Draft {
 public:
  DraftInMemory(Rest& storage, ByteCount size) : storage_(storage) { bytes_.reserve(size.value); }

  Result<> write(ByteView bytes) override {
    bytes_ += text_of(bytes);
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    bytes_.resize(std::min<std::size_t>(size.value, bytes_.size()));
    return {};
  }

  Result<> publish(std::string_view name) override {
    return storage_.store(name, std::move(bytes_));
  }

 private:
  Rest& storage_;
  std::string bytes_;
};

Result<std::unique_ptr<RandomAccess>> Rest::open(std::string_view name, Reading /*reading*/) {
  const auto path = TRY(RelativePath::parse(name));
  const auto size = TRY(server_.size_of(path));
  if (!size) return fail(Error{Cause::not_found, "it is not there", std::string(name)});
  return std::unique_ptr<RandomAccess>(std::make_unique<RemoteFile>(server_, path, *size));
}

Result<std::unique_ptr<Draft>> Rest::draft(ByteCount size) {
  return std::unique_ptr<Draft>(std::make_unique<DraftInMemory>(*this, size));
}

}  // namespace

std::string url_of(const RestPlace& place) {
  std::string url = "rest:" + place.url;
  if (!place.user.empty()) url.insert(url.find("//") + 2, net::encoded(place.user) + '@');
  return url;
}

std::unique_ptr<Storage> make_rest(std::string where,
                                   net::Url base,
                                   std::unique_ptr<net::Http> http,
                                   std::shared_ptr<void> server,
                                   const net::RetryPolicy& patience) {
  return std::make_unique<Rest>(
      std::move(where), std::move(base), std::move(http), std::move(server), patience);
}

Result<std::unique_ptr<Storage>> make_rest(const RestPlace& place,
                                           const std::optional<RestLogin>& login,
                                           std::unique_ptr<net::Http> http) {
  auto url = place.url;
  if (login)
    url.insert(
        url.find("//") + 2,
        fmt::format("{}:{}@", net::encoded(login->user), net::encoded(login->password.reveal())));
  auto base = TRY(net::Url::parse(url));
  return make_rest(url_of(place), std::move(base), std::move(http));
}

}  // namespace keepsake::storage
