// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/file_record.h"

#include "base/path.h"
#include "base/promised.h"
#include "base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <type_traits>

namespace keepsake::records {

namespace {

// Keys keep the order they are written in, so that `path` begins every line.
using Json = nlohmann::ordered_json;

constexpr std::size_t most_line_bytes = std::size_t{4} << 20U;

/// Bytes as text; `name_raw` beside them where they are not UTF-8.
void put_bytes(Json& object, const char* name, const std::string& bytes) {
  object[name] = shown(bytes);
  if (!is_utf8(bytes)) object[std::string(name) + "_raw"] = to_base64(bytes_of(bytes));
}

std::string bytes_in(const Json& object, const char* name) {
  const auto raw = object.find(std::string(name) + "_raw");
  if (raw == object.end()) return object.at(name).get<std::string>();
  const auto bytes = from_base64(raw->get<std::string>());
  return bytes ? std::string(text_of(*bytes)) : object.at(name).get<std::string>();
}

/// JSON as what it is; what is none, as text.
void put_document(Json& object, const char* name, const std::string& text) {
  auto document = Json::parse(text, nullptr, false);
  object[name] = document.is_discarded() ? Json(text) : std::move(document);
}

std::string document_in(const Json& document) {
  return document.is_string() ? document.get<std::string>() : document.dump();
}

template <class Value>
void put_some(Json& object, const char* name, const std::optional<Value>& value) {
  if (value) object[name] = *value;
}

template <class Value>
void read_some(const Json& object, const char* name, std::optional<Value>& value) {
  const auto found = object.find(name);
  if (found != object.end() && !found->is_null()) value = found->get<Value>();
}

/// A field's text by the reader of its type.
template <class Parse>
auto parsed(const Json& object, const char* name, Parse parse)
    -> Result<typename std::invoke_result_t<Parse, std::string>::value_type> {
  auto value = parse(object.at(name).get<std::string>());
  if (!value) return fail(Cause::corrupt, "a record whose \"{}\" cannot be read", name);
  return *std::move(value);
}

Result<std::optional<Instant>> some_instant(const Json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return TRY(parsed(object, name, parse_instant));
}

void put_list(Json& object, const char* name, const std::vector<std::string>& list) {
  if (!list.empty()) object[name] = list;
}

std::vector<std::string> list_in(const Json& object, const char* name) {
  return object.value(name, std::vector<std::string>());
}

Json asset_object(const photo::Asset& asset) {
  Json object;
  object["source_id"] = asset.key.source.hex();
  put_bytes(object, "library", asset.key.library);
  put_bytes(object, "id", asset.key.id);
  put_bytes(object, "name", asset.name);
  object["kind"] = photo::name(asset.kind);
  if (asset.taken) {
    object["taken"] = to_rfc3339(asset.taken->time);
    object["taken_from"] = photo::name(asset.taken->from);
    if (asset.taken->time.zone == ZoneKnown::assumed) object["taken_zone"] = "assumed";
  }
  if (asset.place) {
    object["latitude"] = asset.place->latitude;
    object["longitude"] = asset.place->longitude;
  }
  put_some(object, "camera", asset.camera);
  put_some(object, "burst", asset.burst);
  put_some(object, "title", asset.labels.title);
  put_some(object, "caption", asset.labels.caption);
  put_some(object, "rating", asset.labels.rating);
  put_list(object, "keywords", asset.labels.keywords);
  put_list(object, "people", asset.labels.people);
  put_list(object, "warnings", asset.warnings);
  if (asset.favorite) object["favorite"] = true;
  if (asset.hidden) object["hidden"] = true;
  if (asset.trashed) object["trashed"] = true;
  if (asset.shelf != photo::Shelf::visible) object["shelf"] = photo::name(asset.shelf);
  for (const photo::AlbumPath& album : asset.albums) object["albums"].push_back(album.parts);
  for (const std::string& alias : asset.aliases) {
    Json entry;
    put_bytes(entry, "id", alias);
    object["aliases"].push_back(std::move(entry));
  }
  if (asset.record) put_document(object, "record", *asset.record);
  return object;
}

Result<photo::Taken> taken_in(const Json& object) {
  photo::Taken taken;
  taken.time = TRY(parsed(object, "taken", parse_rfc3339));
  taken.from = TRY(parsed(object, "taken_from", photo::taken_from_named));
  if (object.value("taken_zone", "") == "assumed") taken.time.zone = ZoneKnown::assumed;
  return taken;
}

Result<photo::Asset> asset_in(const Json& object) {
  photo::Asset asset;
  asset.key.source = TRY(parsed(object, "source_id", Id128::from_hex));
  asset.key.library = bytes_in(object, "library");
  asset.key.id = bytes_in(object, "id");
  asset.name = bytes_in(object, "name");
  asset.kind = TRY(parsed(object, "kind", photo::kind_named));
  if (object.contains("taken")) asset.taken = TRY(taken_in(object));
  if (object.contains("latitude"))
    asset.place =
        photo::Place{object["latitude"].get<double>(), object.at("longitude").get<double>()};
  read_some(object, "camera", asset.camera);
  read_some(object, "burst", asset.burst);
  read_some(object, "title", asset.labels.title);
  read_some(object, "caption", asset.labels.caption);
  read_some(object, "rating", asset.labels.rating);
  asset.labels.keywords = list_in(object, "keywords");
  asset.labels.people = list_in(object, "people");
  asset.warnings = list_in(object, "warnings");
  asset.favorite = object.value("favorite", false);
  asset.hidden = object.value("hidden", false);
  asset.trashed = object.value("trashed", false);
  if (object.contains("shelf")) asset.shelf = TRY(parsed(object, "shelf", photo::shelf_named));
  for (const Json& album : object.value("albums", Json::array()))
    asset.albums.push_back({album.get<std::vector<std::string>>()});
  for (const Json& alias : object.value("aliases", Json::array()))
    asset.aliases.push_back(bytes_in(alias, "id"));
  if (object.contains("record")) asset.record = document_in(object["record"]);
  return asset;
}

Json version_object(const photo::Version& version) {
  Json object;
  object["seq"] = version.seq;
  object["source_version"] = version.source_version;
  if (version.apple_checksum) object["apple_checksum"] = to_text(*version.apple_checksum);
  if (version.claimed_checksum) object["claimed_checksum"] = to_text(*version.claimed_checksum);
  if (version.modified) object["modified"] = to_rfc3339(*version.modified);
  object["first_seen"] = to_rfc3339(version.first_seen);
  if (version.superseded_at) object["superseded_at"] = to_rfc3339(*version.superseded_at);
  return object;
}

Result<photo::Version> version_in(const Json& object) {
  photo::Version version;
  version.seq = object.at("seq").get<int>();
  version.source_version = object.at("source_version").get<std::string>();
  for (const auto& [name, checksum] : {std::pair("apple_checksum", &version.apple_checksum),
                                       std::pair("claimed_checksum", &version.claimed_checksum)})
    if (object.contains(name)) *checksum = TRY(parsed(object, name, apple_checksum_in));
  version.modified = TRY(some_instant(object, "modified"));
  version.first_seen = TRY(parsed(object, "first_seen", parse_instant));
  version.superseded_at = TRY(some_instant(object, "superseded_at"));
  return version;
}

bool is_path(std::string_view text) {
  return !text.empty() && RelativePath::parse(text).has_value();
}

Result<FileRecord> record_in(const Json& line) {
  FileRecord record;
  record.path = line.at("path").get<std::string>();
  record.month = line.at("month").get<std::string>();
  record.file_time = TRY(parsed(line, "file_time", parse_instant));
  record.quarantined_at = TRY(some_instant(line, "quarantined_at"));
  record.asked_back_at = TRY(some_instant(line, "asked_back_at"));
  record.source_name = line.at("source").get<std::string>();
  record.asset = TRY(asset_in(line.at("asset")));
  record.gone_at = TRY(some_instant(line, "gone_at"));
  if (const auto from = line.find("moved_from"); from != line.end())
    record.moved_from =
        photo::AssetKey{record.asset.key.source, bytes_in(*from, "library"), bytes_in(*from, "id")};
  record.folder = line.at("folder").get<std::string>();
  record.stem = line.at("stem").get<std::string>();
  record.role = TRY(parsed(line, "role", photo::role_named));
  record.key = bytes_in(line, "key");
  record.name = bytes_in(line, "name");
  record.present = line.value("present", true);
  record.version = TRY(version_in(line.at("version")));
  photo::Content content;
  content.sha256 = TRY(parsed(line, "sha256", Digest::from_hex));
  content.size = ByteCount{line.at("size").get<std::uint64_t>()};
  record.version.content = content;
  record.version.size = content.size;
  return record;
}

}  // namespace

const photo::Content& FileRecord::content() const {
  return promised(version.content, "a record is of a file whose bytes were read");
}

bool is_month(std::string_view text) {
  constexpr std::string_view form = "0000-00";
  if (text == "undated") return true;
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

std::string to_line(const FileRecord& record) {
  Json line;
  line["path"] = record.path;
  line["month"] = record.month;
  line["file_time"] = to_rfc3339(record.file_time);
  if (record.quarantined_at) line["quarantined_at"] = to_rfc3339(*record.quarantined_at);
  if (record.asked_back_at) line["asked_back_at"] = to_rfc3339(*record.asked_back_at);
  line["size"] = record.content().size.value;
  line["sha256"] = record.content().sha256.hex();
  line["apple_checksum"] = nullptr;
  if (record.version.apple_checksum)
    line["apple_checksum"] = to_text(*record.version.apple_checksum);
  line["source"] = record.source_name;
  line["asset"] = asset_object(record.asset);
  if (record.gone_at) line["gone_at"] = to_rfc3339(*record.gone_at);
  if (record.moved_from) {
    put_bytes(line["moved_from"], "library", record.moved_from->library);
    put_bytes(line["moved_from"], "id", record.moved_from->id);
  }
  line["folder"] = record.folder;
  line["stem"] = record.stem;
  line["role"] = photo::name(record.role);
  put_bytes(line, "key", record.key);
  put_bytes(line, "name", record.name);
  if (!record.present) line["present"] = false;
  line["version"] = version_object(record.version);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<FileRecord> parse_line(std::string_view line) {
  if (line.size() > most_line_bytes)
    return fail(Cause::corrupt, "a record of {} bytes is longer than any of ours", line.size());
  try {
    auto record = TRY(record_in(Json::parse(line)));
    if (!is_path(record.path) || !is_path(record.folder) || !is_path(record.stem) ||
        !is_month(record.month))
      return fail(Cause::corrupt, "a record of a file in a place that cannot be");
    return record;
  } catch (const Json::exception&) {
    return fail(Cause::corrupt, "a record that cannot be read");
  }
}

FileRecord record_of(const photo::Account& account,
                     const photo::Naming& naming,
                     const photo::History& file,
                     const photo::Version& version,
                     std::string_view path,
                     Instant file_time) {
  FileRecord record;
  record.path = path;
  record.month = naming.month;
  record.file_time = file_time;
  record.source_name = account.source_name;
  record.asset = account.asset;
  record.asset.renditions.clear();
  record.gone_at = account.gone_at;
  record.moved_from = account.moved_from;
  record.folder = naming.folder;
  record.stem = naming.stem;
  record.role = file.role;
  record.key = file.key;
  record.name = file.name;
  record.present = file.present;
  record.version = version;
  return record;
}

FileRecord record_of(const photo::Account& account,
                     const photo::Naming& naming,
                     const photo::History& file,
                     const photo::Version& version,
                     const photo::KeptFile& kept) {
  auto record = record_of(account, naming, file, version, kept.path, kept.file_time);
  record.quarantined_at = kept.quarantined_at;
  record.asked_back_at = kept.asked_back_at;
  return record;
}

void add_records(const photo::Account& account,
                 const photo::Standing& standing,
                 std::vector<FileRecord>& records) {
  if (!standing.naming) return;
  const auto first = static_cast<std::ptrdiff_t>(records.size());
  for (const photo::KeptFile& kept : standing.files) {
    if (!kept.version) continue;
    for (const photo::History& file : account.files)
      for (const photo::Version& version : file.versions)
        if (version.row == *kept.version && version.content)
          records.push_back(record_of(account, *standing.naming, file, version, kept));
  }
  std::sort(records.begin() + first, records.end(), [](const auto& left, const auto& right) {
    return left.path < right.path;
  });
}

}  // namespace keepsake::records
