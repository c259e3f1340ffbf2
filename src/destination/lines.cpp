// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/lines.h"

#include <utility>

namespace keepsake::destination {

namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10U;
constexpr std::size_t most_line_bytes = std::size_t{4} << 20U;

}  // namespace

Result<std::optional<std::string>> LineReader::next() {
  for (;;) {
    const auto end = pending_.find('\n', position_);
    if (end != std::string::npos) {
      std::string line = pending_.substr(position_, end - position_);
      position_ = end + 1;
      return std::exchange(skipping_, false) ? std::string() : std::move(line);
    }
    if (ended_) {
      torn_ = skipping_ || position_ < pending_.size();
      return std::nullopt;
    }
    pending_.erase(0, position_);
    pending_at_ += std::exchange(position_, 0);
    if (skipping_ || pending_.size() > most_line_bytes) {
      skipping_ = true;
      pending_at_ += pending_.size();
      pending_.clear();
    }
    block_.resize(block_bytes);
    const auto count = TRY(file_->read_at(pending_at_ + pending_.size(), block_));
    ended_ = count == 0;
    pending_ += text_of(ByteView(block_).first(count));
  }
}

Result<> LineWriter::add(std::string_view line) {
  block_ += line;
  block_ += '\n';
  return block_.size() < block_bytes ? Result<>() : flush();
}

Result<> LineWriter::flush() {
  TRY(write_(bytes_of(block_)));
  block_.clear();
  return {};
}

}  // namespace keepsake::destination
