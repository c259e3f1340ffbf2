// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sftp/packet.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage::sftp {

namespace {

constexpr std::uint32_t has_size = 0x01;
constexpr std::uint32_t has_owner = 0x02;
constexpr std::uint32_t has_mode = 0x04;
constexpr std::uint32_t has_times = 0x08;
constexpr std::uint32_t has_extensions = 0x80000000;

constexpr std::uint32_t kind_of_mode = 0170000;
constexpr std::uint32_t file_mode = 0100000;
constexpr std::uint32_t folder_mode = 0040000;

enum class Status : std::uint32_t {
  ok = 0,
  end = 1,
  no_such_file = 2,
  permission_denied = 3,
  failure = 4,
  bad_message = 5,
  no_connection = 6,
  connection_lost = 7,
  unsupported = 8,
};

tl::unexpected<Error> torn() {
  return fail(Cause::internal, "the server's answer cannot be understood");
}

/// Takes a body apart, and never reads past its end.
class Parts {
 public:
  explicit Parts(ByteView body) : rest_(body) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  Result<std::uint32_t> number() {
    if (rest_.size() < 4) return torn();
    std::uint32_t value = 0;
    for (const std::byte part : rest_.first(4))
      value = value << 8U | std::to_integer<std::uint32_t>(part);
    rest_ = rest_.subspan(4);
    return value;
  }

  Result<std::uint64_t> large() {
    const std::uint64_t high = TRY(number());
    const std::uint64_t low = TRY(number());
    return high << 32U | low;
  }

  Result<std::string_view> text() {
    const auto length = TRY(number());
    if (length > rest_.size()) return torn();
    const auto value = text_of(rest_.first(length));
    rest_ = rest_.subspan(length);
    return value;
  }

  Result<Attributes> attributes() {
    Attributes found;
    const auto flags = TRY(number());
    if ((flags & has_size) != 0) {
      const auto size = TRY(large());
      found.size = ByteCount{size};
    }
    if ((flags & has_owner) != 0) TRY(large());
    if ((flags & has_mode) != 0) {
      const auto mode = TRY(number());
      found.mode = mode;
    }
    if ((flags & has_times) != 0) TRY(large());
    if ((flags & has_extensions) == 0) return found;
    const auto count = TRY(number());
    for (std::uint32_t i = 0; i < count; ++i) {
      TRY(text());
      TRY(text());
    }
    return found;
  }

 private:
  ByteView rest_;
};

Cause cause_of(Status status) {
  switch (status) {
    case Status::no_such_file:
      return Cause::not_found;
    case Status::permission_denied:
      return Cause::denied;
    case Status::no_connection:
    case Status::connection_lost:
      return Cause::offline;
    case Status::unsupported:
      return Cause::unsupported;
    case Status::ok:
    case Status::end:
    case Status::failure:
    case Status::bad_message:
      return Cause::internal;
  }
  return Cause::internal;
}

std::string_view words_for(Status status) {
  switch (status) {
    case Status::no_such_file:
      return "it is not there";
    case Status::permission_denied:
      return "the server does not allow it";
    case Status::no_connection:
    case Status::connection_lost:
      return "the server lost its connection";
    case Status::unsupported:
      return "the server cannot do this";
    case Status::ok:
    case Status::end:
    case Status::failure:
    case Status::bad_message:
      break;
  }
  return "the server could not do it";
}

Result<Status> read_status(ByteView body) {
  Parts parts(body);
  const auto code = TRY(parts.number());
  return Status{code};
}

/// The reply is not the one hoped for: a status, or nonsense.
tl::unexpected<Error> refusal(const Reply& reply) {
  if (reply.type != Type::status) return torn();
  const auto status = read_status(reply.body);
  if (!status) return fail(status.error());
  return fail(cause_of(*status), "{}", words_for(*status));
}

bool is_end(const Reply& reply) {
  return reply.type == Type::status && read_status(reply.body) == Status::end;
}

}  // namespace

Body& Body::number(std::uint32_t value) {
  for (unsigned shift = 32; shift > 0; shift -= 8)
    bytes_.push_back(static_cast<std::byte>(value >> (shift - 8)));
  return *this;
}

Body& Body::large(std::uint64_t value) {
  number(static_cast<std::uint32_t>(value >> 32U));
  return number(static_cast<std::uint32_t>(value));
}

Body& Body::text(std::string_view value) { return bytes(bytes_of(value)); }

Body& Body::bytes(ByteView value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

Body& Body::permissions(std::uint32_t value) { return number(has_mode).number(value); }

Body& Body::time(Instant value) {
  const auto seconds = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(value).time_since_epoch().count());
  return number(has_times).number(seconds).number(seconds);
}

Body& Body::size(ByteCount value) { return number(has_size).large(value.value); }

bool Attributes::is_file() const { return mode && (*mode & kind_of_mode) == file_mode; }

bool Attributes::is_folder() const { return mode && (*mode & kind_of_mode) == folder_mode; }

Result<Extensions> read_version(ByteView body) {
  Parts parts(body);
  const auto version = TRY(parts.number());
  if (version != 3)
    return fail(Cause::unsupported, "the server speaks version {} of SFTP instead of 3", version);
  Extensions extensions;
  while (!parts.at_end()) {
    const auto name = TRY(parts.text());
    const auto value = TRY(parts.text());
    extensions.emplace(name, value);
  }
  return extensions;
}

Result<> read_done(const Reply& reply) {
  if (reply.type == Type::status && read_status(reply.body) == Status::ok) return {};
  return refusal(reply);
}

Result<std::string> read_handle(const Reply& reply) {
  if (reply.type != Type::handle) return refusal(reply);
  const auto handle = TRY(Parts(reply.body).text());
  return std::string(handle);
}

Result<Attributes> read_attributes(const Reply& reply) {
  if (reply.type != Type::attrs) return refusal(reply);
  return Parts(reply.body).attributes();
}

Result<std::optional<Bytes>> read_data(Reply reply) {
  if (is_end(reply)) return std::nullopt;
  if (reply.type != Type::data) return refusal(reply);
  const auto length = TRY(Parts(reply.body).number());
  if (length != reply.body.size() - 4) return torn();
  reply.body.erase(reply.body.begin(), reply.body.begin() + 4);
  return std::optional(std::move(reply.body));
}

Result<std::optional<std::vector<Name>>> read_names(const Reply& reply) {
  if (is_end(reply)) return std::nullopt;
  if (reply.type != Type::name) return refusal(reply);
  Parts parts(reply.body);
  const auto count = TRY(parts.number());
  std::vector<Name> names;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name = TRY(parts.text());
    TRY(parts.text());  // the same for people, as in `ls -l`
    auto attributes = TRY(parts.attributes());
    names.push_back({.name = std::string(name), .attributes = attributes});
  }
  return std::optional(std::move(names));
}

Result<Limits> read_limits(const Reply& reply) {
  if (reply.type != Type::extended_reply) return refusal(reply);
  Parts parts(reply.body);
  Limits limits;
  limits.packet = TRY(parts.large());
  limits.read = TRY(parts.large());
  limits.write = TRY(parts.large());
  return limits;
}

Result<ByteCount> read_free_space(const Reply& reply) {
  if (reply.type != Type::extended_reply) return refusal(reply);
  Parts parts(reply.body);
  TRY(parts.large());  // the preferred block size
  const auto block = TRY(parts.large());
  TRY(parts.large());  // blocks in all
  TRY(parts.large());  // free ones
  const auto available = TRY(parts.large());
  return ByteCount{block * available};
}

}  // namespace keepsake::storage::sftp
