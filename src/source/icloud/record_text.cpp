// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/record_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace keepsake::source::icloud {

namespace {

constexpr ByteCount largest_document{4 << 20};

/// Smaller pictures and films that the service makes, and what changes whenever anything does.
constexpr std::array<std::string_view, 6> left_out{"resJPEGLarge",
                                                   "resJPEGMed",
                                                   "resJPEGThumb",
                                                   "resVidMed",
                                                   "resVidSmall",
                                                   "recordModificationDate"};

bool is_left_out(std::string_view name) {
  return std::any_of(left_out.begin(), left_out.end(), [&](std::string_view prefix) {
    return name.starts_with(prefix);
  });
}

nlohmann::json same(const json::element& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::ARRAY: {
      auto array = nlohmann::json::array();
      for (const auto each : simdjson::dom::array(element)) array.push_back(same(each));
      return array;
    }
    case simdjson::dom::element_type::OBJECT: {
      auto object = nlohmann::json::object();
      for (const auto member : json::object(element))
        object[std::string(member.key)] = same(member.value);
      return object;
    }
    case simdjson::dom::element_type::INT64:
      return std::int64_t(element);
    case simdjson::dom::element_type::UINT64:
      return std::uint64_t(element);
    case simdjson::dom::element_type::DOUBLE:
      return double(element);
    case simdjson::dom::element_type::STRING:
      return std::string_view(element);
    case simdjson::dom::element_type::BOOL:
      return bool(element);
    case simdjson::dom::element_type::NULL_VALUE:
      return nullptr;
  }
  return nullptr;
}

std::string_view text_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// Only what says which bytes are meant, or which record.
nlohmann::json without_what_changes(const json::element& value) {
  json::object object;
  if (value.get(object) != simdjson::SUCCESS) return same(value);
  if (const auto referred = text_in(object, "recordName"); !referred.empty()) return referred;
  auto kept = nlohmann::json::object();
  for (const auto member : object)
    if (member.key == "fileChecksum" || member.key == "size")
      kept[std::string(member.key)] = same(member.value);
  return kept;
}

/// Nothing for a field that says nothing.
std::optional<nlohmann::json> kept_field(std::string_view name, const json::element& field) {
  json::object typed;
  if (field.get(typed) != simdjson::SUCCESS) return std::nullopt;
  const auto value = json::field(typed, "value");
  if (!value) return std::nullopt;
  const bool is_plain = name.ends_with("Enc") && text_in(typed, "type") == "STRING";
  if (is_plain) return nlohmann::json{{"type", "STRING"}, {"value", same(*value)}};
  simdjson::dom::array list;
  if (value->get(list) != simdjson::SUCCESS) return without_what_changes(*value);
  auto kept = nlohmann::json::array();
  for (const auto each : list) kept.push_back(without_what_changes(each));
  return kept;
}

}  // namespace

std::string kept_text(const json::object& record) {
  nlohmann::json kept{{"recordName", text_in(record, "recordName")},
                      {"fields", nlohmann::json::object()}};
  json::object part;
  std::int64_t created = 0;
  if (const auto made = json::field(record, "created");
      made && made->get(part) == simdjson::SUCCESS) {
    const auto moment = json::field(part, "timestamp");
    if (moment && moment->get(created) == simdjson::SUCCESS) kept["created"] = created;
  }
  if (const auto fields = json::field(record, "fields");
      fields && fields->get(part) == simdjson::SUCCESS) {
    for (const auto field : part) {
      if (is_left_out(field.key)) continue;
      if (auto value = kept_field(field.key, field.value))
        kept["fields"][std::string(field.key)] = *std::move(value);
    }
  }
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string joined(std::string_view asset, std::string_view master) {
  if (asset.empty() || master.empty())
    return asset.empty() ? fmt::format(R"({{"master":{}}})", master)
                         : fmt::format(R"({{"asset":{}}})", asset);
  return fmt::format(R"({{"asset":{},"master":{}}})", asset, master);
}

std::string half_of(std::string_view document, std::string_view half) {
  const auto parsed = json::Document::parse(document, largest_document);
  if (!parsed) return {};
  const auto found = json::field(parsed->root(), half);
  return found ? same(*found).dump() : std::string();
}

}  // namespace keepsake::source::icloud
