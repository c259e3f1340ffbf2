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

class ExifReader {
 public:
  ExifReader(Tiff tiff, Findings& findings)
      : tiff_(std::move(tiff)), findings_(findings), exif_(findings.exif) {}

  /// False when there is not even a first directory.
  bool read_main() {
    auto next = tiff_.visit(tiff_.first_directory(), [&](const auto& entry) { see_main(entry); });
    const bool readable = next.has_value();
    for (std::uint64_t i = 0; i < most_chained && next.value_or(0) != 0; ++i)
      next = tiff_.visit(*next, [&](const auto& entry) { see_layout(entry); });
    return readable;
  }

  void read_exif(std::uint64_t directory) {
    tiff_.visit(directory, [&](const auto& entry) { see_exif(entry); });
  }

  void read_gps(std::uint64_t directory) {
    tiff_.visit(directory, [&](const auto& entry) { see_gps(entry, exif_); });
  }

 private:
  void see_main(const TiffEntry& entry) {
    switch (entry.tag) {
      case 0x002E:  // the preview of an RW2; elsewhere no such tag
        if (entry.value.has(0, "\xFF\xD8")) read_jpeg_headers(entry.value, findings_);
        break;
      case 0x010E:
        keep_first(exif_.description, entry.text());
        break;
      case 0x010F:
        keep_first(exif_.make, entry.text());
        break;
      case 0x0110:
        keep_first(exif_.model, entry.text());
        break;
      case 0x0132:
        keep_first(exif_.modified.text, entry.text());
        break;
      case 0x02BC:
        read_xmp(entry.value, findings_.xmp);
        break;
      case 0x4746:
        if (!exif_.rating) exif_.rating = first_number(entry);
        break;
      case 0x83BB:
        read_iptc(entry.value, findings_.iptc);
        break;
      case 0x8649:
        read_photoshop(entry.value, findings_);
        break;
      case 0x8825:
        read_gps(entry.number().value_or(0));
        break;
      case 0x9C9B:
        keep_first(exif_.title, utf16_text(entry));
        break;
      case 0x9C9E:
        keep_first(exif_.keywords, utf16_text(entry));
        break;
      case 0xC612:
        exif_.is_dng = true;
        break;
      default:
        see_exif(entry);  // some writers put these tags into the first directory
    }
    see_layout(entry);
  }

  void see_exif(const TiffEntry& entry) {
    switch (entry.tag) {
      case 0x8769:
        read_exif(entry.number().value_or(0));
        break;
      case 0x9003:
        keep_first(exif_.original.text, entry.text());
        break;
      case 0x9004:
        keep_first(exif_.digitized.text, entry.text());
        break;
      case 0x9010:
        keep_first(exif_.modified.offset, entry.text());
        break;
      case 0x9011:
        keep_first(exif_.original.offset, entry.text());
        break;
      case 0x9012:
        keep_first(exif_.digitized.offset, entry.text());
        break;
      case 0x927C:
        read_apple_makernote(entry.value, findings_);
        break;
      case 0x9286:
        keep_first(exif_.comment, comment_text(entry));
        break;
      case 0x9290:
        keep_first(exif_.modified.fraction, entry.text());
        break;
      case 0x9291:
        keep_first(exif_.original.fraction, entry.text());
        break;
      case 0x9292:
        keep_first(exif_.digitized.fraction, entry.text());
        break;
      default:
        break;
    }
  }

  void see_layout(const TiffEntry& entry) {
    if (entry.tag == 0x0103 || entry.tag == 0x0106)
      exif_.is_sensor_data = exif_.is_sensor_data || is_sensor_data(entry);
    if (entry.tag != 0x014A) return;
    for (std::uint64_t i = 0; i < most_chained; ++i)
      if (const auto child = entry.number(i))
        tiff_.visit(*child, [&](const auto& inner) { see_layout(inner); });
  }

  static std::optional<double> first_number(const TiffEntry& entry) {
    const auto numbers = entry.numbers(1);
    return numbers.empty() ? std::nullopt : std::optional(numbers.front());
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
