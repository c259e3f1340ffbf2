// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/file_memory.h"

#include "base/text.h"
#include "media/kinds.h"

#include <nlohmann/json.hpp>

#include <cctype>
#include <cstring>
#include <type_traits>

namespace keepsake::source {

namespace {

using nlohmann::json;

std::string group_key(char kind, const RelativePath& folder, std::string_view key) {
  std::string row(1, kind);
  row += folder.text();
  row += '\0';
  row += key;
  row += '\0';
  return row;
}

std::string packed(const KnownFile& file) {
  const Stamp stamp = file.unread ? Stamp{} : file.stamp;
  std::string bytes(sizeof(Stamp) + 1, '\0');
  std::memcpy(bytes.data(), &stamp, sizeof(Stamp));
  bytes.back() = file.asset.empty() ? '\1' : '\0';
  return bytes;
}

FileMemory::Seen unpacked(std::string_view key, std::string_view value) {
  FileMemory::Seen seen;
  seen.path = key.substr(1);
  if (value.size() != sizeof(Stamp) + 1) return seen;
  std::memcpy(&seen.stamp, value.data(), sizeof(Stamp));
  seen.ignored = value.back() != '\0';
  return seen;
}

template <class Value>
void put_some(json& object, const char* name, const std::optional<Value>& value) {
  if (value) object[name] = *value;
}

template <class Value>
void read_some(const json& object, const char* name, std::optional<Value>& value) {
  if (object.contains(name)) value = object[name].get<Value>();
}

tl::unexpected<Error> unreadable() {
  return fail(Cause::corrupt, "what the catalog remembers of a folder cannot be read");
}

/// A field's text by the reader of its type.
template <class Parse>
auto parsed(const json& object, const char* name, Parse parse)
    -> Result<typename std::invoke_result_t<Parse, std::string>::value_type> {
  auto value = parse(object.at(name).get<std::string>());
  if (!value) return unreadable();
  return *std::move(value);
}

json facts_object(const media::Facts& facts) {
  json object;
  object["family"] = static_cast<int>(facts.family);
  object["format"] = facts.format;
  object["by_content"] = facts.by_content;
  if (facts.taken) {
    object["taken"] = to_rfc3339(facts.taken->time);
    object["assumed"] = facts.taken->time.zone == ZoneKnown::assumed;
    object["from"] = photo::name(facts.taken->from);
  }
  if (facts.place) object["place"] = {facts.place->latitude, facts.place->longitude};
  put_some(object, "camera", facts.camera);
  put_some(object, "content_id", facts.content_id);
  put_some(object, "burst_id", facts.burst_id);
  put_some(object, "duration", facts.duration);
  put_some(object, "title", facts.labels.title);
  put_some(object, "caption", facts.labels.caption);
  put_some(object, "rating", facts.labels.rating);
  object["keywords"] = facts.labels.keywords;
  object["people"] = facts.labels.people;
  object["warnings"] = facts.warnings;
  return object;
}

Result<photo::Taken> taken_in(const json& object) {
  photo::Taken taken;
  taken.time = TRY(parsed(object, "taken", parse_rfc3339));
  if (object.at("assumed").get<bool>()) taken.time.zone = ZoneKnown::assumed;
  taken.from = TRY(parsed(object, "from", photo::taken_from_named));
  return taken;
}

Result<media::Facts> facts_in(const json& object) {
  media::Facts facts;
  facts.family = static_cast<media::Family>(object.at("family").get<int>());
  facts.format = object.at("format").get<std::string>();
  facts.by_content = object.at("by_content").get<bool>();
  if (object.contains("taken")) facts.taken = TRY(taken_in(object));
  if (object.contains("place"))
    facts.place =
        photo::Place{object["place"].at(0).get<double>(), object["place"].at(1).get<double>()};
  read_some(object, "camera", facts.camera);
  read_some(object, "content_id", facts.content_id);
  read_some(object, "burst_id", facts.burst_id);
  read_some(object, "duration", facts.duration);
  read_some(object, "title", facts.labels.title);
  read_some(object, "caption", facts.labels.caption);
  read_some(object, "rating", facts.labels.rating);
  facts.labels.keywords = object.at("keywords").get<std::vector<std::string>>();
  facts.labels.people = object.at("people").get<std::vector<std::string>>();
  facts.warnings = object.at("warnings").get<std::vector<std::string>>();
  return facts;
}

std::string written(const KnownFile& file) {
  json object;
  object["path"] = to_base64(bytes_of(file.path.text()));
  object["stamp"] = {file.stamp.size, file.stamp.modified_ns, file.stamp.changed_ns};
  object["facts"] = facts_object(file.facts);
  if (file.unavailable) object["unavailable"] = name(*file.unavailable);
  object["asset"] = to_base64(bytes_of(file.asset));
  if (file.role) object["role"] = photo::name(*file.role);
  if (file.unread) object["unread"] = true;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<KnownFile> read(std::string_view text) {
  try {
    const json object = json::parse(text);
    KnownFile file;
    const auto path = TRY(parsed(object, "path", from_base64));
    file.path = TRY(RelativePath::parse(text_of(path)));
    file.stamp = {object.at("stamp").at(0).get<std::uint64_t>(),
                  object.at("stamp").at(1).get<std::int64_t>(),
                  object.at("stamp").at(2).get<std::int64_t>()};
    file.facts = TRY(facts_in(object.at("facts")));
    if (object.contains("unavailable"))
      file.unavailable = cause_named(object["unavailable"].get<std::string>());
    const auto asset = TRY(parsed(object, "asset", from_base64));
    file.asset = text_of(asset);
    if (object.contains("role")) file.role = photo::role_named(object["role"].get<std::string>());
    file.unread = object.value("unread", false);
    return file;
  } catch (const json::exception&) {
    return unreadable();
  }
}

constexpr std::size_t page = 256;                 // files of one stem read at once
constexpr std::size_t most_content_files = 4096;  // that one content id can bring together
constexpr std::string_view first_listing = "w";

std::string id_key(std::string_view id) { return "i" + std::string(id); }

/// Where the digits begin in `IMG_E1234`, and the marker's place before them.
std::optional<std::size_t> marker_position(std::string_view stem) {
  const auto digits = stem.find_last_not_of("0123456789");
  if (digits == std::string_view::npos || digits + 1 == stem.size() || digits < 2)
    return std::nullopt;
  const auto letter = std::toupper(static_cast<unsigned char>(stem[digits]));
  if ((letter != 'E' && letter != 'O') || stem[digits - 1] != '_') return std::nullopt;
  return digits;
}

std::string_view bare_stem(std::string_view name) {
  auto stem = stem_of(name);
  if (folded(extension_of(name)) == "xmp" && media::kind_by_extension(stem)) stem = stem_of(stem);
  return stem;
}

}  // namespace

Result<> FileMemory::note_listing_begun() {
  const auto any = TRY(memory_.after("f", "f", 1));
  return any.empty() ? memory_.put(first_listing, "") : Result<>();
}

Result<bool> FileMemory::is_listing_first() {
  const auto row = TRY(memory_.get(first_listing));
  return row.has_value();
}

Result<> FileMemory::note_listing_done() { return memory_.erase(first_listing); }

Result<std::vector<FileMemory::Seen>> FileMemory::seen_after(std::string_view path,
                                                             std::size_t most) {
  const auto rows = TRY(memory_.after("f" + std::string(path), "f", most));
  std::vector<Seen> seen;
  seen.reserve(rows.size());
  for (const Memory::Row& row : rows) seen.push_back(unpacked(row.key, row.value));
  return seen;
}

Result<std::optional<KnownFile>> FileMemory::file(const RelativePath& path) {
  const auto row = TRY(
      memory_.get(group_key('s', path.folder(), stem_key(path.name())) + std::string(path.name())));
  if (!row) return std::nullopt;
  auto known = TRY(read(*row));
  return known;
}

Result<> FileMemory::remember(const KnownFile& file) {
  const std::string name(file.path.name());
  const auto stem = stem_key(name);
  TRY(memory_.put("f" + file.path.text(), packed(file)));
  TRY(memory_.put(group_key('s', file.path.folder(), stem) + name, written(file)));
  if (file.facts.content_id)
    TRY(memory_.put(group_key('c', file.path.folder(), *file.facts.content_id) + name, stem));
  return {};
}

Result<> FileMemory::forget(const KnownFile& file) {
  const std::string name(file.path.name());
  TRY(memory_.erase("f" + file.path.text()));
  TRY(memory_.erase(group_key('s', file.path.folder(), stem_key(name)) + name));
  if (file.facts.content_id)
    TRY(memory_.erase(group_key('c', file.path.folder(), *file.facts.content_id) + name));
  return {};
}

Result<std::vector<KnownFile>> FileMemory::with_stem(const RelativePath& folder,
                                                     std::string_view stem_key) {
  const auto prefix = group_key('s', folder, stem_key);
  std::vector<KnownFile> files;
  std::string last = prefix;
  for (;;) {
    const auto rows = TRY(memory_.after(last, prefix, page));
    for (const Memory::Row& row : rows) {
      auto file = TRY(read(row.value));
      files.push_back(std::move(file));
    }
    if (rows.size() < page) return files;
    last = rows.back().key;
  }
}

Result<std::vector<std::string>> FileMemory::stems_with_content_id(const RelativePath& folder,
                                                                   std::string_view content_id) {
  const auto prefix = group_key('c', folder, content_id);
  const auto rows = TRY(memory_.after(prefix, prefix, most_content_files));
  std::vector<std::string> stems;
  stems.reserve(rows.size());
  for (const Memory::Row& row : rows) stems.push_back(row.value);
  return stems;
}

Result<> FileMemory::note_id(std::string_view id, const RelativePath& original) {
  return id == original.text() ? Result<>() : memory_.put(id_key(id), original.text());
}

Result<bool> FileMemory::is_id_of_another(std::string_view id) {
  const auto row = TRY(memory_.get(id_key(id)));
  return row.has_value();
}

Result<> FileMemory::forget_id(std::string_view id) {
  const auto key = id_key(id);
  const auto row = TRY(memory_.get(key));
  return row ? memory_.erase(key) : Result<>();
}

std::string stem_key(std::string_view name) {
  std::string stem(bare_stem(name));
  if (const auto marker = marker_position(stem)) stem.erase(*marker, 1);
  return folded(stem);
}

char stem_marker(std::string_view name) {
  const auto stem = bare_stem(name);
  const auto marker = marker_position(stem);
  return marker ? static_cast<char>(std::toupper(static_cast<unsigned char>(stem[*marker]))) : '\0';
}

}  // namespace keepsake::source
