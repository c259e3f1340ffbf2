// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::json {

namespace {

constexpr std::size_t deepest = 64;

tl::unexpected<Error> wrong(std::string_view key, std::string_view wanted) {
  return fail(Cause::corrupt, "its \"{}\" is not {}", key, wanted);
}

/// The value of each hexadecimal digit, 16 for any other character.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = 16;
  for (unsigned i = 0; i < 10; ++i) values.at('0' + i) = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i) {
    values.at('a' + i) = static_cast<std::uint8_t>(10 + i);
    values.at('A' + i) = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

}  // namespace

Result<Document> Document::parse(std::string_view text, ByteCount most) {
  if (text.size() > most.value) return fail(Cause::corrupt, "its JSON is too large");
  Document document;
  document.parser_ = std::make_unique<simdjson::dom::parser>(most.value);
  // An empty document has no capacity to make room for.
  const auto room = text.empty() ? std::size_t{1} : text.size();
  if (document.parser_->allocate(room, deepest) != simdjson::SUCCESS)
    return fail(Cause::internal, "there is no memory to read its JSON");
  simdjson::dom::element root;
  if (const auto error = document.parser_->parse(text.data(), text.size()).get(root);
      error != simdjson::SUCCESS)
    return fail(Cause::corrupt, "its JSON cannot be read: {}", simdjson::error_message(error));
  if (root.get(document.root_) != simdjson::SUCCESS)
    return fail(Cause::corrupt, "its JSON is no object");
  return document;
}

std::optional<element> field(const object& object, std::string_view key) {
  std::optional<element> found;
  for (const auto member : object)
    if (member.key == key) found = member.value;
  if (found && found->is_null()) return std::nullopt;
  return found;
}

Result<std::string_view> text(const element& value, std::string_view key) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return wrong(key, "text");
  return text;
}

Result<std::uint64_t> number(const element& value, std::string_view key) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS) return wrong(key, "a whole number");
  return number;
}

Result<object> object_in(const element& value, std::string_view key) {
  object object;
  if (value.get(object) != simdjson::SUCCESS) return wrong(key, "an object");
  return object;
}

Result<bool> truth(const element& value, std::string_view key) {
  bool truth = false;
  if (value.get(truth) != simdjson::SUCCESS) return wrong(key, "true or false");
  return truth;
}

Result<Digest> digest(const element& value, std::string_view key) {
  std::string_view hex;
  const auto digest =
      value.get(hex) == simdjson::SUCCESS ? digest_of(hex) : std::optional<Digest>();
  if (!digest) return wrong(key, "an id of 64 hexadecimal digits");
  return *digest;
}

Result<simdjson::dom::array> list(const element& value, std::string_view key) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return wrong(key, "a list");
  return list;
}

Result<std::vector<std::string>> texts(const element& value, std::string_view key) {
  std::vector<std::string> all;
  for (const auto each : TRY(list(value, key))) {
    const auto one = TRY(text(each, key));
    all.emplace_back(one);
  }
  return all;
}

Result<Bytes> base64(const element& value, std::string_view key) {
  const auto encoded = TRY(text(value, key));
  auto bytes = from_base64(encoded);
  if (!bytes) return wrong(key, "base64");
  return *std::move(bytes);
}

Result<element> needed(const object& object, std::string_view key) {
  const auto value = field(object, key);
  if (!value) return fail(Cause::corrupt, "its \"{}\" is missing", key);
  return *value;
}

std::optional<Digest> digest_of(std::string_view hex) {
  Digest digest;
  if (hex.size() != digest.bytes.size() * 2) return std::nullopt;
  unsigned seen = 0;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const unsigned high = digit_values[static_cast<unsigned char>(hex[2 * i])];
    const unsigned low = digit_values[static_cast<unsigned char>(hex[2 * i + 1])];
    seen |= high | low;
    digest.bytes[i] = static_cast<std::byte>((high << 4U | low) & 255U);
  }
  if (seen > 15) return std::nullopt;
  return digest;
}

}  // namespace keepsake::json
