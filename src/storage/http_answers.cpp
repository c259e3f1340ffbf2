// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/http_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace keepsake::storage {

std::string range_of(std::uint64_t position, std::size_t count) {
  return fmt::format("bytes={}-{}", position, position + count - 1);
}

Result<ByteCount> length_in(const net::Response& answer) {
  const auto length = answer.headers.find("Content-Length");
  std::uint64_t size = 0;
  if (!length ||
      std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc())
    return fail(Cause::corrupt, "the server does not say how long it is");
  return ByteCount{size};
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

}  // namespace keepsake::storage
