// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/snapshot.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "vault/json_text.h"
#include "vault/tree.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::vault {

namespace {

Result<std::string> text_or_nothing(const json::object& object, std::string_view key) {
  const auto value = json::field(object, key);
  if (!value) return std::string();
  const auto text = TRY(json::text(*value, key));
  return std::string(text);
}

Result<std::vector<std::string>> texts_or_nothing(const json::object& object,
                                                  std::string_view key) {
  const auto value = json::field(object, key);
  if (!value) return std::vector<std::string>{};
  return json::texts(*value, key);
}

void append_list(std::string& json, std::span<const std::string> texts) {
  json += '[';
  for (const std::string& text : texts) {
    if (&text != texts.data()) json += ',';
    append_json(json, text);
  }
  json += ']';
}

void append_field(std::string& json, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  json += ",\"";
  json += key;
  json += "\":";
  append_json(json, text);
}

}  // namespace

std::optional<Instant> Snapshot::instant() const { return instant_of(time); }

bool Snapshot::has_tag(std::string_view tag) const {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

Result<Snapshot> parse_snapshot(const FileId& id, std::string_view text) {
  const auto document = TRY(json::Document::parse(text, max_snapshot_json));
  const auto& root = document.root();
  Snapshot snapshot;
  snapshot.id = id;
  const auto time = TRY(json::needed(root, "time"));
  snapshot.time = TRY(json::text(time, "time"));
  if (!snapshot.instant()) return fail(Cause::corrupt, "its \"time\" is no time");
  const auto tree = TRY(json::needed(root, "tree"));
  snapshot.tree = TRY(json::digest(tree, "tree"));
  if (const auto parent = json::field(root, "parent"))
    snapshot.parent = TRY(json::digest(*parent, "parent"));
  snapshot.paths = TRY(texts_or_nothing(root, "paths"));
  snapshot.tags = TRY(texts_or_nothing(root, "tags"));
  snapshot.hostname = TRY(text_or_nothing(root, "hostname"));
  snapshot.username = TRY(text_or_nothing(root, "username"));
  snapshot.program_version = TRY(text_or_nothing(root, "program_version"));
  return snapshot;
}

std::string to_json(const Snapshot& snapshot) {
  std::string json = R"({"time":)";
  append_json(json, snapshot.time);
  if (snapshot.parent) append_field(json, "parent", snapshot.parent->hex());
  append_field(json, "tree", snapshot.tree.hex());
  json += R"(,"paths":)";
  append_list(json, snapshot.paths);
  append_field(json, "hostname", snapshot.hostname);
  append_field(json, "username", snapshot.username);
  if (!snapshot.tags.empty()) {
    json += R"(,"tags":)";
    append_list(json, snapshot.tags);
  }
  append_field(json, "program_version", snapshot.program_version);
  return json + '}';
}

}  // namespace keepsake::vault
