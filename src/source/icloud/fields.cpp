// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/fields.h"

namespace keepsake::source::icloud {

namespace {

constexpr std::byte salted_sha1{1};

template <class Value>
std::optional<Value> value_as(const json::element& element) {
  Value value{};
  return element.get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
}

std::optional<ByteCount> size_in(const std::optional<json::element>& element) {
  const auto size = element ? value_as<std::int64_t>(*element) : std::nullopt;
  return size && *size >= 0 ? std::optional(ByteCount{static_cast<std::uint64_t>(*size)})
                            : std::nullopt;
}

std::string text_in(const std::optional<json::element>& element) {
  const auto text = element ? value_as<std::string_view>(*element) : std::nullopt;
  return std::string(text.value_or(""));
}

}  // namespace

std::optional<json::element> Fields::find(std::string_view name) const {
  return fields_ ? json::field(*fields_, name) : std::nullopt;
}

std::optional<std::int64_t> Fields::number(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (const auto truth = value_as<bool>(*value)) return *truth ? 1 : 0;
  return value_as<std::int64_t>(*value);
}

std::optional<double> Fields::real(std::string_view name) const {
  const auto value = find(name);
  return value ? value_as<double>(*value) : std::nullopt;
}

std::optional<std::string> Fields::text(std::string_view name) const {
  const auto value = find(name);
  const auto text = value ? value_as<std::string_view>(*value) : std::nullopt;
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<Bytes> Fields::bytes(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (const auto plain = value_as<json::object>(*value)) {
    const auto text = text_in(json::field(*plain, "value"));
    const auto bytes = bytes_of(text);
    return Bytes(bytes.begin(), bytes.end());
  }
  const auto text = value_as<std::string_view>(*value);
  return text ? from_base64(*text) : std::nullopt;
}

std::optional<std::string> Fields::encoded_text(std::string_view name) const {
  const auto raw = bytes(name);
  return raw ? std::optional(std::string(text_of(*raw))) : std::nullopt;
}

std::optional<Fields::Resource> Fields::resource(std::string_view prefix) const {
  const auto named = [&](std::string_view ending) { return std::string(prefix).append(ending); };
  const auto value = find(named("Res"));
  const auto asset = value ? value_as<json::object>(*value) : std::nullopt;
  const auto fingerprint = find(named("Fingerprint"));
  if (!asset && !fingerprint) return std::nullopt;
  Resource resource;
  resource.type = text_in(find(named("FileType")));
  resource.size = size_in(asset ? json::field(*asset, "size") : std::nullopt);
  if (!resource.size) resource.size = size_in(find(named("FileSize")));
  resource.checksum_text = text_in(asset ? json::field(*asset, "fileChecksum") : std::nullopt);
  if (resource.checksum_text.empty()) resource.checksum_text = text_in(fingerprint);
  // Other leading bytes stand for sums that nobody can compute.
  const auto checksum = apple_checksum_in(resource.checksum_text);
  if (checksum && checksum->bytes.front() == salted_sha1) resource.checksum = checksum;
  return resource;
}

}  // namespace keepsake::source::icloud
