// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/labels.h"

#include "base/text.h"
#include "media/wording.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace keepsake::media {

namespace {

using Words = std::vector<std::string>;

std::optional<std::string> first_of(std::initializer_list<const std::string*> texts) {
  for (const auto* text : texts)
    if (!text->empty()) return *text;
  return std::nullopt;
}

/// What cameras and phones put where a caption belongs.
bool is_junk(std::string_view text) {
  constexpr std::array<std::string_view, 16> junk = {"OLYMPUS DIGITAL CAMERA",
                                                     "OLYMPUS CAMERA",
                                                     "SONY DSC",
                                                     "MINOLTA DIGITAL CAMERA",
                                                     "KONICA MINOLTA DIGITAL CAMERA",
                                                     "SAMSUNG DIGITAL CAMERA",
                                                     "SAMSUNG CAMERA PICTURES",
                                                     "DIGITAL CAMERA",
                                                     "DIGIMAX",
                                                     "KODAK DIGITAL STILL CAMERA",
                                                     "PENTAX IMAGE",
                                                     "DCIM",
                                                     "DEFAULT",
                                                     "IMAGE",
                                                     "EXIF_JPEG_PICTURE",
                                                     "SCREENSHOT"};
  const auto upper = upper_case(text);
  return std::find(junk.begin(), junk.end(), std::string_view(upper)) != junk.end();
}

std::string without_junk(const std::string& text) {
  const bool is_binary =
      std::any_of(text.begin(), text.end(), [](char c) { return c >= '\1' && c < '\t'; });
  return is_binary || is_junk(text) ? std::string() : text;
}

void add_leaves(const Words& paths, char separator, Words& words) {
  for (const auto& path : paths) {
    auto parts = pieces(path, separator);
    if (!parts.empty()) words.push_back(std::move(parts.back()));
  }
}

void add(const Words& more, Words& words) { words.insert(words.end(), more.begin(), more.end()); }

Words sorted(Words words) {
  std::erase(words, "");
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

Words keywords(const Findings& findings) {
  Words words = findings.xmp.subjects;
  add(findings.iptc.keywords, words);
  add_leaves(findings.xmp.hierarchies, '|', words);
  add_leaves(findings.xmp.tags, '/', words);
  add(pieces(findings.exif.keywords, ';'), words);
  add(findings.movie.keywords, words);
  return sorted(std::move(words));
}

Words people(const Xmp& xmp) {
  for (const auto* names : {&xmp.faces, &xmp.regions, &xmp.persons})
    if (!names->empty()) return sorted(*names);
  return {};
}

std::optional<int> rating(const Findings& findings) {
  constexpr double lowest = -1;
  constexpr double highest = 5;
  const std::string& text = findings.xmp.rating;
  auto value = findings.exif.rating;
  double number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc())
    value = number;
  const bool is_rating = value && *value >= lowest && *value <= highest;
  if (!is_rating) return std::nullopt;
  return static_cast<int>(std::lround(*value));
}

}  // namespace

photo::Labels decide_labels(const Findings& findings) {
  const Exif& exif = findings.exif;
  const Xmp& xmp = findings.xmp;
  const Iptc& iptc = findings.iptc;
  const Movie& movie = findings.movie;
  const auto description = without_junk(exif.description);
  const auto comment = without_junk(exif.comment);
  const auto xmp_description = without_junk(xmp.tiff_description);
  const auto xmp_comment = without_junk(xmp.comment);
  const auto xmp_caption = without_junk(xmp.description);
  return {.title = first_of({&xmp.title, &iptc.title, &exif.title, &movie.title}),
          .caption = first_of({&xmp_caption,
                               &xmp_description,
                               &iptc.caption,
                               &description,
                               &comment,
                               &xmp_comment,
                               &movie.description}),
          .keywords = keywords(findings),
          .people = people(xmp),
          .rating = rating(findings)};
}

std::optional<std::string> decide_camera(const Findings& findings) {
  const auto make = first_of({&findings.exif.make, &findings.movie.make, &findings.xmp.make});
  const auto model = first_of({&findings.exif.model, &findings.movie.model, &findings.xmp.model});
  if (!make || !model) return make ? make : model;
  const auto brand = pieces(*make, ' ').front();
  const bool repeats = upper_case(*model).starts_with(upper_case(brand));
  return repeats ? *model : *make + " " + *model;
}

}  // namespace keepsake::media
