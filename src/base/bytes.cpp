// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"

#include <fmt/format.h>

namespace keepsake {

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint8_t> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

}  // namespace

ByteView bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

std::string_view text_of(ByteView bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): char may look at any bytes
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string readable(ByteCount size) {
  constexpr std::array<std::string_view, 5> units{"bytes", "kB", "MB", "GB", "TB"};
  auto amount = static_cast<double>(size.value);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} bytes", size.value)
                   : fmt::format("{:.{}f} {}", amount, amount < 10 ? 1 : 0, units.at(unit));
}

std::string to_hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_value(text[i]);
    const auto low = hex_value(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(*high * 16 + *low));
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = std::to_integer<std::uint32_t>(bytes[i]) << 16U;
    if (i + 1 < bytes.size()) group |= std::to_integer<std::uint32_t>(bytes[i + 1]) << 8U;
    if (i + 2 < bytes.size()) group |= std::to_integer<std::uint32_t>(bytes[i + 2]);
    text += base64_digits[(group >> 18U) & 63U];
    text += base64_digits[(group >> 12U) & 63U];
    text += i + 1 < bytes.size() ? base64_digits[(group >> 6U) & 63U] : '=';
    text += i + 2 < bytes.size() ? base64_digits[group & 63U] : '=';
  }
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Bytes bytes;
  std::uint32_t group = 0;
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t value = 0;
    if (text[i] == '=' && i + 2 >= text.size()) {
      ++padding;
    } else {
      value = base64_digits.find(text[i]);
      if (value == std::string_view::npos || padding > 0) return std::nullopt;
    }
    group = group << 6U | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    bytes.push_back(static_cast<std::byte>(group >> 16U & 255U));
    if (padding < 2) bytes.push_back(static_cast<std::byte>(group >> 8U & 255U));
    if (padding < 1) bytes.push_back(static_cast<std::byte>(group & 255U));
    group = 0;
  }
  return bytes;
}

std::string to_text(const AppleChecksum& checksum) { return to_base64(checksum.bytes); }

std::optional<AppleChecksum> apple_checksum_in(std::string_view text) {
  const auto raw = from_base64(text);
  return raw ? AppleChecksum::from(*raw) : std::nullopt;
}

}  // namespace keepsake
