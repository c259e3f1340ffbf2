// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/quicktime_metadata.h"

#include "base/text.h"
#include "media/boxes.h"
#include "media/wording.h"
#include "media/xmp.h"

#include <string>
#include <string_view>
#include <vector>

namespace keepsake::media {

namespace {

constexpr std::uint64_t most_text = 64U << 10U;
constexpr std::size_t most_keys = 4096;
constexpr std::string_view apple = "com.apple.quicktime.";

std::string short_text(const Part& part) {
  return part.size() > most_text ? std::string() : wording(text_of(part.all()));
}

/// The text of an entry of `ilst`: a `data` box of type, locale, value. Types 1 and 0 are UTF-8, 2
/// is UTF-16.
std::string list_value(const Part& entry) {
  const auto data = find_box(entry, four("data"));
  if (!data || data->size() > most_text) return {};
  const auto value = data->from(8);
  return data->u32(0) == 2U ? wording_of_utf16(value.all(), Order::big) : short_text(value);
}

struct Key {
  std::string_view name;
  std::string Movie::* field;
};

/// Apple's names, behind their common start.
constexpr Key keys_known[] = {{"creationdate", &Movie::creation_date},
                              {"location.ISO6709", &Movie::location},
                              {"make", &Movie::make},
                              {"model", &Movie::model},
                              {"title", &Movie::title},
                              {"displayname", &Movie::title},
                              {"description", &Movie::description}};

struct Code {
  std::uint32_t code;
  std::string Movie::* field;
};

/// Codes of user data; they start with the sign of copyright, which is 251 in octal.
constexpr Code codes_known[] = {{four("\251day"), &Movie::day},
                                {four("\251xyz"), &Movie::location},
                                {four("\251nam"), &Movie::title},
                                {four("\251mak"), &Movie::make},
                                {four("\251mod"), &Movie::model},
                                {four("\251des"), &Movie::description},
                                {four("desc"), &Movie::description}};

void see_key(std::string_view key, const std::string& value, Findings& findings) {
  if (!key.starts_with(apple)) return;
  key.remove_prefix(apple.size());
  for (const Key& known : keys_known)
    if (key == known.name) keep_first(findings.movie.*known.field, value);
  if (key == "content.identifier") keep_first(findings.content_id, upper_case(value));
  if (key == "keywords") findings.movie.keywords = pieces(value, ',');
}

void see_code(std::uint32_t code, const std::string& value, Movie& movie) {
  for (const Code& known : codes_known)
    if (code == known.code) keep_first(movie.*known.field, value);
}

/// `keys`: version, count, then for each its length, its space of names and its name.
std::vector<std::string> key_names(const Part& keys) {
  std::vector<std::string> names;
  Boxes boxes(keys.from(8));
  while (const auto box = boxes.next()) {
    if (names.size() >= most_keys) break;
    names.push_back(short_text(box->body));
  }
  return names;
}

/// QuickTime's form of a text: 2-byte length, language, text; iTunes' form is a `data` box.
std::string user_text(const Part& body) {
  if (body.has(4, "data")) return list_value(body);
  const auto length = body.u16(0);
  return length ? short_text(body.slice(4, *length)) : std::string();
}

}  // namespace

void read_quicktime_meta(Part meta, Findings& findings) {
  // ISO puts version and flags in front, QuickTime does not.
  const auto boxes = meta.has(4, "hdlr") ? meta : meta.from(4);
  const auto list = find_box(boxes, four("ilst"));
  if (!list) return;
  const auto keys = find_box(boxes, four("keys"));
  const auto names = keys ? key_names(*keys) : std::vector<std::string>();
  Boxes entries(*list);
  while (const auto entry = entries.next()) {
    if (entry->type >= 1 && entry->type <= names.size())
      see_key(names[entry->type - 1], list_value(entry->body), findings);
    else
      see_code(entry->type, list_value(entry->body), findings.movie);
  }
}

void read_quicktime_user_data(Part udta, Findings& findings) {
  Boxes boxes(udta);
  while (const auto box = boxes.next()) {
    if (box->type == four("meta"))
      read_quicktime_meta(box->body, findings);
    else if (box->type == four("XMP_"))
      read_xmp(box->body, findings.xmp);
    else if (box->type >> 24U == 0xA9U)
      see_code(box->type, user_text(box->body), findings.movie);
  }
}

}  // namespace keepsake::media
