// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/exif.h"

#include "simulate/binary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace keepsake::simulate {
namespace {

/// `Apple iOS`, a version, and a directory whose offsets count from the note's own start.
Bytes apple_maker_note(const std::string& content_id) {
  constexpr std::uint32_t directory_at = 14;
  TiffDirectory directory;
  directory.add_text(0x0011, content_id);
  BinaryWriter note;
  note.text("Apple iOS").u8(0).u8(0).u8(1).text("MM").bytes(directory.laid_out(directory_at));
  return std::move(note).take();
}

/// Degrees, minutes and hundredths of seconds.
void add_angle(TiffDirectory& gps, std::uint16_t tag, double degrees) {
  const auto hundredths = static_cast<std::uint32_t>(std::llround(std::abs(degrees) * 360'000));
  gps.add_rational(
      tag, {{hundredths / 360'000, 1}, {hundredths / 6'000 % 60, 1}, {hundredths % 6'000, 100}});
}

TiffDirectory gps_directory(const photo::Place& place) {
  TiffDirectory gps;
  gps.add_byte(0x0000, {2, 3, 0, 0});
  gps.add_text(0x0001, place.latitude < 0 ? "S" : "N");
  add_angle(gps, 0x0002, place.latitude);
  gps.add_text(0x0003, place.longitude < 0 ? "W" : "E");
  add_angle(gps, 0x0004, place.longitude);
  return gps;
}

void add_time(TiffDirectory& camera, const CaptureTime& taken) {
  camera.add_text(0x9003, exif_time(taken));  // DateTimeOriginal
  camera.add_text(0x9004, exif_time(taken));  // CreateDate
  camera.add_text(0x9291, fmt::format("{:03}", taken.wall.time_since_epoch().count() % 1000));
  if (taken.zone == ZoneKnown::known)
    for (const std::uint16_t tag : std::array<std::uint16_t, 3>{0x9010, 0x9011, 0x9012})
      camera.add_text(tag, offset_text(taken));
}

TiffDirectory camera_directory(const Shot& shot) {
  TiffDirectory camera;
  camera.add_rational(0x829A, {{1, 120}});    // ExposureTime
  camera.add_rational(0x829D, {{178, 100}});  // FNumber
  camera.add_short(0x8827, {80});             // ISO
  camera.add_undefined(0x9000, bytes_of("0232"));
  if (shot.taken) add_time(camera, *shot.taken);
  if (shot.content_id) camera.add_undefined(0x927C, apple_maker_note(*shot.content_id));
  camera.add_long(0xA002, shot.width);
  camera.add_long(0xA003, shot.height);
  return camera;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char character : text) {
    if (character == '&')
      safe += "&amp;";
    else if (character == '<')
      safe += "&lt;";
    else
      safe += character;
  }
  return safe;
}

std::string in_one_language(std::string_view property, const std::optional<std::string>& text) {
  if (!text) return {};
  return fmt::format("<{0}><rdf:Alt><rdf:li xml:lang=\"x-default\">{1}</rdf:li></rdf:Alt></{0}>\n",
                     property,
                     escaped(*text));
}

}  // namespace

std::string exif_time(const CaptureTime& time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time.wall);
  return fmt::format("{:%Y:%m:%d %H:%M:%S}", fmt::gmtime(second.time_since_epoch().count()));
}

std::string offset_text(const CaptureTime& time) {
  const auto minutes = std::abs(time.offset.count());
  return fmt::format(
      "{}{:02}:{:02}", time.offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

TiffDirectory exif_directory(const Shot& shot) {
  TiffDirectory first;
  if (!shot.description.empty()) first.add_text(0x010E, shot.description);
  if (!shot.make.empty()) first.add_text(0x010F, shot.make);
  if (!shot.model.empty()) first.add_text(0x0110, shot.model);
  first.add_short(0x0112, {1});  // Orientation: upright
  if (shot.taken) first.add_text(0x0132, exif_time(*shot.taken));
  first.add_directory(0x8769, camera_directory(shot));
  if (shot.place) first.add_directory(0x8825, gps_directory(*shot.place));
  return first;
}

Bytes exif_block(const Shot& shot) { return tiff_structure(exif_directory(shot)); }

std::string xmp_packet(const Shot& shot) {
  const photo::Labels& labels = shot.labels;
  if (labels == photo::Labels{}) return {};
  std::string body = in_one_language("dc:title", labels.title);
  body += in_one_language("dc:description", labels.caption);
  if (!labels.keywords.empty()) {
    body += "<dc:subject><rdf:Bag>";
    for (const std::string& word : labels.keywords)
      body += "<rdf:li>" + escaped(word) + "</rdf:li>";
    body += "</rdf:Bag></dc:subject>\n";
  }
  if (labels.rating) body += fmt::format("<xmp:Rating>{}</xmp:Rating>\n", *labels.rating);
  return "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
         "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n" +
         body + "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n";
}

}  // namespace keepsake::simulate
