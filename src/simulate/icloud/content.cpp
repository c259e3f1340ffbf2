// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/content.h"

#include "crypto/sha.h"
#include "os/folder.h"
#include "simulate/dice.h"
#include "simulate/exif.h"
#include "simulate/icloud/names.h"
#include "simulate/movie.h"
#include "simulate/shot.h"
#include "simulate/still.h"
#include "simulate/tiff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <variant>

namespace keepsake::simulate::icloud {

namespace {

constexpr std::uint64_t word_size = sizeof(std::uint64_t);

Shot shot_of(const MadeFile& file) {
  Shot shot;
  const auto wall = file.taken.time_since_epoch() + file.offset;
  shot.taken = CaptureTime{WallTime(wall), file.offset, ZoneKnown::known};
  shot.width = 4032;
  shot.height = 3024;
  if (file.live != 0) shot.content_id = uuid_of(file.live);
  return shot;
}

/// The head of a made file, its payload by the seed, its tail.
class MadeBytes final : public RandomAccess {
 public:
  explicit MadeBytes(const MadeFile& file) : seed_(file.seed), payload_(file.payload) {
    const Shot shot = shot_of(file);
    switch (file.kind) {
      case MadeFile::Kind::jpeg:
        head_ = jpeg_head(shot);
        tail_ = jpeg_end();
        break;
      case MadeFile::Kind::heic:
        head_ = heic_head(shot, static_cast<std::uint32_t>(payload_));
        break;
      case MadeFile::Kind::movie:
        head_ = movie_head(shot, std::array{static_cast<std::uint32_t>(payload_)});
        break;
      case MadeFile::Kind::raw:
        head_ = tiff_structure(exif_directory(shot));
        break;
    }
  }

  [[nodiscard]] ByteCount size() const override {
    return ByteCount{head_.size() + payload_ + tail_.size()};
  }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    std::size_t done = 0;
    while (done < buffer.size() && position < size().value) {
      const auto count = read_some(position, buffer.subspan(done));
      done += count;
      position += count;
    }
    return done;
  }

 private:
  /// As much as lies in the part of the file that holds the position.
  [[nodiscard]] std::size_t read_some(std::uint64_t position, std::span<std::byte> buffer) const {
    if (position < head_.size()) return copy(head_, position, buffer);
    position -= head_.size();
    if (position < payload_) return fill(position, buffer);
    return copy(tail_, position - payload_, buffer);
  }

  static std::size_t copy(const Bytes& from, std::uint64_t position, std::span<std::byte> to) {
    const auto count = std::min<std::uint64_t>(from.size() - position, to.size());
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(position), count, to.begin());
    return count;
  }

  /// No byte is 0xFF, which would end the data of a JPEG.
  [[nodiscard]] std::size_t fill(std::uint64_t position, std::span<std::byte> buffer) const {
    Dice dice(seed_);
    dice.skip(position / word_size);
    std::array<std::byte, word_size> word{};
    dice.fill(word);
    const auto first = position % word_size;
    const auto left = std::min<std::uint64_t>(payload_ - position, buffer.size());
    const auto beginning = std::min<std::uint64_t>(word_size - first, left);
    std::copy_n(word.begin() + static_cast<std::ptrdiff_t>(first), beginning, buffer.begin());
    dice.fill(buffer.subspan(beginning, left - beginning));
    std::ranges::replace(buffer.first(left), std::byte{0xFF}, std::byte{0x7F});
    return left;
  }

  std::uint64_t seed_;
  std::uint64_t payload_;
  Bytes head_;
  Bytes tail_;
};

Result<std::shared_ptr<RandomAccess>> open_file(const std::filesystem::path& path) {
  const auto name = TRY(RelativePath::parse(path.filename().native()));
  const auto folder = TRY(os::open_folder(path.parent_path()));
  std::shared_ptr<RandomAccess> file = TRY(folder->open(name, os::Reading::cached));
  return file;
}

}  // namespace

Result<std::shared_ptr<RandomAccess>> open(const Content& content) {
  if (const auto* made = std::get_if<MadeFile>(&content)) return std::make_shared<MadeBytes>(*made);
  return open_file(std::get<DiskFile>(content).path);
}

Result<Measure> measure(const Content& content) {
  const auto file = TRY(open(content));
  crypto::AppleSum sum;
  ByteCount size;
  Bytes buffer(std::min<std::uint64_t>(file->size().value, 1U << 20U));
  while (size < file->size()) {
    const auto count = TRY(file->read_at(size.value, buffer));
    if (count == 0) return fail(Cause::changed, "a file became shorter while it was read");
    sum.add(std::span(buffer).first(count));
    size += ByteCount{count};
  }
  return Measure{size, sum.finish()};
}

}  // namespace keepsake::simulate::icloud
