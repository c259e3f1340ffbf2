// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/facts.h"
#include "media/part.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small files made by hand, byte by byte, for tests and as seeds for fuzzing.
namespace keepsake::media::build {

std::string number(std::uint64_t value, unsigned width, Order order = Order::big);

/// A tag of a TIFF directory; numbers in its value are already in the file's order.
struct Tag {
  std::uint16_t id;
  std::uint16_t type;
  std::uint32_t count;
  std::string value;
};

Tag text(std::uint16_t id, std::string_view value);
Tag short_number(std::uint16_t id, std::uint16_t value, Order order = Order::big);

/// Fractions as above and below.
Tag fractions(std::uint16_t id,
              const std::vector<std::pair<std::uint32_t, std::uint32_t>>& values,
              Order order = Order::big);

/// What the directories of an EXIF block hold.
struct Directories {
  std::vector<Tag> main = {};
  std::vector<Tag> exif = {};
  std::vector<Tag> gps = {};
};

std::string tiff(const Directories& directories, Order order = Order::big);

/// Apple's maker note with these text tags.
Tag apple_makernote(const std::vector<Tag>& tags);

/// The three GPS tags of a place: whole degrees north and east, or south and west when negative.
std::vector<Tag> gps_place(int latitude, int longitude, Order order = Order::big);

std::string jpeg(const std::vector<std::string>& segments);
std::string segment(std::uint8_t marker, std::string_view data);
std::string exif_segment(const Directories& directories, Order order = Order::big);
std::string xmp_segment(std::string_view packet);

/// An XMP packet around properties of the picture.
std::string xmp(std::string_view properties);

std::string box(std::string_view type, std::string_view body);

/// A HEIC with an EXIF item, in the file (method 0) or in `idat` (method 1).
std::string heic(const Directories& directories, unsigned method = 0);

/// A MOV whose header has these keys of Apple's, and its clock in seconds since 1904.
std::string mov(const std::vector<std::pair<std::string, std::string>>& keys, std::uint64_t clock);

std::string png(const std::vector<std::pair<std::string, std::string>>& chunks);
std::string riff(std::string_view form,
                 const std::vector<std::pair<std::string, std::string>>& chunks);

/// 2030-01-01T00:00:00Z, the present of all tests.
Instant now();

/// What a file of these bytes tells; breaks the test when it cannot be read.
Facts look_at(std::string_view bytes, std::string_view name);

/// Its capture time as text, "none" where there is none.
std::string taken(const Facts& facts);

/// A sample of every format that has a reader, each with a date, by the name it may bear.
std::vector<std::pair<std::string, std::string>> samples();

}  // namespace keepsake::media::build
