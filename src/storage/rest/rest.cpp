// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/rest/rest.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/path.h"
#include "base/result.h"
#include "net/http.h"
#include "net/url.h"
#include "storage/objects.h"
#include "storage/storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::string_view list_format = "application/vnd.x.restic.rest.v2";
constexpr ByteCount longest_list{std::uint64_t{1} << 30U};  // of some ten million packs

/// The protocol knows packs by their names alone: "data/5e/5e0c" is its "data/5e0c".
std::string target_of(const RelativePath& name) {
  std::string_view text = name.text();
  const auto first = text.substr(0, text.find('/'));
  if (first == "data") text = text.substr(text.rfind('/') + 1);
  return (first == "data" ? "data/" : "") + net::encoded_path(text);
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
    case 416:
      return {Cause::corrupt, "it is shorter than it should be", {}, Scope::asset};
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
class RestServer final : public Objects {
 public:
  RestServer(net::Url base, std::unique_ptr<net::Http> http, const net::RetryPolicy& patience)
      : base_(std::move(base)), http_(std::move(http)), patience_(patience) {}

  Result<std::vector<Listed>> list(const RelativePath& folder) override {
    if (folder.text() == "data") return std::vector<Listed>{};  // packs are in folders of it
    if (!folder.is_root()) return list_type(folder.text());
    const auto config = TRY(size_of(RelativePath::known("config")));
    std::vector<Listed> files;
    if (config) files.push_back({.name = "config", .size = *config});
    return files;
  }

  Result<std::vector<Listed>> list_below(const RelativePath& folder) override {
    auto files = TRY(list_type(folder.text()));
    if (folder.text() == "data")
      for (Listed& file : files) file.name.insert(0, file.name.substr(0, 2) + '/');
    return files;
  }

  Result<std::optional<ByteCount>> size_of(const RelativePath& name) override {
    const auto answer = TRY(send(asking("HEAD", target_of(name))));
    if (answer.status == 404) return std::nullopt;
    if (!answer.is_success()) return fail(refusal(answer));
    const auto size = TRY(length_in(answer));
    return size;
  }

  Result<> read(const RelativePath& name,
                std::uint64_t position,
                std::span<std::byte> buffer) override {
    if (buffer.empty()) return {};
    const auto answer = TRY(send(part_of(asking("GET", target_of(name)), position, buffer.size())));
    if (!answer.is_success()) return fail(refusal(answer));
    return take_part(answer, buffer);
  }

  Result<> store(const RelativePath& name, Parcel& parcel) override {
    auto request = asking("POST", target_of(name));
    request.headers.set("Content-Type", "application/octet-stream");
    request.body = std::move(parcel.bytes);
    request.file = parcel.file;
    const auto answer = send(request);
    parcel.bytes = std::move(request.body);
    if (!answer) return fail(answer.error());
    if (answer->is_success()) return {};
    if (answer->status == 403) {
      // What a server that only appends says of a name that is given away, too.
      const auto there = TRY(size_of(name));
      if (there) return fail(Cause::conflict, "there is one of that name already");
    }
    return fail(refusal(*answer));
  }

  Result<> remove(const RelativePath& name) override {
    const auto answer = TRY(send(asking("DELETE", target_of(name))));
    if (answer.is_success() || answer.status == 404) return {};
    return fail(refusal(answer));
  }

  Result<> make_root() override {
    const auto answer = TRY(send(asking("POST", "?create=true")));
    if (answer.is_success() || answer.status == 403) return {};  // what is there stays
    return fail(refusal(answer));
  }

 private:
  /// Every file of a type.
  Result<std::vector<Listed>> list_type(const std::string& type) {
    auto request = asking("GET", type + "/");
    request.headers.set("Accept", list_format);
    request.most_body = longest_list;
    const auto answer = TRY(send(request));
    if (answer.status == 404) return std::vector<Listed>{};
    if (!answer.is_success()) return fail(refusal(answer));
    return read_list(answer);
  }

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

}  // namespace

std::string url_of(const RestPlace& place) {
  return "rest:" + url_of(static_cast<const HttpPlace&>(place));
}

std::unique_ptr<Storage> make_rest(std::string where,
                                   net::Url base,
                                   std::unique_ptr<net::Http> http,
                                   std::shared_ptr<void> server,
                                   const net::RetryPolicy& patience) {
  return make_object_storage(
      std::move(where),
      std::make_unique<RestServer>(std::move(base), std::move(http), patience),
      std::move(server));
}

Result<std::unique_ptr<Storage>> make_rest(const RestPlace& place,
                                           const std::optional<HttpLogin>& login,
                                           std::unique_ptr<net::Http> http) {
  auto base = TRY(base_of(place, login));
  return make_rest(url_of(place), std::move(base), std::move(http));
}

}  // namespace keepsake::storage
