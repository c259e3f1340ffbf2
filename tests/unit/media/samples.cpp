// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

namespace keepsake::media::build {

using namespace std::string_literals;

namespace {

const Directories dated = {
    .main = {text(0x010F, "Apple"), text(0x0110, "iPhone 15 Pro")},
    .exif = {text(0x9003, "2019:07:04 18:00:01"),
             text(0x9011, "+02:00"),
             text(0x9291, "25"),
             apple_makernote({text(0x0011, "4e1a1b89-ce70-4ff8-873b-e4470b839314")})},
    .gps = gps_place(48, -11)};

const std::string packet =
    xmp(R"(photoshop:DateCreated="2019-07-04T18:00:01.25+02:00" xmp:Rating="4">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">A title</rdf:li></rdf:Alt></dc:title>
  <dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>boat</rdf:li></rdf:Bag></dc:subject>)");

std::string gif() {
  return "GIF89a\1\0\1\0\x80\0\0"s + std::string(6, '\1') + "\x21\xFF\x0BXMP DataXMP" +
         "<?xpacket begin=\"\"?>" + packet + "<?xpacket end=\"w\"?>" + "\1\0"s + ";";
}

std::string iptc() {
  const auto record = [](int number_of_set, std::string_view value) {
    return "\x1C\x02"s + static_cast<char>(number_of_set) + number(value.size(), 2) +
           std::string(value);
  };
  const auto records = record(5, "A title") + record(25, "lake") + record(55, "20190704") +
                       record(60, "180001+0200");
  return "Photoshop 3.0\0"s + "8BIM\x04\x04\0\0"s + number(records.size(), 4) + records;
}

std::string matroska() {
  const auto info = "\x44\x61\x88"s + number(583948801ULL * 1000000000ULL, 8) + "\x44\x89\x84"s +
                    number(0x447A0000, 4);
  const auto segment_body = "\x15\x49\xA9\x66"s + static_cast<char>(0x80 + info.size()) + info;
  return "\x1A\x45\xDF\xA3\x80"s + "\x18\x53\x80\x67"s +
         static_cast<char>(0x80 + segment_body.size()) + segment_body;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> samples() {
  const std::string payload = tiff(dated);
  const auto exif_box = number(0, 4) + payload;
  const auto avi_header = "avih"s + number(20, 4, Order::little) + number(40000, 4, Order::little) +
                          std::string(12, '\0') + number(50, 4, Order::little);
  const auto avi_date = "IDIT"s + number(24, 4, Order::little) + "Thu Jul 04 18:00:01 2019";
  const auto raf_head = "FUJIFILMCCD-RAW "s + std::string(68, '\0');
  const auto preview = jpeg({exif_segment(dated)});
  return {
      {"exif.jpg", preview},
      {"xmp.jpg", jpeg({xmp_segment(packet)})},
      {"iptc.jpg", jpeg({segment(0xED, iptc())})},
      {"little.tif", tiff({.main = {text(0x0132, "2019:07:04 18:00:01")}}, Order::little)},
      {"a.heic", heic(dated)},
      {"b.heic", heic(dated, 1)},
      {"a.mov", mov({{"com.apple.quicktime.creationdate", "2019-07-04T18:00:01+0200"}}, 1)},
      {"exif.png", png({{"eXIf", payload}})},
      {"xmp.png", png({{"iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s + packet}})},
      {"a.gif", gif()},
      {"a.webp", riff("WEBP", {{"EXIF", payload}, {"XMP ", packet}})},
      {"a.avi", riff("AVI ", {{"LIST", "hdrl" + avi_header + avi_date}})},
      {"a.mkv", matroska()},
      {"a.jxl", box("JXL ", "\r\n\x87\n") + box("Exif", exif_box) + box("xml ", packet)},
      {"a.raf", raf_head + number(92, 4) + number(preview.size(), 4) + preview},
      {"a.xmp", packet},
  };
}

}  // namespace keepsake::media::build
