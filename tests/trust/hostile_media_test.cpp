// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/siege.h"
#include "tests/unit/media/build.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::string_literals;
namespace build = keepsake::media::build;

namespace {

constexpr std::size_t deep = 10'000;

/// Two thousand zeros in thirteen bytes, as often as it takes: what unpacks it gets 150 times as
/// much.
std::string deflated_zeros(std::size_t packed) {
  std::string bits = "\x78\x01\x63\x00"s;
  while (bits.size() < packed) bits += "\x02\x51\x28\x14\x8A\x44\xA2\x50\x28\x14\x0A\x85\x82"s;
  return bits;
}

std::string png_of(std::uint32_t width, std::uint32_t height, std::size_t packed) {
  return build::png(
      {{"IHDR", build::number(width, 4) + build::number(height, 4) + "\x08\x06\0\0\0"s},
       {"zTXt", "XML:com.adobe.xmp\0\0"s + deflated_zeros(packed)},
       {"iTXt", "XML:com.adobe.xmp\0\1\0\0\0"s + deflated_zeros(packed)},
       {"IDAT", deflated_zeros(packed)}});
}

/// A TIFF whose only directory has itself for its EXIF directory, and for the next one.
const std::string loop = "MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\x08"s;

/// A directory whose one value has four thousand million parts.
const std::string boundless = "II*\0\x08\0\0\0\1\0\x0F\x01\2\0\xFF\xFF\xFF\xFF\x08\0\0\0\0\0\0\0"s;

std::string exif_of(const std::string& tiff) { return build::segment(0xE1, "Exif\0\0"s + tiff); }

std::string nested_boxes(std::string_view type, std::size_t levels) {
  std::string inner;
  // Built from the inside, each length would be moved once for each level around it.
  for (std::size_t i = 0; i < levels; ++i)
    inner += build::number(8 * (levels - i), 4) + std::string(type);
  return inner;
}

const std::string heic_begin = build::box("ftyp", "heic\0\0\0\0heic"s);
const std::string mov_begin = build::box("ftyp", "qt  \0\0\0\0qt  "s);

std::string with_entities(std::string_view around) {
  std::string text = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">";
  for (char name = 'b'; name <= 'z'; ++name) {
    text += "<!ENTITY "s + name + " \"";
    for (int i = 0; i < 10; ++i) text += "&"s + static_cast<char>(name - 1) + ";";
    text += "\">";
  }
  return text + "]>" + std::string(around);
}

/// Lists of which each holds the next one twice, and the last one the first: no end of it.
std::string plist_bomb() {
  constexpr int lists = 60;
  std::string bytes = "bplist00";
  std::string table;
  for (int i = 0; i < lists; ++i) {
    table += static_cast<char>(bytes.size());
    const auto next = static_cast<char>((i + 1) % lists);
    bytes += "\xA2"s + next + next;
  }
  const auto table_at = bytes.size();
  return bytes + table + std::string(6, '\0') + "\1\1" + build::number(lists, 8) +
         build::number(0, 8) + build::number(table_at, 8);
}

}  // namespace

TEST_CASE("pictures that unpack to more than there is memory are kept as they are") {
  Siege siege("pictures that unpack to gigabytes");
  siege.add("sides.png", png_of(0x7FFFFFFF, 0x7FFFFFFF, 1'000));
  siege.add("text.png", png_of(100'000, 100'000, 4U << 20U));
  siege.add("chunk.png", png_of(1, 1, 100) + "\x7F\xFF\xFF\xFFzTXt"s);
  siege.add("frames.gif", "GIF89a\xFF\xFF\xFF\xFF\0\0\0"s + std::string(1U << 20U, '\x21'));
  siege.add("canvas.webp", build::riff("WEBP", {{"VP8X", "\x2C\0\0\0"s + std::string(6, '\xFF')}}));

  siege.withstand({});
}

TEST_CASE("EXIF that leads in circles or demands gigabytes is no danger") {
  Siege siege("EXIF in circles, EXIF of gigabytes");
  siege.add("circle.tif", loop);
  siege.add("circle.jpg", build::jpeg({exif_of(loop)}));
  siege.add("circle.dng", loop + "DNG");
  siege.add("circle.png", build::png({{"IHDR", std::string(13, '\1')}, {"eXIf", loop}}));
  siege.add("boundless.tif", boundless);
  siege.add("boundless.jpg", build::jpeg({exif_of(boundless)}));
  siege.add("note.jpg",
            build::jpeg({build::exif_segment(
                {.exif = {build::apple_makernote({build::text(0x0011, plist_bomb())})}})}));
  siege.add("many.jpg", build::jpeg(std::vector<std::string>(2'000, exif_of(loop))));

  siege.withstand({});
}

TEST_CASE("boxes without end, or that end beyond the file, are no danger") {
  Siege siege("boxes in boxes, lengths beyond the end");
  siege.add("deep.heic", heic_begin + nested_boxes("meta", deep));
  siege.add("deep.mov", mov_begin + nested_boxes("moov", deep));
  siege.add("long.mov", mov_begin + "\0\0\0\1moov"s + std::string(8, '\xFF'));
  siege.add("empty.mov", mov_begin + std::string(4'000, '\0') + "moov");
  siege.add("items.heic",
            heic_begin + build::box("meta",
                                    "\0\0\0\0"s + build::box("iloc",
                                                             "\2\0\0\0\0\0\xFF\xFF\xFF\xFF"s +
                                                                 std::string(4'096, '\xFF'))));
  siege.add("length.jpg", "\xFF\xD8\xFF\xE1\0\0\xFF\xE1\0\1\xFF\xD9"s);
  siege.add("fill.jpg", "\xFF\xD8"s + std::string(8U << 20U, '\xFF'));
  siege.add("riff.avi", "RIFF\xFF\xFF\xFF\xFF" + "AVI LIST\xFF\xFF\xFF\xFFhdrl"s);
  siege.add("unknown.mkv", "\x1A\x45\xDF\xA3\x80"s + std::string(10'000, '\x1F') + "\xFF");

  siege.withstand({});
}

TEST_CASE("sidecars and recipes that unfold without end are kept as they are") {
  Siege siege("sidecars and recipes that unfold without end");
  for (const char* stem : {"entities", "deep", "plist", "xml"})
    siege.add(stem + ".JPG"s, jpeg_of(stem));
  siege.add("entities.xmp",
            with_entities(build::xmp(R"(xmp:CreateDate="2019-07-04T18:00:01">&z;)")));
  std::string nested;
  for (std::size_t i = 0; i < deep; ++i) nested += "<dc:x>";
  siege.add("deep.xmp", build::xmp(R"(xmp:CreateDate="2019-07-04T18:00:01">)" + nested));
  siege.add("plist.AAE", plist_bomb());
  siege.add("xml.AAE", with_entities("<plist><dict><key>&z;</key></dict></plist>"));

  siege.withstand({});
}
