// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/corpus.h"

#include "simulate/dice.h"
#include "simulate/file_writer.h"
#include "simulate/movie.h"
#include "simulate/shot.h"
#include "simulate/still.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <span>
#include <string>
#include <system_error>

namespace keepsake::simulate {
namespace {

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::uint64_t hundred = 100;
constexpr std::uint64_t months = 60;

/// What the slots of each hundred are, from the first to before `end`.
constexpr std::uint64_t heic_end = 62;
constexpr std::uint64_t jpeg_end_slot = 77;
constexpr std::uint64_t live_end = 97;
/// The last HEIC slots repeat those fifty before them: first with another header, then exactly.
constexpr std::uint64_t edited_copies = 54;
constexpr std::uint64_t exact_copies = 57;
constexpr std::uint64_t copied_from = 50;

/// Neighbouring files are of different kinds: 37 and 73 undo each other modulo 100.
std::uint64_t slot_of(std::uint64_t index) { return index % hundred * 37 % hundred; }

std::uint64_t index_of(std::uint64_t block, std::uint64_t slot) {
  return block * hundred + slot * 73 % hundred;
}

CaptureTime taken_of(std::uint64_t index) {
  constexpr auto first = std::chrono::year{2020} / std::chrono::January;
  const auto month = first + std::chrono::months{index % months};
  const auto minute = std::chrono::minutes{index / months % 40'000};  // less than a month
  return {std::chrono::local_days{month / 1} + minute, std::chrono::minutes{60}, ZoneKnown::known};
}

std::string month_folder(const CaptureTime& taken) {
  const auto second = std::chrono::floor<std::chrono::seconds>(taken.wall);
  return fmt::format("{:%Y-%m}", fmt::gmtime(second.time_since_epoch().count()));
}

std::string content_id(std::uint64_t index) {
  Dice dice(seed_of(0xC0, index));
  return fmt::format("{:08X}-{:04X}-4{:03X}-A{:03X}-{:012X}",
                     dice.below(1ULL << 32U),
                     dice.below(1ULL << 16U),
                     dice.below(1ULL << 12U),
                     dice.below(1ULL << 12U),
                     dice.below(1ULL << 48U));
}

Shot shot_of(std::uint64_t index) {
  Shot shot;
  shot.taken = taken_of(index);
  shot.place = photo::Place{48.137, 11.575};
  shot.width = 4032;
  shot.height = 3024;
  return shot;
}

/// A head, then `payload` bytes of chance, none of them 0xFF, which would end a JPEG's data.
Result<ByteCount> write_file(const std::filesystem::path& path,
                             ByteView head,
                             std::uint64_t payload,
                             std::uint64_t seed,
                             ByteView tail) {
  FileWriter file = TRY(FileWriter::create(path));
  TRY(file.write(head));
  Dice dice(seed);
  Bytes piece(std::min<std::uint64_t>(payload, 1U << 20U));
  for (std::uint64_t left = payload; left > 0;) {
    const auto part = std::span(piece).first(std::min<std::uint64_t>(left, piece.size()));
    dice.fill(part);
    std::ranges::replace(part, std::byte{0xFF}, std::byte{0x7F});
    TRY(file.write(part));
    left -= part.size();
  }
  TRY(file.write(tail));
  return ByteCount{head.size() + payload + tail.size()};
}

Result<ByteCount> write_movie(const std::filesystem::path& path,
                              const Shot& shot,
                              std::uint64_t payload,
                              std::uint64_t seed) {
  const std::array frame{static_cast<std::uint32_t>(payload)};
  return write_file(path, movie_head(shot, frame), payload, seed, {});
}

Result<ByteCount> make_photo(const std::filesystem::path& folder,
                             std::uint64_t seed,
                             std::uint64_t index) {
  const std::uint64_t slot = slot_of(index);
  const std::uint64_t block = index / hundred;
  const bool is_copy = slot >= edited_copies && slot < heic_end;
  const std::uint64_t original = is_copy ? index_of(block, slot - copied_from) : index;
  const bool is_live_video = slot >= jpeg_end_slot && slot < live_end;
  const std::uint64_t still = is_live_video ? index_of(block, slot - jpeg_end_slot) : index;

  Dice dice(seed_of(seed, original));
  const std::uint64_t shot_index = is_live_video ? still : original;
  Shot shot = shot_of(shot_index);
  if (is_live_video || slot < live_end - jpeg_end_slot) shot.content_id = content_id(still);
  if (slot >= edited_copies && slot < exact_copies) shot.description = "edited";
  const auto path = [&](std::string_view extension) {
    return folder / month_folder(taken_of(shot_index)) /
           fmt::format("IMG_{:06}{}.{}", still, is_copy ? " copy" : "", extension);
  };
  if (slot < heic_end) {
    const auto payload = static_cast<std::uint32_t>(dice.between(3 * megabyte / 2, 3 * megabyte));
    return write_file(path("HEIC"), heic_head(shot, payload), payload, dice.roll(), {});
  }
  if (slot < jpeg_end_slot)
    return write_file(path("JPG"),
                      jpeg_head(shot),
                      dice.between(2 * megabyte, 6 * megabyte),
                      dice.roll(),
                      jpeg_end());
  if (is_live_video)
    return write_movie(path("MOV"), shot, dice.between(2 * megabyte, 4 * megabyte), dice.roll());
  const double size = 30 * std::pow(10.0, dice.fraction());
  return write_movie(path("MOV"), shot, static_cast<std::uint64_t>(size * 1e6), dice.roll());
}

Result<ByteCount> make_small_file(const std::filesystem::path& folder,
                                  std::uint64_t seed,
                                  std::uint64_t index) {
  constexpr std::uint64_t size = 4096;
  const Shot shot = shot_of(index);
  const Bytes head = jpeg_head(shot);
  const Bytes tail = jpeg_end();
  return write_file(folder / month_folder(taken_of(index)) / fmt::format("IMG_{:06}.JPG", index),
                    head,
                    size - head.size() - tail.size(),
                    seed_of(seed, index),
                    tail);
}

template <class Make>
Result<ByteCount> make_all(const std::filesystem::path& folder,
                           const Batch& batch,
                           const Make& make) {
  ByteCount written;
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    const ByteCount size = TRY(make(folder, batch.seed, batch.first + i));
    written += size;
  }
  return written;
}

}  // namespace

Result<ByteCount> make_photos(const std::filesystem::path& folder, const Batch& batch) {
  return make_all(folder, batch, make_photo);
}

Result<ByteCount> make_small(const std::filesystem::path& folder, const Batch& batch) {
  return make_all(folder, batch, make_small_file);
}

Result<std::uint64_t> count_files(const std::filesystem::path& folder) {
  std::error_code problem;
  std::uint64_t count = 0;
  std::filesystem::recursive_directory_iterator entry(folder, problem);
  if (problem == std::errc::no_such_file_or_directory) return count;
  while (!problem && entry != std::filesystem::recursive_directory_iterator()) {
    if (entry->is_regular_file(problem)) ++count;
    if (!problem) entry.increment(problem);
  }
  if (problem) return fail(Cause::denied, "cannot read {}: {}", folder.native(), problem.message());
  return count;
}

}  // namespace keepsake::simulate
