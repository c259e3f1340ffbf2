// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/riff.h"

#include "base/text.h"
#include "media/boxes.h"
#include "media/exif_payload.h"
#include "media/wording.h"
#include "media/xmp.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace keepsake::media {

namespace {

constexpr int most_chunks = 20000;
constexpr std::uint64_t most_date = 64;

/// Walks the chunks of a part; the last one is cut where the part ends.
class Chunks {
 public:
  explicit Chunks(Part part) : part_(part) {}

  std::optional<Box> next() {
    const auto type = part_.u32(position_);
    const auto length = part_.u32(position_ + 4, Order::little);
    if (!type || !length || ++count_ > most_chunks) return std::nullopt;
    const Box chunk{static_cast<std::uint32_t>(*type), part_.slice(position_ + 8, *length)};
    overran_ = !part_.holds(position_ + 8, *length);
    position_ += 8 + *length + (*length & 1U);
    return chunk;
  }

  [[nodiscard]] bool overran() const { return overran_; }

 private:
  Part part_;
  std::uint64_t position_ = 0;
  int count_ = 0;
  bool overran_ = false;
};

/// "Mon Mar 10 15:04:43 2003", as C's asctime has it, in the order of EXIF; other forms as they
/// are.
std::string date_in_order(const std::string& text) {
  constexpr std::string_view months = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  const auto words = pieces(text, ' ');
  if (words.size() != 5 || words[1].size() != 3) return text;
  const auto month = months.find(upper_case(words[1]));
  if (month == std::string_view::npos || month % 3 != 0) return text;
  return fmt::format("{}:{:02}:{} {}", words[4], month / 3 + 1, words[2], words[3]);
}

/// `avih`: microseconds of a picture first, the number of pictures fifth.
void read_avi_header(const Part& avih, Movie& movie) {
  const auto picture = avih.u32(0, Order::little).value_or(0);
  const auto count = avih.u32(16, Order::little).value_or(0);
  if (picture != 0 && count != 0)
    movie.duration = static_cast<double>(picture) * static_cast<double>(count) / 1e6;
}

void read_header_list(const Part& list, Findings& findings) {
  Chunks chunks(list);
  while (const auto chunk = chunks.next()) {
    if (chunk->type == four("avih")) read_avi_header(chunk->body, findings.movie);
    if (chunk->type != four("IDIT") || chunk->body.size() > most_date) continue;
    keep_first(findings.exif.original.text, date_in_order(wording(text_of(chunk->body.all()))));
  }
}

}  // namespace

void read_webp(Part file, Findings& findings) {
  Chunks chunks(file.from(12));
  while (const auto chunk = chunks.next()) {
    if (chunk->type == four("EXIF")) read_exif_payload(chunk->body, findings);
    if (chunk->type == four("XMP ")) read_xmp(chunk->body, findings.xmp);
  }
  if (chunks.overran())
    findings.warnings.emplace_back("the picture ends early: a part of the file is missing");
}

void read_avi(Part file, Findings& findings) {
  Chunks chunks(file.from(12));
  while (const auto chunk = chunks.next()) {
    if (chunk->type == four("LIST") && chunk->body.has(0, "hdrl"))
      read_header_list(chunk->body.from(4), findings);
    if (chunk->type == four("_PMX")) read_xmp(chunk->body, findings.xmp);
  }
  if (chunks.overran())
    findings.warnings.emplace_back("the video ends early: a part of the file is missing");
}

}  // namespace keepsake::media
