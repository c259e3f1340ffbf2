// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/boxes.h"

namespace keepsake::media {

namespace {

constexpr int most_boxes = 20000;

}  // namespace

std::optional<Box> Boxes::next() {
  if (overran_ || ++count_ > most_boxes || part_.size() - position_ < 8) return std::nullopt;
  const auto type = part_.u32(position_ + 4);
  auto length = part_.u32(position_);
  std::uint64_t header = 8;
  if (length == 1U) {
    length = part_.u64(position_ + 8);
    header = 16;
  } else if (length == 0U) {
    length = part_.size() - position_;
  }
  overran_ = !type || !length || *length < header || *length > part_.size() - position_;
  if (!type || !length || *length < header) return std::nullopt;
  const Box box{static_cast<std::uint32_t>(*type),
                part_.slice(position_ + header, *length - header)};
  if (!overran_) position_ += *length;
  return box;
}

std::optional<Part> find_box(Part part, std::uint32_t type) {
  Boxes boxes(part);
  while (const auto box = boxes.next())
    if (box->type == type) return box->body;
  return std::nullopt;
}

}  // namespace keepsake::media
