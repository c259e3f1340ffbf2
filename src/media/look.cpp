// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path.h"
#include "base/text.h"
#include "media/exif.h"
#include "media/facts.h"
#include "media/findings.h"
#include "media/gif.h"
#include "media/heif.h"
#include "media/jpeg.h"
#include "media/jpeg_boxes.h"
#include "media/kinds.h"
#include "media/labels.h"
#include "media/matroska.h"
#include "media/part.h"
#include "media/place.h"
#include "media/png.h"
#include "media/quicktime.h"
#include "media/riff.h"
#include "media/sniff.h"
#include "media/taken.h"
#include "media/wrapped.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace keepsake::media {

namespace {

struct Reader {
  std::string_view format;
  void (*read)(Part file, Findings& findings);
};

/// Formats without a reader are known by sight only.
constexpr Reader readers[] = {
    {"jpeg", read_jpeg},      {"heic", read_heif},      {"heif", read_heif},
    {"avif", read_heif},      {"png", read_png},        {"gif", read_gif},
    {"webp", read_webp},      {"tiff", read_tiff},      {"psd", read_psd},
    {"jxl", read_jpeg_boxes}, {"jp2", read_jpeg_boxes}, {"cr2", read_tiff},
    {"rw2", read_tiff},       {"orf", read_tiff},       {"cr3", read_cr3},
    {"raf", read_raf},        {"mrw", read_mrw},        {"mov", read_quicktime},
    {"mp4", read_quicktime},  {"m4v", read_quicktime},  {"3gp", read_quicktime},
    {"avi", read_avi},        {"mkv", read_matroska},   {"webm", read_matroska},
    {"xmp", read_sidecar},
};

void read(std::string_view format, const Part& file, Findings& findings) {
  const auto* const reader =
      std::find_if(std::begin(readers), std::end(readers), [&](const Reader& candidate) {
        return candidate.format == format;
      });
  if (reader != std::end(readers)) reader->read(file, findings);
}

std::string_view noun(Family family) {
  switch (family) {
    case Family::still:
      return "picture";
    case Family::raw:
      return "raw picture";
    case Family::video:
      return "video";
    case Family::adjustment:
      return "edit";
    case Family::sidecar:
      return "sidecar";
    case Family::other:
      break;
  }
  return "file";
}

std::string described(const Kind& kind) {
  return fmt::format("{} {}", upper_case(kind.format), noun(kind.family));
}

/// What is odd about the name beside the content.
std::optional<std::string> disagreement(const std::optional<Kind>& found,
                                        const std::optional<Kind>& claimed,
                                        std::string_view name) {
  if (!claimed) return std::nullopt;
  const auto extension = extension_of(name);
  if (!found)
    return fmt::format("its content is not recognised although it is named .{}", extension);
  if (may_be_named(found->format, claimed->format)) return std::nullopt;
  return fmt::format("it is a {} although it is named .{}", described(*found), extension);
}

Facts decided(const Kind& kind, Findings& findings, std::string_view name, Instant now) {
  Facts facts;
  facts.family = kind.family;
  facts.format = kind.format;
  if (kind.family == Family::other) return facts;
  facts.taken = decide_taken(findings, kind.family, name, now);
  facts.place = decide_place(findings);
  facts.camera = decide_camera(findings);
  facts.labels = decide_labels(findings);
  facts.duration = findings.movie.duration;
  if (!findings.content_id.empty()) facts.content_id = std::move(findings.content_id);
  if (!findings.burst_id.empty()) facts.burst_id = std::move(findings.burst_id);
  facts.warnings = std::move(findings.warnings);
  return facts;
}

}  // namespace

Result<Facts> look(RandomAccess& file, std::string_view name, Instant now) {
  Window window(file);
  const Part whole(window);
  const auto claimed = kind_by_extension(name);
  auto found = kind_by_content(whole, claimed);
  Findings findings;
  if (found) read(found->format, whole, findings);
  if (found && found->format == "tiff") found = kind_of_tiff(findings.exif, claimed);
  if (const auto& failure = window.failure()) return fail(*failure);

  const Kind kind = found ? *found : claimed.value_or(Kind{});
  if (auto odd = disagreement(found, claimed, name)) findings.warnings.push_back(*std::move(odd));
  Facts facts = decided(kind, findings, name, now);
  facts.by_content = found.has_value();
  return facts;
}

}  // namespace keepsake::media
