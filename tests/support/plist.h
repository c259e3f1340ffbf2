// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Binary property lists of fewer than 128 objects and 64 KiB, as Apple's programs write them.
namespace keepsake::tests::plist {

inline std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    text += static_cast<char>(number >> shift & 0xFFU);
  return text;
}

/// What begins an object: its kind, and its length.
inline std::string marker(unsigned kind, std::size_t length) {
  if (length < 15) return {static_cast<char>(kind << 4U | length)};
  return static_cast<char>(kind << 4U | 0xFU) + ("\x11" + big_endian(length, 2));
}

inline std::string integer(std::int64_t value) {
  return "\x13" + big_endian(static_cast<std::uint64_t>(value), 8);
}

inline std::string real(double value) {
  return "\x23" + big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

inline std::string ascii(std::string_view text) {
  return marker(0x5, text.size()) + std::string(text);
}

inline std::string utf16(std::u16string_view text) {
  std::string bytes = marker(0x6, text.size());
  for (const char16_t unit : text) bytes += big_endian(unit, 2);
  return bytes;
}

/// The first object is the one that the list is.
inline std::string of_objects(const std::vector<std::string>& objects) {
  std::string bytes = "bplist00";
  std::string table;
  for (const std::string& object : objects) {
    table += big_endian(bytes.size(), 2);
    bytes += object;
  }
  const auto table_at = bytes.size();
  return bytes + table + std::string(6, '\0') + "\x02\x01" + big_endian(objects.size(), 8) +
         big_endian(0, 8) + big_endian(table_at, 8);
}

inline std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::vector<std::string> objects(1);
  std::string keys;
  std::string values;
  for (const auto& [name, value] : entries) {
    keys += static_cast<char>(objects.size());
    objects.push_back(ascii(name));
    values += static_cast<char>(objects.size());
    objects.push_back(value);
  }
  objects.front() = marker(0xD, entries.size()) + keys + values;
  return of_objects(objects);
}

inline std::string array(const std::vector<std::string>& items) {
  std::vector<std::string> objects(1);
  std::string references;
  for (const std::string& item : items) {
    references += static_cast<char>(objects.size());
    objects.push_back(item);
  }
  objects.front() = marker(0xA, items.size()) + references;
  return of_objects(objects);
}

}  // namespace keepsake::tests::plist
