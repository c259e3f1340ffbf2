// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/jpeg_boxes.h"

#include "media/boxes.h"
#include "media/exif_payload.h"
#include "media/iptc.h"
#include "media/xmp.h"

#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr auto uuid_xmp = "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC"sv;
constexpr auto uuid_iptc = "\x33\xC7\xA4\xD2\xB8\x1D\x47\x23\xA0\xBA\xF1\xA3\xE0\x97\xAD\x38"sv;
constexpr auto uuid_exif = "JpgTiffExif->JP2"sv;
constexpr std::uint64_t uuid_length = 16;

void see_uuid(const Part& body, Findings& findings) {
  const auto data = body.from(uuid_length);
  if (body.has(0, uuid_xmp)) read_xmp(data, findings.xmp);
  if (body.has(0, uuid_iptc)) read_iptc(data, findings.iptc);
  if (body.has(0, uuid_exif)) read_exif_payload(data, findings);
}

}  // namespace

void read_jpeg_boxes(Part file, Findings& findings) {
  if (file.has(0, "\xFF\x0A")) return;  // JPEG XL without boxes carries no metadata
  Boxes boxes(file);
  while (const auto box = boxes.next()) {
    if (box->type == four("Exif")) read_exif_payload(box->body, findings);
    if (box->type == four("xml ")) read_xmp(box->body, findings.xmp);
    if (box->type == four("uuid")) see_uuid(box->body, findings);
  }
  if (boxes.overran())
    findings.warnings.emplace_back("the picture ends early: a part of the file is missing");
}

}  // namespace keepsake::media
