// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace keepsake::storage {

std::string url_of(const HttpPlace& place) {
  auto url = place.url;
  if (!place.user.empty()) url.insert(url.find("//") + 2, net::encoded(place.user) + '@');
  return url;
}

Result<net::Url> base_of(const HttpPlace& place, const std::optional<HttpLogin>& login) {
  auto url = place.url;
  if (login)
    url.insert(
        url.find("//") + 2,
        fmt::format("{}:{}@", net::encoded(login->user), net::encoded(login->password.reveal())));
  return net::Url::parse(url);
}

std::string range_of(std::uint64_t position, std::size_t count) {
  return fmt::format("bytes={}-{}", position, position + count - 1);
}

net::Request part_of(net::Request get, std::uint64_t position, std::size_t count) {
  get.headers.set("Range", range_of(position, count));
  get.most_body = ByteCount{count + longest_complaint.value};
  return get;
}

Result<> take_part(const net::Response& answer, std::span<std::byte> buffer) {
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

Result<ByteCount> length_in(const net::Response& answer) {
  const auto length = answer.headers.find("Content-Length");
  std::uint64_t size = 0;
  if (!length ||
      std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc())
    return fail(Cause::corrupt, "the server does not say how long it is");
  return ByteCount{size};
}

}  // namespace keepsake::storage
