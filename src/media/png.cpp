// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/png.h"

#include "base/bytes.h"
#include "media/boxes.h"
#include "media/exif_payload.h"
#include "media/xmp.h"

#include <string>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr int most_chunks = 200000;  ///< a picture's data come in many
constexpr std::uint64_t most_profile = 1U << 20U;
constexpr auto xmp_keyword = "XML:com.adobe.xmp\0"sv;
constexpr auto exif_keyword = "Raw profile type exif\0"sv;
constexpr auto app1_keyword = "Raw profile type APP1\0"sv;

/// Keyword NUL, compressed?, method, language NUL, translated keyword NUL, text.
void see_international_text(const Part& data, Findings& findings) {
  if (!data.has(0, xmp_keyword)) return;
  const auto rest = data.from(xmp_keyword.size());
  if (rest.u8(0) != 0U) return;
  const auto all = rest.all();
  const auto text = text_of(all);
  const auto language_end = text.find('\0', 2);
  if (language_end == std::string_view::npos) return;
  const auto keyword_end = text.find('\0', language_end + 1);
  if (keyword_end != std::string_view::npos) read_xmp(all.subspan(keyword_end + 1), findings.xmp);
}

/// "\nexif\n  1234\n" and hexadecimal digits in lines.
void read_hexadecimal_exif(std::string_view text, Findings& findings) {
  for (int line = 0; line < 3; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
  std::string digits;
  for (const char c : text)
    if (c != '\n' && c != '\0') digits += c;
  const auto bytes = from_hex(digits);
  if (!bytes) return;
  BytesInMemory memory(*bytes);
  Window window(memory);
  read_exif_payload(Part(window), findings);
}

void see_text(const Part& data, Findings& findings) {
  if (data.size() > most_profile) return;
  if (data.has(0, exif_keyword) || data.has(0, app1_keyword))
    read_hexadecimal_exif(text_of(data.from(exif_keyword.size()).all()), findings);
}

}  // namespace

void read_png(Part file, Findings& findings) {
  std::uint64_t position = 8;
  for (int i = 0; i < most_chunks; ++i) {
    const auto length = file.u32(position);
    const auto type = file.u32(position + 4);
    if (!length || !type || !file.holds(position + 8, *length)) break;
    const auto data = file.slice(position + 8, *length);
    if (*type == four("IEND")) return;
    if (*type == four("eXIf")) read_exif_payload(data, findings);
    if (*type == four("iTXt")) see_international_text(data, findings);
    if (*type == four("tEXt")) see_text(data, findings);
    position += 12 + *length;
  }
  findings.warnings.emplace_back("the picture ends early: a part of the file is missing");
}

}  // namespace keepsake::media
