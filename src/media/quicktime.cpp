// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/quicktime.h"

#include "media/boxes.h"
#include "media/exif.h"
#include "media/quicktime_metadata.h"
#include "media/xmp.h"

#include <chrono>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr auto uuid_xmp = "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC"sv;
constexpr auto uuid_canon = "\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48"sv;

/// Between 1904-01-01, where the clock of QuickTime starts, and 1970-01-01.
constexpr std::chrono::seconds to_unix{2082844800};
constexpr std::uint64_t most_seconds = 10'000'000'000;

/// Version, flags, created, modified, time scale, duration; 8 instead of 4 bytes wide in version 1.
void read_movie_header(const Part& mvhd, Movie& movie) {
  const unsigned wide = mvhd.u8(0) == 1U ? 8 : 4;
  const auto created = mvhd.number(4, wide, Order::big).value_or(0);
  if (created != 0 && created < most_seconds)
    movie.created = Instant(std::chrono::seconds(created) - to_unix);
  const auto scale = mvhd.u32(4 + 2 * wide).value_or(0);
  const auto duration = mvhd.number(8 + 2 * wide, wide, Order::big);
  const bool known = duration && *duration != (wide == 8 ? ~std::uint64_t{0} : 0xFFFFFFFFU);
  if (scale != 0 && known)
    movie.duration = static_cast<double>(*duration) / static_cast<double>(scale);
}

void see_uuid(const Part& body, Findings& findings) {
  if (body.has(0, uuid_xmp)) read_xmp(body.from(uuid_xmp.size()), findings.xmp);
}

void read_moov(const Part& moov, Findings& findings) {
  Boxes boxes(moov);
  while (const auto box = boxes.next()) {
    if (box->type == four("mvhd")) read_movie_header(box->body, findings.movie);
    if (box->type == four("meta")) read_quicktime_meta(box->body, findings);
    if (box->type == four("udta")) read_quicktime_user_data(box->body, findings);
    if (box->type == four("uuid")) see_uuid(box->body, findings);
  }
}

void read_canon(const Part& uuid, Findings& findings) {
  if (!uuid.has(0, uuid_canon)) return;
  Boxes boxes(uuid.from(uuid_canon.size()));
  while (const auto box = boxes.next()) {
    if (box->type == four("CMT1")) read_directory(box->body, Directory::main, findings);
    if (box->type == four("CMT2")) read_directory(box->body, Directory::exif, findings);
    if (box->type == four("CMT4")) read_directory(box->body, Directory::gps, findings);
  }
}

}  // namespace

void read_quicktime(Part file, Findings& findings) {
  Boxes boxes(file);
  bool has_moov = false;
  while (const auto box = boxes.next()) {
    if (box->type == four("moov")) read_moov(box->body, findings);
    if (box->type == four("meta")) read_quicktime_meta(box->body, findings);
    if (box->type == four("uuid")) see_uuid(box->body, findings);
    has_moov = has_moov || box->type == four("moov");
  }
  if (!has_moov) {
    findings.warnings.emplace_back("the video has no header: it cannot be played");
  } else if (boxes.overran()) {
    findings.warnings.emplace_back("the video ends early: a part of the file is missing");
  }
}

void read_cr3(Part file, Findings& findings) {
  Boxes boxes(file);
  while (const auto box = boxes.next()) {
    if (box->type == four("uuid")) see_uuid(box->body, findings);
    if (box->type != four("moov")) continue;
    Boxes inner(box->body);
    while (const auto part = inner.next())
      if (part->type == four("uuid")) read_canon(part->body, findings);
  }
  if (boxes.overran())
    findings.warnings.emplace_back("the picture ends early: a part of the file is missing");
}

}  // namespace keepsake::media
