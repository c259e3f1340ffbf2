// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/movie.h"

#include "simulate/binary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

// The layout is that of Apple's "QuickTime File Format": ftyp, moov (mvhd, trak, meta), mdat.
namespace keepsake::simulate {
namespace {

constexpr std::uint32_t ticks_per_second = 600;
constexpr std::uint32_t ticks_per_frame = 60;
constexpr std::int64_t seconds_from_1904_to_1970 = 2'082'844'800;

/// Seconds since 1904 in UTC; 0 where the moment is not known.
std::uint64_t mac_time(const Shot& shot) {
  const auto instant = shot.taken ? instant_of(*shot.taken) : std::nullopt;
  if (!instant) return 0;
  const auto second = std::chrono::floor<std::chrono::seconds>(*instant);
  return static_cast<std::uint64_t>(second.time_since_epoch().count() + seconds_from_1904_to_1970);
}

void identity_matrix(BinaryWriter& writer) {
  for (const std::uint32_t cell : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U})
    writer.u32(cell);
}

Bytes movie_header(const Shot& shot, std::uint64_t duration) {
  BinaryWriter writer;
  writer.u32(mac_time(shot)).u32(mac_time(shot)).u32(ticks_per_second).u32(duration);
  writer.u32(0x10000).u16(0x0100).zeros(10);  // speed 1, full volume
  identity_matrix(writer);
  writer.zeros(24).u32(2);  // the next track's number
  return full_box("mvhd", 0, {std::move(writer).take()});
}

Bytes track_header(const Shot& shot, std::uint64_t duration) {
  BinaryWriter writer;
  writer.u32(mac_time(shot)).u32(mac_time(shot)).u32(1).u32(0).u32(duration).zeros(16);
  identity_matrix(writer);
  writer.u32(std::uint64_t{shot.width} << 16U).u32(std::uint64_t{shot.height} << 16U);
  return full_box("tkhd", 0x0F, {std::move(writer).take()});  // enabled, in movie and preview
}

/// One Motion JPEG format.
Bytes sample_description(const Shot& shot) {
  BinaryWriter entry;
  entry.zeros(6).u16(1);                          // its data lie in this file
  entry.zeros(4).text("kpsk").u32(0).u32(0x200);  // vendor, quality
  entry.u16(shot.width).u16(shot.height).u32(0x480000).u32(0x480000).u32(0).u16(1);  // 72 dpi
  entry.u8(12).text("Photo - JPEG").zeros(19).u16(24).u16(0xFFFF);  // name, depth, no colour table
  const Bytes format = box("jpeg", {std::move(entry).take()});
  return full_box("stsd", 0, {std::move(BinaryWriter().u32(1)).take(), format});
}

Bytes sample_table(const Shot& shot, std::span<const std::uint32_t> sizes, std::uint64_t data_at) {
  const Bytes times =
      std::move(BinaryWriter().u32(1).u32(sizes.size()).u32(ticks_per_frame)).take();
  const Bytes chunks = std::move(BinaryWriter().u32(1).u32(1).u32(sizes.size()).u32(1)).take();
  const Bytes offsets = std::move(BinaryWriter().u32(1).u32(data_at)).take();
  BinaryWriter lengths;
  lengths.u32(0).u32(sizes.size());
  for (const std::uint32_t size : sizes) lengths.u32(size);
  return box("stbl",
             {sample_description(shot),
              full_box("stts", 0, {times}),
              full_box("stsc", 0, {chunks}),
              full_box("stsz", 0, {std::move(lengths).take()}),
              full_box("stco", 0, {offsets})});
}

Bytes track(const Shot& shot, std::span<const std::uint32_t> sizes, std::uint64_t data_at) {
  const std::uint64_t duration = sizes.size() * ticks_per_frame;
  BinaryWriter clock;
  clock.u32(mac_time(shot)).u32(mac_time(shot)).u32(ticks_per_second).u32(duration).u32(0);
  const Bytes here = full_box("url ", 1, {});  // the data lie in this file
  const Bytes reference = full_box("dref", 0, {std::move(BinaryWriter().u32(1)).take(), here});
  const Bytes information = box("minf",
                                {full_box("vmhd", 1, {std::move(BinaryWriter().zeros(8)).take()}),
                                 handler_box("dhlr", "url "),
                                 box("dinf", {reference}),
                                 sample_table(shot, sizes, data_at)});
  const Bytes media = box(
      "mdia",
      {full_box("mdhd", 0, {std::move(clock).take()}), handler_box("mhlr", "vide"), information});
  return box("trak", {track_header(shot, duration), media});
}

/// "2024-05-01T12:00:00+0200", as the iPhone writes it.
std::string creation_date(const CaptureTime& taken) {
  const auto second = std::chrono::floor<std::chrono::seconds>(taken.wall);
  std::string offset = offset_text(taken);
  std::erase(offset, ':');
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}{}", fmt::gmtime(second.time_since_epoch().count()), offset);
}

std::vector<std::pair<std::string, std::string>> metadata_of(const Shot& shot) {
  std::vector<std::pair<std::string, std::string>> items;
  if (shot.content_id)
    items.emplace_back("com.apple.quicktime.content.identifier", *shot.content_id);
  if (shot.place)
    items.emplace_back(
        "com.apple.quicktime.location.ISO6709",
        fmt::format("{:+08.4f}{:+09.4f}+010.000/", shot.place->latitude, shot.place->longitude));
  if (!shot.make.empty()) items.emplace_back("com.apple.quicktime.make", shot.make);
  if (!shot.model.empty()) items.emplace_back("com.apple.quicktime.model", shot.model);
  if (shot.taken && shot.taken->zone == ZoneKnown::known)
    items.emplace_back("com.apple.quicktime.creationdate", creation_date(*shot.taken));
  return items;
}

/// QuickTime's `meta`: names in `keys`, their texts by number in `ilst`.
Bytes metadata(const Shot& shot) {
  const auto items = metadata_of(shot);
  BinaryWriter keys;
  BinaryWriter values;
  keys.u32(items.size());
  std::uint32_t number = 0;
  for (const auto& [key, text] : items) {
    keys.u32(8 + key.size()).text("mdta").text(key);
    const Bytes data = box("data", {std::move(BinaryWriter().u32(1).u32(0).text(text)).take()});
    values.u32(8 + data.size()).u32(++number).bytes(data);
  }
  return box("meta",
             {handler_box(no_component, "mdta"),
              full_box("keys", 0, {std::move(keys).take()}),
              box("ilst", {std::move(values).take()})});
}

}  // namespace

Bytes movie_head(const Shot& shot, std::span<const std::uint32_t> frame_sizes) {
  const Bytes type =
      box("ftyp", {bytes_of("qt  "), std::move(BinaryWriter().u32(0)).take(), bytes_of("qt  ")});
  const auto index = [&](std::uint64_t data_at) {
    return box("moov",
               {movie_header(shot, frame_sizes.size() * ticks_per_frame),
                track(shot, frame_sizes, data_at),
                metadata(shot)});
  };
  constexpr std::size_t data_head = 8;
  const std::uint64_t data_at = type.size() + index(0).size() + data_head;
  std::uint64_t data_size = data_head;
  for (const std::uint32_t size : frame_sizes) data_size += size;
  BinaryWriter writer;
  writer.bytes(type).bytes(index(data_at)).u32(data_size).text("mdat");
  return std::move(writer).take();
}

Bytes movie(const Shot& shot, const std::vector<Bytes>& frames) {
  std::vector<std::uint32_t> sizes;
  sizes.reserve(frames.size());
  for (const Bytes& frame : frames) sizes.push_back(static_cast<std::uint32_t>(frame.size()));
  BinaryWriter writer;
  writer.bytes(movie_head(shot, sizes));
  for (const Bytes& frame : frames) writer.bytes(frame);
  return std::move(writer).take();
}

}  // namespace keepsake::simulate
