// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/exif.h"

#include "media/apple_makernote.h"
#include "media/gps.h"
#include "media/iptc.h"
#include "media/jpeg.h"
#include "media/tiff.h"
#include "media/wording.h"
#include "media/xmp.h"

#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t most_chained = 8;  ///< pictures in one file, thumbnails included

/// The charset of a user comment stands in its first eight bytes.
std::string comment_text(const TiffEntry& entry) {
  const auto raw = entry.short_bytes();
  if (raw.size() < 8) return {};
  const auto charset = text_of(raw.first(8));
  const auto rest = raw.subspan(8);
  if (charset == "UNICODE\0"sv) return wording_of_utf16(rest, entry.order);
  if (charset == "ASCII\0\0\0"sv || charset == "\0\0\0\0\0\0\0\0"sv) return wording(text_of(rest));
  return {};
}

std::string utf16_text(const TiffEntry& entry) {
  return wording_of_utf16(entry.short_bytes(), Order::little);
}

/// Whether a picture with this compression or colour is what a sensor saw.
bool is_sensor_data(const TiffEntry& entry) {
  const auto value = entry.number().value_or(0);
  if (entry.tag == 0x0106) return value == 32803 || value == 34892;
  return value == 32767 || value == 32769 || value == 32770 || value == 34713 || value == 65535;
}

/// Where a tag's text belongs, or nothing. (EXIF 2.32 §4.6.4 to 4.6.6)
std::string* text_field(std::uint16_t tag, Exif& exif) {
  switch (tag) {
    case 0x010E:
      return &exif.description;
    case 0x010F:
      return &exif.make;
    case 0x0110:
      return &exif.model;
    case 0x0132:
      return &exif.modified.text;
    case 0x9003:
      return &exif.original.text;
    case 0x9004:
      return &exif.digitized.text;
    case 0x9010:
      return &exif.modified.offset;
    case 0x9011:
      return &exif.original.offset;
    case 0x9012:
      return &exif.digitized.offset;
    case 0x9290:
      return &exif.modified.fraction;
    case 0x9291:
      return &exif.original.fraction;
    case 0x9292:
      return &exif.digitized.fraction;
    default:
      return nullptr;
  }
}

class ExifReader {
 public:
  ExifReader(Tiff tiff, Findings& findings)
      : tiff_(std::move(tiff)), findings_(findings), exif_(findings.exif) {}

  /// False when there is not even a first directory.
  bool read_main() {
    auto next = tiff_.visit(tiff_.first_directory(), [&](const auto& entry) {
      see(entry);
      see_layout(entry);
    });
    const bool readable = next.has_value();
    for (std::uint64_t i = 0; i < most_chained && next.value_or(0) != 0; ++i)
      next = tiff_.visit(*next, [&](const auto& entry) { see_layout(entry); });
    return readable;
  }

  void read_exif(std::uint64_t directory) {
    tiff_.visit(directory, [&](const auto& entry) { see(entry); });
  }

  void read_gps(std::uint64_t directory) {
    tiff_.visit(directory, [&](const auto& entry) { see_gps(entry, exif_); });
  }

 private:
  /// Writers put tags into either directory, the first or the one of EXIF, so both are read alike.
  void see(const TiffEntry& entry) {
    if (auto* const field = text_field(entry.tag, exif_)) return keep_first(*field, entry.text());
    switch (entry.tag) {
      case 0x002E:
        return see_preview(entry.value);
      case 0x02BC:
        return read_xmp(entry.value, findings_.xmp);
      case 0x4746:
        return see_rating(entry);
      case 0x83BB:
        return read_iptc(entry.value, findings_.iptc);
      case 0x8649:
        return read_photoshop(entry.value, findings_);
      case 0x8769:
        return read_exif(entry.number().value_or(0));
      case 0x8825:
        return read_gps(entry.number().value_or(0));
      case 0x927C:
        return read_apple_makernote(entry.value, findings_);
      case 0x9286:
        return keep_first(exif_.comment, comment_text(entry));
      case 0x9C9B:
        return keep_first(exif_.title, utf16_text(entry));
      case 0x9C9E:
        return keep_first(exif_.keywords, utf16_text(entry));
      case 0xC612:
        exif_.is_dng = true;
        return;
      default:
        return;
    }
  }

  /// Panasonic's RW2 has its EXIF in the picture that it shows on its screen.
  void see_preview(const Part& picture) {
    if (picture.has(0, "\xFF\xD8")) read_jpeg_headers(picture, findings_);
  }

  void see_rating(const TiffEntry& entry) {
    const auto numbers = entry.numbers(1);
    if (!exif_.rating && !numbers.empty()) exif_.rating = numbers.front();
  }

  void see_layout(const TiffEntry& entry) {
    if (entry.tag == 0x0103 || entry.tag == 0x0106)
      exif_.is_sensor_data = exif_.is_sensor_data || is_sensor_data(entry);
    if (entry.tag != 0x014A) return;
    for (std::uint64_t i = 0; i < most_chained; ++i)
      if (const auto child = entry.number(i))
        tiff_.visit(*child, [&](const auto& inner) { see_layout(inner); });
  }

  Tiff tiff_;
  Findings& findings_;
  Exif& exif_;
};

}  // namespace

void read_tiff(Part part, Findings& findings) {
  if (findings.tiffs_left == 0) return;
  --findings.tiffs_left;
  auto tiff = Tiff::open(part);
  if (!tiff || !ExifReader(*std::move(tiff), findings).read_main())
    findings.warnings.emplace_back("its EXIF data cannot be read");
}

void read_exif(Part part, Findings& findings) { read_tiff(part, findings); }

void read_directory(Part part, Directory directory, Findings& findings) {
  auto tiff = Tiff::open(part);
  if (!tiff) return;
  const auto first = tiff->first_directory();
  ExifReader reader(*std::move(tiff), findings);
  switch (directory) {
    case Directory::main:
      reader.read_main();
      break;
    case Directory::exif:
      reader.read_exif(first);
      break;
    case Directory::gps:
      reader.read_gps(first);
      break;
  }
}

}  // namespace keepsake::media
