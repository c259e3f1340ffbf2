// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/index.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

Result<json::object> object_of(const json::element& value, std::string_view key) {
  json::object object;
  if (value.get(object) != simdjson::SUCCESS)
    return fail(Cause::corrupt, "its \"{}\" lists something that is no object", key);
  return object;
}

Result<std::uint32_t> u32(const json::element& value, std::string_view key) {
  const auto number = TRY(json::number(value, key));
  if (number > std::numeric_limits<std::uint32_t>::max())
    return fail(Cause::corrupt, "a blob's \"{}\" is {}, too large for a pack", key, number);
  return static_cast<std::uint32_t>(number);
}

Result<BlobKind> kind_of(const json::element& value) {
  const auto kind = TRY(json::text(value, "type"));
  if (kind == "data") return BlobKind::data;
  if (kind == "tree") return BlobKind::tree;
  return fail(Cause::corrupt, "a blob is neither data nor a tree");
}

Result<BlobPlace> parse_blob(const json::object& object) {
  BlobPlace blob;
  bool has_id = false;
  bool has_kind = false;
  // One pass: an index has very many of these.
  for (const auto [key, value] : object) {
    if (value.is_null()) continue;
    if (key == "id") {
      blob.id = TRY(json::digest(value, key));
      has_id = true;
    } else if (key == "type") {
      blob.kind = TRY(kind_of(value));
      has_kind = true;
    } else if (key == "offset") {
      blob.offset = TRY(u32(value, key));
    } else if (key == "length") {
      blob.length = TRY(u32(value, key));
    } else if (key == "uncompressed_length") {
      blob.plain_length = TRY(u32(value, key));
    }
  }
  if (!has_id || !has_kind) return fail(Cause::corrupt, "a blob lacks its id or type");
  if (blob.length < seal_overhead)
    return fail(Cause::corrupt,
                "it gives blob {} {} bytes, too few for a seal",
                blob.id.hex(),
                blob.length);
  if (std::uint64_t{blob.offset} + blob.length > std::numeric_limits<std::uint32_t>::max())
    return fail(Cause::corrupt, "it places blob {} beyond 4 GiB", blob.id.hex());
  return blob;
}

Result<PackContents> parse_pack(const json::element& element) {
  const auto object = TRY(object_of(element, "packs"));
  PackContents pack;
  const auto id = TRY(json::needed(object, "id"));
  pack.pack = TRY(json::digest(id, "id"));
  const auto blobs = json::field(object, "blobs");
  if (!blobs) return pack;
  const auto list = TRY(json::list(*blobs, "blobs"));
  pack.blobs.reserve(list.size());
  for (const auto each : list) {
    const auto blob = TRY(object_of(each, "blobs"));
    const auto place = TRY(parse_blob(blob));
    pack.blobs.push_back(place);
  }
  return pack;
}

void append_blob(std::string& json, const BlobPlace& blob) {
  auto out = std::back_inserter(json);
  fmt::format_to(out,
                 R"({{"id":"{}","type":"{}","offset":{},"length":{})",
                 blob.id.hex(),
                 blob.kind == BlobKind::tree ? "tree" : "data",
                 blob.offset,
                 blob.length);
  if (blob.plain_length != 0)
    fmt::format_to(out, R"(,"uncompressed_length":{})", blob.plain_length);
  json += '}';
}

}  // namespace

Result<std::vector<PackContents>> parse_index(std::string_view text) {
  if (text.starts_with('['))
    return fail(Cause::unsupported,
                "it is an index of restic 0.1, which no program reads any more");
  const auto document = TRY(json::Document::parse(text, max_index_json));
  std::vector<PackContents> packs;
  const auto field = json::field(document.root(), "packs");
  if (!field) return packs;
  const auto list = TRY(json::list(*field, "packs"));
  for (const auto each : list) {
    auto pack = TRY(parse_pack(each));
    packs.push_back(std::move(pack));
  }
  return packs;
}

std::string to_index_json(std::span<const PackContents> packs) {
  std::string json = R"({"packs":[)";
  for (const PackContents& pack : packs) {
    if (&pack != packs.data()) json += ',';
    json += fmt::format(R"({{"id":"{}","blobs":[)", pack.pack.hex());
    for (const BlobPlace& blob : pack.blobs) {
      if (&blob != pack.blobs.data()) json += ',';
      append_blob(json, blob);
    }
    json += "]}";
  }
  return json + "]}\n";
}

}  // namespace keepsake::vault
