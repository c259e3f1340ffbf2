// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/plist.h"

#include "base/bytes.h"
#include "base/result.h"
#include "simulate/binary.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

// "bplist00", the objects one after the other, a table of where each begins, and a trailer that
// says where that table is (Apple's CFBinaryPList.c). Object 0 is the top one here.

constexpr std::uint64_t true_sizes_follow = 15;

/// A kind in the high half of a byte and a count in the low one, or behind it where it is larger.
void add_head(BinaryWriter& object, std::uint8_t kind, std::size_t count) {
  if (count < true_sizes_follow) {
    object.u8(kind | count);
  } else {
    object.u8(kind | true_sizes_follow).u8(0x11).u16(count);
  }
}

/// Texts are written as UTF-16 in every case: shorter forms exist but are not needed.
Bytes text_object(std::string_view utf8) {
  std::u16string wide;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    expect(i + length <= utf8.size(), "a keyword is UTF-8");
    char32_t rune = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k)
      rune = (rune << 6U) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    if (rune >= 0x10000) {
      wide += static_cast<char16_t>(0xD800 + ((rune - 0x10000) >> 10U));
      wide += static_cast<char16_t>(0xDC00 + ((rune - 0x10000) & 0x3FFU));
    } else {
      wide += static_cast<char16_t>(rune);
    }
    i += length;
  }
  BinaryWriter object;
  add_head(object, 0x60, wide.size());
  for (const char16_t unit : wide) object.u16(unit);
  return std::move(object).take();
}

Bytes number_object(double number) {
  return std::move(BinaryWriter().u8(0x23).u64(std::bit_cast<std::uint64_t>(number))).take();
}

/// A container that refers to the `references` objects behind it.
Bytes container(std::uint8_t kind, std::size_t count, std::size_t references) {
  BinaryWriter object;
  add_head(object, kind, count);
  for (std::size_t i = 1; i <= references; ++i) object.u16(i);
  return std::move(object).take();
}

Bytes list_of(const std::vector<Bytes>& objects) {
  BinaryWriter list;
  list.text("bplist00");
  std::vector<std::size_t> offsets;
  for (const Bytes& object : objects) {
    offsets.push_back(list.size());
    list.bytes(object);
  }
  const auto table = list.size();
  for (const std::size_t offset : offsets) list.u32(offset);
  list.zeros(6).u8(4).u8(2).u64(objects.size()).u64(0).u64(table);
  return std::move(list).take();
}

}  // namespace

Bytes plist_of_texts(const std::vector<std::string>& texts) {
  std::vector<Bytes> objects{container(0xA0, texts.size(), texts.size())};
  for (const std::string& text : texts) objects.push_back(text_object(text));
  return list_of(objects);
}

Bytes plist_of_numbers(const std::vector<std::pair<std::string, double>>& numbers) {
  std::vector<Bytes> objects{container(0xD0, numbers.size(), 2 * numbers.size())};
  for (const auto& [name, number] : numbers) objects.push_back(text_object(name));
  for (const auto& [name, number] : numbers) objects.push_back(number_object(number));
  return list_of(objects);
}

}  // namespace keepsake::simulate::icloud
