// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

ByteView bytes_of(std::string_view text);
std::string_view text_of(ByteView bytes);

/// A number of bytes; never mixed with a position or a count of things.
struct ByteCount {
  std::uint64_t value = 0;
  friend auto operator<=>(const ByteCount&, const ByteCount&) = default;

  ByteCount& operator+=(ByteCount other) {
    value += other.value;
    return *this;
  }
};

/// "2.3 GB", for people (decimal units, as drives are sold).
std::string readable(ByteCount size);

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);

/// The bytes of a hexadecimal text of even length; nothing for any other text.
std::optional<Bytes> from_hex(std::string_view text);

std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

/// A value of fixed length that names something; the tag keeps kinds apart.
template <class Tag, std::size_t size>
struct FixedBytes {
  std::array<std::byte, size> bytes{};

  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;

  [[nodiscard]] std::string hex() const { return to_hex(bytes); }

  static std::optional<FixedBytes> from_hex(std::string_view text) {
    const auto raw = keepsake::from_hex(text);
    return raw ? from(*raw) : std::nullopt;
  }

  static std::optional<FixedBytes> from(ByteView raw) {
    if (raw.size() != size) return std::nullopt;
    FixedBytes value;
    for (std::size_t i = 0; i < size; ++i) value.bytes[i] = raw[i];
    return value;
  }
};

/// SHA-256 of a run of bytes: the name of a content.
using Digest = FixedBytes<struct DigestTag, 32>;

/// Apple's salted SHA-1 of a rendition: one lead byte and the 20 bytes of the sum, as Apple sends
/// it.
using AppleChecksum = FixedBytes<struct AppleChecksumTag, 21>;

/// As Apple writes it: 28 characters of base64.
std::string to_text(const AppleChecksum& checksum);
std::optional<AppleChecksum> apple_checksum_in(std::string_view text);

/// The 128-bit id of a catalog, a source or a destination.
using Id128 = FixedBytes<struct Id128Tag, 16>;

}  // namespace keepsake
