// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/binary_plist.h"

#include "base/bytes.h"
#include "media/part.h"
#include "media/wording.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source {

namespace {

constexpr std::string_view magic = "bplist00";
constexpr std::size_t trailer_bytes = 32;
constexpr std::uint64_t most_entries = 4096;  // far more than any list we ask has

/// What begins every object: its kind in the upper half, a length or a size in the lower.
constexpr unsigned integer_kind = 0x1;
constexpr unsigned real_kind = 0x2;
constexpr unsigned ascii_kind = 0x5;
constexpr unsigned utf16_kind = 0x6;
constexpr unsigned array_kind = 0xA;
constexpr unsigned dictionary_kind = 0xD;
constexpr unsigned length_follows = 0xF;

struct Object {
  unsigned kind = 0;
  std::uint64_t length = 0;   ///< of a number: its size in bytes
  std::uint64_t content = 0;  ///< where its content begins
};

class Reader {
 public:
  explicit Reader(ByteView plist) : plist_(plist) {}

  /// The value under that name in the dictionary that the list is.
  std::optional<Object> value(std::string_view name) {
    const auto dictionary = top(dictionary_kind);
    if (!dictionary) return std::nullopt;
    for (std::uint64_t i = 0; i < dictionary->length; ++i) {
      const auto key = referred(dictionary->content + i * reference_size_);
      if (!key || key->kind != ascii_kind || text_of(*key) != name) continue;
      return referred(dictionary->content + (dictionary->length + i) * reference_size_);
    }
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> texts() {
    const auto list = top(array_kind);
    if (!list) return std::nullopt;
    std::vector<std::string> texts;
    for (std::uint64_t i = 0; i < list->length; ++i) {
      const auto item = referred(list->content + i * reference_size_);
      auto text = item ? text_of(*item) : std::nullopt;
      if (text) texts.push_back(*std::move(text));
    }
    return texts;
  }

  [[nodiscard]] std::optional<std::int64_t> integer_of(const Object& object) const {
    if (object.kind != integer_kind || object.length > 8) return std::nullopt;
    const auto value = number(object.content, object.length);
    // Only those of 8 bytes have a sign.
    return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
  }

  [[nodiscard]] std::optional<double> real_of(const Object& object) const {
    if (object.kind == integer_kind) {
      const auto integer = integer_of(object);
      return integer ? std::optional(static_cast<double>(*integer)) : std::nullopt;
    }
    if (object.kind != real_kind) return std::nullopt;
    const auto bits = number(object.content, object.length);
    if (!bits) return std::nullopt;
    if (object.length == sizeof(double)) return std::bit_cast<double>(*bits);
    if (object.length != sizeof(float)) return std::nullopt;
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(*bits)));
  }

 private:
  /// What the list as a whole is, if it is of that kind and not absurdly long.
  std::optional<Object> top(unsigned kind) {
    if (!read_trailer()) return std::nullopt;
    const auto top = object(top_);
    return top && top->kind == kind && top->length <= most_entries ? top : std::nullopt;
  }

  bool read_trailer() {
    if (plist_.size() < magic.size() + trailer_bytes) return false;
    if (keepsake::text_of(plist_.first(magic.size())) != magic) return false;
    const auto trailer = plist_.size() - trailer_bytes;
    place_size_ = std::to_integer<std::uint64_t>(plist_[trailer + 6]);
    reference_size_ = std::to_integer<std::uint64_t>(plist_[trailer + 7]);
    count_ = number(trailer + 8, 8).value_or(0);
    top_ = number(trailer + 16, 8).value_or(0);
    table_ = number(trailer + 24, 8).value_or(0);
    const bool sane = place_size_ >= 1 && place_size_ <= 8 && reference_size_ >= 1 &&
                      reference_size_ <= 8 && table_ <= trailer;
    return sane && count_ <= (trailer - table_) / place_size_;
  }

  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t at, std::uint64_t size) const {
    if (at > plist_.size() || size > plist_.size() - at) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::byte byte : plist_.subspan(at, size))
      value = value << 8U | std::to_integer<std::uint64_t>(byte);
    return value;
  }

  [[nodiscard]] std::optional<Object> referred(std::uint64_t at) const {
    const auto index = number(at, reference_size_);
    return index ? object(*index) : std::nullopt;
  }

  [[nodiscard]] std::optional<Object> object(std::uint64_t index) const {
    if (index >= count_) return std::nullopt;
    const auto place = number(table_ + index * place_size_, place_size_);
    if (!place || *place >= table_) return std::nullopt;
    const auto marker = std::to_integer<unsigned>(plist_[*place]);
    Object object{marker >> 4U, marker & 0xFU, *place + 1};
    if (object.kind == integer_kind || object.kind == real_kind) {
      object.length = std::uint64_t{1} << object.length;
    } else if (object.length == length_follows) {
      const auto size_marker = number(object.content, 1);
      if (!size_marker || *size_marker >> 4U != integer_kind) return std::nullopt;
      const auto size = std::uint64_t{1} << (*size_marker & 0xFU);
      const auto length = size <= 8 ? number(object.content + 1, size) : std::nullopt;
      if (!length) return std::nullopt;
      object.length = *length;
      object.content += 1 + size;
    }
    return object;
  }

  [[nodiscard]] std::optional<std::string> text_of(const Object& object) const {
    const bool is_wide = object.kind == utf16_kind;
    if (!is_wide && object.kind != ascii_kind) return std::nullopt;
    if (object.content > plist_.size()) return std::nullopt;
    const auto rest = plist_.subspan(object.content);
    if (object.length > rest.size() / (is_wide ? 2 : 1)) return std::nullopt;
    if (!is_wide) return std::string(keepsake::text_of(rest.first(object.length)));
    return media::wording_of_utf16(rest.first(object.length * 2), media::Order::big);
  }

  ByteView plist_;
  std::uint64_t place_size_ = 0;
  std::uint64_t reference_size_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t top_ = 0;
  std::uint64_t table_ = 0;
};

}  // namespace

std::optional<std::int64_t> integer_in_plist(ByteView plist, std::string_view name) {
  Reader reader(plist);
  const auto value = reader.value(name);
  return value ? reader.integer_of(*value) : std::nullopt;
}

std::optional<double> real_in_plist(ByteView plist, std::string_view name) {
  Reader reader(plist);
  const auto value = reader.value(name);
  return value ? reader.real_of(*value) : std::nullopt;
}

std::optional<std::vector<std::string>> texts_in_plist(ByteView plist) {
  return Reader(plist).texts();
}

}  // namespace keepsake::source
