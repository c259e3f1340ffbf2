// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/json.h"
#include "source/icloud/page.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Records as CloudKit tells them.
namespace keepsake::tests {

using Json = nlohmann::json;

inline Json value(Json value, std::string_view type = "INT64") {
  return {{"value", std::move(value)}, {"type", type}};
}

/// Text as it comes for the web: base64.
inline Json encoded(std::string_view bytes) {
  return value(to_base64(bytes_of(bytes)), "ENCRYPTED_BYTES");
}

inline Json reference(std::string_view record) {
  return value({{"recordName", record}, {"action", "DELETE_SELF"}}, "REFERENCE");
}

/// Checksums that are told apart by their last letters.
inline std::string checksum(std::string_view ending) {
  std::string text = "AYnnoj1r4lMYTs3JP/g7mjGaDCgO";
  text.replace(text.size() - ending.size(), ending.size(), ending);
  return text;
}

/// The fields of a file: what is in "resOriginalRes", and what stands beside it.
inline Json file(std::string_view prefix,
                 std::string_view type,
                 std::uint64_t size,
                 const std::string& sum) {
  const std::string name(prefix);
  return {{name + "Res",
           value({{"fileChecksum", sum},
                  {"size", size},
                  {"wrappingKey", "x"},
                  {"downloadURL", "https://cvws.icloud-content.com/B/" + sum}},
                 "ASSETID")},
          {name + "FileType", value(type, "STRING")},
          {name + "Fingerprint", value(sum, "STRING")}};
}

inline Json merged(const std::vector<Json>& parts) {
  Json all = Json::object();
  for (const Json& part : parts)
    if (part.is_object()) all.update(part);
  return all;
}

inline Json record(std::string_view type, std::string_view name, Json fields) {
  return {{"recordName", name},
          {"recordType", type},
          {"fields", std::move(fields)},
          {"recordChangeTag", "49lh"},
          {"created", {{"timestamp", 1'700'000'000'000}, {"userRecordName", "_me"}}},
          {"modified", {{"timestamp", 1'700'000'000'001}}},
          {"deleted", false}};
}

inline source::icloud::Page page_of(const Json& answer) {
  const auto text = answer.dump();
  return source::icloud::page_in(json::Document::parse(text, ByteCount{64 << 20}).value().root());
}

inline source::icloud::Page page_of_records(std::vector<Json> records) {
  return page_of({{"records", std::move(records)}});
}

}  // namespace keepsake::tests
