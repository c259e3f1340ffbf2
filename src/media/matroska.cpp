// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/matroska.h"

#include "media/wording.h"

#include <bit>
#include <chrono>
#include <cmath>
#include <optional>

namespace keepsake::media {

namespace {

constexpr int most_elements = 2000;
constexpr std::uint64_t most_title = 4096;

enum Id : std::uint64_t {
  id_segment = 0x18538067,
  id_info = 0x1549A966,
  id_cluster = 0x1F43B675,
  id_date = 0x4461,
  id_duration = 0x4489,
  id_scale = 0x2AD7B1,
  id_title = 0x7BA9,
};

struct Element {
  std::uint64_t id = 0;
  Part body;
};

/// Walks the elements of a part: id and length as numbers whose first byte tells their width by its
/// leading zeros; a length of all ones reaches to the end.
class Elements {
 public:
  explicit Elements(Part part) : part_(part) {}

  std::optional<Element> next() {
    const auto id_width = width_at(position_, 4);
    const auto length_width = width_at(position_ + id_width, 8);
    if (id_width == 0 || length_width == 0 || ++count_ > most_elements) return std::nullopt;
    const auto id = part_.number(position_, id_width, Order::big);
    const auto raw = part_.number(position_ + id_width, length_width, Order::big);
    if (!id || !raw) return std::nullopt;
    const auto mask = (std::uint64_t{1} << (7 * length_width)) - 1;
    const auto length = (*raw & mask) == mask ? part_.size() : *raw & mask;
    const auto start = position_ + id_width + length_width;
    const Element element{*id, part_.slice(start, length)};
    position_ = start + element.body.size();
    return element;
  }

 private:
  [[nodiscard]] unsigned width_at(std::uint64_t position, unsigned most) const {
    const auto first = part_.u8(position).value_or(0);
    if (first == 0) return 0;
    const auto width =
        static_cast<unsigned>(std::countl_zero(static_cast<std::uint8_t>(first))) + 1;
    return width <= most ? width : 0;
  }

  Part part_;
  std::uint64_t position_ = 0;
  int count_ = 0;
};

std::optional<double> real(const Part& body) {
  if (body.size() == 4)
    return std::bit_cast<float>(static_cast<std::uint32_t>(body.u32(0).value_or(0)));
  if (body.size() == 8) return std::bit_cast<double>(body.u64(0).value_or(0));
  return std::nullopt;
}

/// Nanoseconds since 2001-01-01 UTC.
std::optional<Instant> date(const Part& body) {
  const auto raw = body.size() == 8 ? body.u64(0) : std::nullopt;
  if (!raw) return std::nullopt;
  const std::chrono::nanoseconds since(std::bit_cast<std::int64_t>(*raw));
  const Instant start = std::chrono::sys_days(std::chrono::year(2001) / 1 / 1);
  return start + std::chrono::floor<std::chrono::milliseconds>(since);
}

void read_info(const Part& info, Movie& movie) {
  double scale = 1e6;  // nanoseconds of one unit
  std::optional<double> duration;
  Elements elements(info);
  while (const auto element = elements.next()) {
    const Part& body = element->body;
    if (element->id == id_date) movie.created = date(body);
    if (element->id == id_duration) duration = real(body);
    if (element->id == id_scale && body.size() <= 8 && body.size() > 0)
      scale = static_cast<double>(
          body.number(0, static_cast<unsigned>(body.size()), Order::big).value_or(0));
    if (element->id == id_title && body.size() <= most_title)
      keep_first(movie.title, wording(text_of(body.all())));
  }
  if (duration && *duration > 0 && std::isfinite(*duration))
    movie.duration = *duration * scale / 1e9;
}

}  // namespace

void read_matroska(Part file, Findings& findings) {
  Elements top(file);
  while (const auto element = top.next()) {
    if (element->id != id_segment) continue;
    Elements inner(element->body);
    while (const auto part = inner.next()) {
      if (part->id == id_cluster) return;
      if (part->id == id_info) read_info(part->body, findings.movie);
    }
  }
}

}  // namespace keepsake::media
