// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/binary_plist.h"

#include "base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::source::photos {

namespace {

constexpr std::string_view magic = "bplist00";
constexpr std::size_t trailer_bytes = 32;
constexpr std::uint64_t most_entries = 4096;  // far more than any dictionary we ask has

/// What begins every object: its kind in the upper half, a length or a size in the lower.
constexpr unsigned integer_kind = 0x1;
constexpr unsigned text_kind = 0x5;  // ASCII
constexpr unsigned dictionary_kind = 0xD;
constexpr unsigned length_follows = 0xF;

struct Object {
  unsigned kind = 0;
  std::uint64_t length = 0;   ///< of an integer: its size in bytes
  std::uint64_t content = 0;  ///< where its content begins
};

class Reader {
 public:
  explicit Reader(ByteView plist) : plist_(plist) {}

  std::optional<std::int64_t> integer(std::string_view name) {
    if (!read_trailer()) return std::nullopt;
    const auto top = object(top_);
    if (!top || top->kind != dictionary_kind || top->length > most_entries) return std::nullopt;
    for (std::uint64_t i = 0; i < top->length; ++i) {
      const auto key = reference(top->content + i * reference_size_);
      if (!key || !is_text(*key, name)) continue;
      const auto value = reference(top->content + (top->length + i) * reference_size_);
      return value ? integer_of(*value) : std::nullopt;
    }
    return std::nullopt;
  }

 private:
  bool read_trailer() {
    if (plist_.size() < magic.size() + trailer_bytes) return false;
    if (text_of(plist_.first(magic.size())) != magic) return false;
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

  [[nodiscard]] std::optional<std::uint64_t> reference(std::uint64_t at) const {
    return number(at, reference_size_);
  }

  [[nodiscard]] std::optional<Object> object(std::uint64_t index) const {
    if (index >= count_) return std::nullopt;
    const auto place = number(table_ + index * place_size_, place_size_);
    if (!place || *place >= table_) return std::nullopt;
    const auto marker = std::to_integer<unsigned>(plist_[*place]);
    Object object{marker >> 4U, marker & 0xFU, *place + 1};
    if (object.kind == integer_kind) {
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

  [[nodiscard]] bool is_text(std::uint64_t index, std::string_view wanted) const {
    const auto text = object(index);
    if (!text || text->kind != text_kind || text->length != wanted.size()) return false;
    if (text->content > plist_.size() || text->length > plist_.size() - text->content) return false;
    return text_of(plist_.subspan(text->content, text->length)) == wanted;
  }

  [[nodiscard]] std::optional<std::int64_t> integer_of(std::uint64_t index) const {
    const auto integer = object(index);
    if (!integer || integer->kind != integer_kind || integer->length > 8) return std::nullopt;
    const auto value = number(integer->content, integer->length);
    // Only those of 8 bytes have a sign.
    return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
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
  return Reader(plist).integer(name);
}

}  // namespace keepsake::source::photos
