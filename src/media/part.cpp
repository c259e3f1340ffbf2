// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/part.h"

#include <algorithm>

namespace keepsake::media {

namespace {

/// Headers are read on in sequence, so the first read and every read that continues the last one
/// take much; a jump to somewhere else usually wants a few bytes only.
constexpr std::size_t read_ahead = 32U << 10U;
constexpr std::size_t after_a_jump = 4U << 10U;

}  // namespace

Window::Window(RandomAccess& file) : file_(file), size_(file.size().value) {}

ByteView Window::view(std::uint64_t position, std::size_t length) {
  if (position >= size_) return {};
  length = std::min(length, size_ - position);
  if (position < start_ || position + length > start_ + filled_) fill(position, length);
  if (position + length > start_ + filled_) return {};
  return ByteView(buffer_).subspan(position - start_, length);
}

void Window::fill(std::uint64_t position, std::size_t length) {
  const bool goes_on = position >= start_ && position <= start_ + filled_;
  const std::size_t wanted = std::max(length, goes_on ? read_ahead : after_a_jump);
  if (buffer_.size() < wanted) buffer_.resize(wanted);
  start_ = position;
  filled_ = 0;
  auto count = file_.read_at(position, std::span(buffer_).first(wanted));
  if (count) {
    filled_ = *count;
  } else if (!failure_) {
    failure_ = std::move(count).error();
  }
}

Part Part::slice(std::uint64_t position, std::uint64_t length) const {
  position = std::min(position, size_);
  return {*window_, begin_ + position, std::min(length, size_ - position)};
}

ByteView Part::bytes(std::uint64_t position, std::uint64_t length) const {
  if (length > most_bytes || !holds(position, length)) return {};
  const auto found = window_->view(begin_ + position, length);
  return found.size() == length ? found : ByteView();
}

bool Part::has(std::uint64_t position, std::string_view text) const {
  return !text.empty() && text_of(bytes(position, text.size())) == text;
}

std::optional<std::uint64_t> Part::number(std::uint64_t position,
                                          unsigned width,
                                          Order order) const {
  const auto raw = bytes(position, width);
  if (raw.size() != width) return std::nullopt;
  return number_in(raw, order);
}

std::uint64_t number_in(ByteView bytes, Order order) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto& byte = order == Order::big ? bytes[i] : bytes[bytes.size() - 1 - i];
    value = value << 8U | std::to_integer<std::uint64_t>(byte);
  }
  return value;
}

}  // namespace keepsake::media
