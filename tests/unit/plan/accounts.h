// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/backup.h"

#include <string>

/// Photos as the ledger tells the plan of them.
namespace keepsake::tests {

inline constexpr std::int64_t disk = 1;
inline constexpr std::int64_t drive = 2;

inline photo::Content some_content(int number) {
  photo::Content content;
  content.sha256.bytes.fill(std::byte{static_cast<unsigned char>(number)});
  content.size = ByteCount{5};
  return content;
}

inline plan::Target target(std::int64_t destination) {
  plan::Target target;
  target.destination = destination;
  target.name = "disk";
  return target;
}

inline plan::Target target_without(std::int64_t destination, std::string_view rule) {
  auto it = target(destination);
  it.exclude = {photo::Query::parse(rule).value()};
  return it;
}

/// A photo with versions 10, 11… of its original, and 20, 21… of its edit.
inline photo::Account account_with(int originals, int edits = 0) {
  photo::Account account;
  account.row = 1;
  account.source_name = "phone";
  account.asset.name = "IMG_1.JPG";
  account.asset.key.id = "IMG_1.JPG";
  const auto add = [&](photo::Role role, std::int64_t row, std::string name, int count) {
    if (count == 0) return;
    photo::History file;
    file.row = row;
    file.role = role;
    file.key = file.name = std::move(name);
    for (int i = 0; i < count; ++i) {
      photo::Version version;
      version.row = row * 10 + i;
      version.seq = i + 1;
      if (i + 1 < count) version.superseded_at = Instant();
      if (i + 1 < count) version.content = some_content(i);
      file.versions.push_back(version);
    }
    account.files.push_back(file);
    auto& rendition = account.asset.renditions.emplace_back();
    rendition.role = role;
    rendition.key = rendition.name = file.name;
  };
  add(photo::Role::original, 1, "IMG_1.JPG", originals);
  add(photo::Role::edited, 2, "IMG_E1.JPG", edits);
  return account;
}

inline photo::Standing& standing_in(photo::Account& account, std::int64_t destination) {
  if (photo::Standing* standing = account.in(destination)) return *standing;
  account.standings.push_back({destination, std::nullopt, std::nullopt, {}, {}});
  return account.standings.back();
}

inline void keep(photo::Account& account,
                 std::int64_t destination,
                 std::int64_t rendition,
                 std::optional<std::int64_t> version,
                 const std::string& path) {
  photo::Standing& standing = standing_in(account, destination);
  standing.naming = photo::Naming{"Photos/Undated", "IMG_1", "undated"};
  photo::KeptFile file;
  file.rendition = rendition;
  file.version = version;
  file.path = path;
  standing.files.push_back(file);
}

}  // namespace keepsake::tests
