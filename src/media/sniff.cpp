// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/sniff.h"

#include "base/text.h"
#include "media/wording.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

struct Signature {
  std::uint64_t position;
  std::string_view bytes;
  Kind kind;
};

constexpr Signature signatures[] = {
    {0, "\xFF\xD8\xFF"sv, {Family::still, "jpeg"}},
    {0, "\x89PNG\r\n\x1A\n"sv, {Family::still, "png"}},
    {0, "GIF8"sv, {Family::still, "gif"}},
    {8, "CR\x02"sv, {Family::raw, "cr2"}},
    {6, "HEAPCCDR"sv, {Family::raw, "crw"}},
    {0, "II*\0"sv, {Family::still, "tiff"}},
    {0, "MM\0*"sv, {Family::still, "tiff"}},
    {0, "II+\0"sv, {Family::still, "tiff"}},
    {0, "MM\0+"sv, {Family::still, "tiff"}},
    {0, "IIU\0"sv, {Family::raw, "rw2"}},
    {0, "IIRO"sv, {Family::raw, "orf"}},
    {0, "IIRS"sv, {Family::raw, "orf"}},
    {0, "MMOR"sv, {Family::raw, "orf"}},
    {0, "FUJIFILMCCD-RAW"sv, {Family::raw, "raf"}},
    {0, "\0MRM"sv, {Family::raw, "mrw"}},
    {0, "FOVb"sv, {Family::raw, "x3f"}},
    {0, "8BPS"sv, {Family::still, "psd"}},
    {0, "\0\0\0\x0CJXL \r\n"sv, {Family::still, "jxl"}},
    {0, "\xFF\x0A"sv, {Family::still, "jxl"}},
    {0, "\0\0\0\x0CjP  \r\n"sv, {Family::still, "jp2"}},
    {0, "\0\0\x01\xBA"sv, {Family::video, "mpeg"}},
    {0, "\0\0\x01\xB3"sv, {Family::video, "mpeg"}},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, {Family::video, "wmv"}},
    {0, "FLV\x01"sv, {Family::video, "flv"}},
};

struct Brand {
  std::string_view code;
  Kind kind;
};

/// Brands that decide by themselves, before those that only tell a container.
constexpr Brand brands[] = {
    {"crx ", {Family::raw, "cr3"}},
    {"avif", {Family::still, "avif"}},
    {"avis", {Family::still, "avif"}},
    {"heic", {Family::still, "heic"}},
    {"heix", {Family::still, "heic"}},
    {"heim", {Family::still, "heic"}},
    {"heis", {Family::still, "heic"}},
    {"hevc", {Family::still, "heic"}},
    {"hevx", {Family::still, "heic"}},
    {"mif1", {Family::still, "heif"}},
    {"msf1", {Family::still, "heif"}},
    {"qt  ", {Family::video, "mov"}},
    {"M4V ", {Family::video, "m4v"}},
    {"M4VH", {Family::video, "m4v"}},
    {"M4VP", {Family::video, "m4v"}},
    {"M4A ", {Family::other, "m4a"}},
    {"M4B ", {Family::other, "m4a"}},
    {"M4P ", {Family::other, "m4a"}},
};

constexpr std::uint64_t most_brands = 64;

const Brand* known_brand(const Part& ftyp, std::uint64_t position) {
  const auto* const found =
      std::find_if(std::begin(brands), std::end(brands), [&](const Brand& brand) {
        return ftyp.has(position, brand.code);
      });
  return found == std::end(brands) ? nullptr : found;
}

/// The major brand decides where it is specific. HEIF's general ones leave it to the others, and so
/// do unknown ones.
Kind kind_of_brands(const Part& ftyp) {
  const auto* best = known_brand(ftyp, 0);
  const auto is_vague = [&] { return best == nullptr || best->kind.format == "heif"; };
  for (std::uint64_t i = 0; i < most_brands && is_vague() && ftyp.holds(8 + i * 4, 4); ++i) {
    const auto* const other = known_brand(ftyp, 8 + i * 4);
    if (other != nullptr && other->kind.family == Family::still) best = other;
  }
  if (best != nullptr) return best->kind;
  const bool is_phone = ftyp.has(0, "3gp") || ftyp.has(0, "3g2");
  return {Family::video, is_phone ? "3gp" : "mp4"};
}

std::optional<Kind> kind_of_riff(const Part& file) {
  if (file.has(8, "WEBP")) return Kind{Family::still, "webp"};
  if (file.has(8, "AVI ")) return Kind{Family::video, "avi"};
  return std::nullopt;
}

/// The document type stands in a short header.
Kind kind_of_matroska(const Part& file) {
  constexpr std::uint64_t header = 64;
  const auto start = text_of(file.bytes(0, std::min(file.size(), header)));
  const bool is_webm = start.find("webm") != std::string_view::npos;
  return {Family::video, is_webm ? "webm" : "mkv"};
}

/// Old QuickTime files start without `ftyp`.
bool starts_quicktime(const Part& file) {
  constexpr std::array<std::string_view, 6> first = {
      "moov", "mdat", "wide", "free", "skip", "pnot"};
  return std::any_of(first.begin(), first.end(), [&](auto code) { return file.has(4, code); });
}

/// Packets of 188 bytes, in .m2ts with 4 bytes of time before each.
bool is_transport_stream(const Part& file) {
  const auto every = [&](std::uint64_t first, std::uint64_t step) {
    return file.has(first, "\x47") && file.has(first + step, "\x47") &&
           file.has(first + 2 * step, "\x47");
  };
  return every(0, 188) || every(4, 192);
}

/// A bitmap has its own length in its header, with zeros behind.
bool is_bitmap(const Part& file) {
  return file.has(0, "BM") && file.u32(6, Order::little) == 0U && file.u32(10).has_value();
}

/// The start of a text file, whatever its encoding.
std::string start_of_text(const Part& file) {
  constexpr std::uint64_t start = 1024;
  const auto raw = file.bytes(0, std::min(file.size(), start));
  const bool is_utf16 = file.has(0, "\xFF\xFE") || file.has(0, "\xFE\xFF");
  return is_utf16 ? wording_of_utf16(raw, Order::big) : std::string(trimmed(text_of(raw)));
}

std::optional<Kind> kind_of_text(const Part& file, const std::optional<Kind>& claimed) {
  const auto text = start_of_text(file);
  const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  const bool is_plist = text.starts_with("bplist") || has("<plist");
  if (is_plist && claimed && claimed->family == Family::adjustment) return claimed;
  if (has("<x:xmpmeta") || has("<rdf:RDF") || has("<x:xapmeta"))
    return Kind{Family::sidecar, "xmp"};
  return std::nullopt;
}

}  // namespace

std::optional<Kind> kind_by_content(const Part& file, const std::optional<Kind>& claimed) {
  const auto* const known =
      std::find_if(std::begin(signatures), std::end(signatures), [&](const Signature& signature) {
        return file.has(signature.position, signature.bytes);
      });
  if (known != std::end(signatures)) return known->kind;
  if (file.has(0, "RIFF")) return kind_of_riff(file);
  if (file.has(0, "\x1A\x45\xDF\xA3")) return kind_of_matroska(file);
  if (file.has(4, "ftyp")) return kind_of_brands(file.slice(8, file.u32(0).value_or(8) - 8));
  if (starts_quicktime(file)) return Kind{Family::video, "mov"};
  if (is_bitmap(file)) return Kind{Family::still, "bmp"};
  if (is_transport_stream(file)) return Kind{Family::video, "mts"};
  return kind_of_text(file, claimed);
}

Kind kind_of_tiff(const Exif& exif, const std::optional<Kind>& claimed) {
  if (exif.is_dng) return {Family::raw, "dng"};
  if (claimed && claimed->family == Family::raw && claimed->format != "dng") return *claimed;
  if (!exif.is_sensor_data) return {Family::still, "tiff"};
  constexpr std::pair<std::string_view, std::string_view> makes[] = {{"NIKON", "nef"},
                                                                     {"SONY", "arw"},
                                                                     {"PENTAX", "pef"},
                                                                     {"RICOH", "pef"},
                                                                     {"SAMSUNG", "srw"},
                                                                     {"CANON", "cr2"}};
  const auto make = upper_case(exif.make);
  for (const auto& [start, format] : makes)
    if (make.starts_with(start)) return {Family::raw, format};
  return {Family::raw, "raw"};
}

}  // namespace keepsake::media
