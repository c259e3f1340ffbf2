// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/names.h"

#include "base/path.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace keepsake::plan {

namespace {

using photo::Asset;
using photo::Rendition;
using photo::Role;

constexpr std::size_t longest_stem = 200;
constexpr std::size_t longest_extension = 16;

/// The bytes of the valid UTF-8 character at the front, or 0.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // U+0080 to U+009F
}

/// Turns the reading direction of what follows: "photo\u202Egpj.exe" would look like a picture.
bool is_bidi_control(std::string_view character) {
  static constexpr std::array<std::string_view, 12> controls{"\u061C",
                                                             "\u200E",
                                                             "\u200F",
                                                             "\u202A",
                                                             "\u202B",
                                                             "\u202C",
                                                             "\u202D",
                                                             "\u202E",
                                                             "\u2066",
                                                             "\u2067",
                                                             "\u2068",
                                                             "\u2069"};
  return std::ranges::find(controls, character) != controls.end();
}

bool can_stay(std::string_view character) {
  static constexpr std::string_view reserved = R"(<>:"/\|?*)";
  return !is_control(character) && !is_bidi_control(character) &&
         reserved.find(character) == std::string_view::npos;
}

/// NFC text of characters that every file system takes.
std::string with_portable_characters(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto length = character_length(bytes);
    const auto character = bytes.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0) {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(character.front()));
    } else {
      text += can_stay(character) ? character : "_";
    }
    bytes.remove_prefix(character.size());
  }
  return to_nfc(text);
}

/// Cut at a character, without the dots and blanks that Windows drops from an end.
std::string bounded(std::string_view text, std::size_t most) {
  while (text.size() > most) {
    std::size_t cut = most;
    while (!is_utf8(text.substr(0, cut))) --cut;
    text = text.substr(0, cut);
  }
  const auto last = text.find_last_not_of(". ");
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

/// Whether Windows takes the name for a device, whatever its extension: CON, nul.tar, COM¹.
bool is_device(std::string_view stem) {
  static constexpr std::array<std::string_view, 6> plain{
      "con", "prn", "aux", "nul", "conin$", "conout$"};
  static constexpr std::array<std::string_view, 13> ports{
      "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "\u00B9", "\u00B2", "\u00B3"};
  auto base = folded(stem.substr(0, stem.find('.')));
  base.erase(base.find_last_not_of(' ') + 1);
  if (std::ranges::find(plain, base) != plain.end()) return true;
  return (base.starts_with("com") || base.starts_with("lpt")) &&
         std::ranges::find(ports, std::string_view(base).substr(3)) != ports.end();
}

struct NameParts {
  std::string stem;
  std::string extension;
};

/// "Mr. Smith" has no extension: one is short and without blanks.
NameParts split(std::string_view name) {
  const auto extension = extension_of(name);
  if (extension.size() > longest_extension || extension.find(' ') != std::string_view::npos)
    return {std::string(name), {}};
  return {std::string(stem_of(name)), std::string(extension)};
}

/// Whether a recipe is that of an effect which the camera made: IMG_O1234.AAE beside IMG_1234.
bool is_camera_recipe(const Rendition& recipe, const Asset& asset) {
  auto stem = split(recipe.name).stem;
  const auto mark = stem.rfind("_O");
  return mark != std::string::npos && stem.erase(mark + 1, 1) == split(asset.name).stem;
}

/// The extension of a sidecar: `HEIC.xmp` if its source named it after the whole file.
std::string sidecar_extension(const Rendition& sidecar, const Asset& asset) {
  const auto [stem, extension] = split(sidecar.name);
  const auto beside = clash_key(stem);
  const bool is_after_file = std::ranges::any_of(asset.renditions, [&](const Rendition& member) {
    return member.role != Role::sidecar && clash_key(member.name) == beside;
  });
  const auto inner = is_after_file ? portable_extension(split(stem).extension) : std::string();
  return inner.empty() ? portable_extension(extension)
                       : inner + "." + portable_extension(extension);
}

std::string_view suffix_of(const Rendition& member, const Asset& asset) {
  switch (member.role) {
    case Role::edited:
    case Role::edited_live_video:
      return " (edited)";
    case Role::adjustment:
      return is_camera_recipe(member, asset) ? " (O)" : "";
    case Role::original:
    case Role::raw:
    case Role::live_video:
    case Role::sidecar:
      break;
  }
  return "";
}

/// What follows the stem in a member's name, were it alone.
NameParts ending_of(const Rendition& member, const Asset& asset) {
  return {std::string(suffix_of(member, asset)),
          member.role == Role::sidecar ? sidecar_extension(member, asset)
                                       : portable_extension(split(member.name).extension)};
}

bool precedes(const Rendition& a, const Rendition& b) {
  return std::tie(a.role, a.key) < std::tie(b.role, b.key);
}

/// How many members of the asset come before this one and end alike.
std::size_t equals_before(const Rendition& member, const NameParts& ending, const Asset& asset) {
  const auto ends_alike = [&](const Rendition& other) {
    const auto others = ending_of(other, asset);
    return others.stem == ending.stem && folded(others.extension) == folded(ending.extension);
  };
  return static_cast<std::size_t>(std::ranges::count_if(
      asset.renditions,
      [&](const Rendition& other) { return precedes(other, member) && ends_alike(other); }));
}

}  // namespace

std::string portable_stem(std::string_view bytes) {
  auto text = with_portable_characters(bytes);
  text.erase(0, text.find_first_not_of(' '));
  text = bounded(text, longest_stem);
  if (text.starts_with('.')) text.front() = '_';  // else a file manager would hide the photo
  if (is_device(text)) text = bounded("_" + text, longest_stem);
  return text.empty() ? "unnamed" : text;
}

std::string portable_extension(std::string_view bytes) {
  return bounded(with_portable_characters(bytes), longest_extension);
}

std::string stem_for(const Asset& asset) { return portable_stem(split(asset.name).stem); }

std::string tagged_stem(std::string_view stem, std::string_view tag_hex, std::size_t digits) {
  return fmt::format("{} ({})", stem, tag_hex.substr(0, digits));
}

std::string tag_text(const photo::AssetKey& key) {
  return key.source.hex() + '\0' + key.library + '\0' + key.id;
}

std::string member_name(std::string_view stem, const Rendition& member, const Asset& asset) {
  const auto ending = ending_of(member, asset);
  auto name = std::string(stem) + ending.stem;
  const auto before = equals_before(member, ending, asset);
  if (before > 0) name += fmt::format(" ({})", before + 1);
  return ending.extension.empty() ? name : name + "." + ending.extension;
}

std::string clash_key(std::string_view path) { return folded(path); }

}  // namespace keepsake::plan
