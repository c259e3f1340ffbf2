// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/destination.h"
#include "tests/support/content.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

/// Files of a made-up phone, on their way to a destination.
namespace keepsake::tests {

inline Instant when(int second = 0) {
  return *parse_instant("2024-05-01T10:00:00Z") + std::chrono::seconds(second);
}

/// The record of a file of the asset `id`.
inline records::FileRecord record_of(const std::string& id, int seq, const std::string& path) {
  records::FileRecord record;
  record.path = path;
  record.month = "2024-05";
  record.file_time = when();
  record.source_name = "phone";
  record.asset.key.id = id;
  record.asset.name = id;
  record.folder = "Photos/2024/2024-05";
  record.stem = id;
  record.key = id;
  record.name = id;
  record.version.row = seq;
  record.version.seq = seq;
  record.version.first_seen = when();
  return record;
}

inline std::string place_of(const std::string& id) { return "Photos/2024/2024-05/" + id; }

inline destination::Upload upload_of(const std::string& id, std::string_view text, int seq = 1) {
  destination::Upload upload;
  upload.path = place_of(id);
  upload.size = ByteCount{text.size()};
  upload.modified = when();
  upload.record = record_of(id, seq, upload.path);
  return upload;
}

/// The upload of a second version; the first one, of these bytes, goes aside.
inline destination::Upload replacement_of(const std::string& id,
                                          std::string_view text,
                                          std::string_view old_text) {
  auto upload = upload_of(id, text, 2);
  auto older = record_of(id, 1, ".keepsake/versions/" + id + ".1");
  older.version.content = content_of(old_text);
  older.version.superseded_at = when(60);
  upload.replaced = std::move(older);
  return upload;
}

}  // namespace keepsake::tests
