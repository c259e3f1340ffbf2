// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "source/source.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::tests {

/// A source's memory, kept in memory.
class RowsInMemory final : public source::Memory {
 public:
  Result<std::optional<std::string>> get(std::string_view key) override {
    const auto found = rows.find(key);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }

  Result<> put(std::string_view key, std::string_view value) override {
    ++writes;
    rows.insert_or_assign(std::string(key), std::string(value));
    return {};
  }

  Result<> erase(std::string_view key) override {
    ++writes;
    rows.erase(std::string(key));
    return {};
  }

  Result<std::vector<Row>> after(std::string_view key,
                                 std::string_view prefix,
                                 std::size_t most) override {
    std::vector<Row> page;
    auto at = key < prefix ? rows.lower_bound(prefix) : rows.upper_bound(key);
    for (; at != rows.end() && page.size() < most && at->first.starts_with(prefix); ++at)
      page.push_back({at->first, at->second});
    return page;
  }

  std::map<std::string, std::string, std::less<>> rows;
  int writes = 0;
};

/// What a source reported, as the catalog would have it.
class TakenDown final : public source::Changes {
 public:
  source::Memory& memory() override { return rows; }

  Result<> put(const photo::Asset& asset) override {
    ++puts;
    assets.insert_or_assign(asset.key.id, asset);
    return {};
  }

  Result<> gone(std::string_view library, std::string_view id) override {
    static_cast<void>(library);
    ++gones;
    assets.erase(std::string(id));
    return {};
  }

  Result<std::optional<std::string>> record_of(std::string_view library,
                                               std::string_view id) override {
    static_cast<void>(library);
    const auto found = assets.find(std::string(id));
    return found == assets.end() ? std::nullopt : found->second.record;
  }

  Result<> keep_only(const IsThere& is_there) override {
    ++reconciled;
    for (auto at = assets.begin(); at != assets.end();) {
      std::vector<std::string> keys;
      for (const auto& rendition : at->second.renditions) keys.push_back(rendition.key);
      const bool there = TRY(is_there(at->second.key.library, at->first, keys));
      at = there ? std::next(at) : assets.erase(at);
    }
    return {};
  }

  Result<> ignored(std::string_view path) override {
    ignored_paths.emplace_back(path);
    return {};
  }

  Result<> unreadable(std::string_view path, const Error& error) override {
    unreadable_paths.emplace_back(path);
    static_cast<void>(error);
    return {};
  }

  void warn(std::string_view message) override { warnings.emplace_back(message); }

  Result<> commit() override { return {}; }

  /// Before another scan: what is counted begins anew.
  void begin_anew() {
    puts = gones = reconciled = rows.writes = 0;
    ignored_paths.clear();
    unreadable_paths.clear();
    warnings.clear();
  }

  RowsInMemory rows;
  std::map<std::string, photo::Asset> assets;
  std::vector<std::string> ignored_paths;
  std::vector<std::string> unreadable_paths;
  std::vector<std::string> warnings;
  int puts = 0;
  int gones = 0;
  int reconciled = 0;
};

/// An asset in one line: `photo IMG_1.JPG original:IMG_1.JPG adjustment:IMG_1.AAE`.
inline std::string in_short(const photo::Asset& asset) {
  std::string text(photo::name(asset.kind));
  std::set<std::string> files;
  for (const auto& rendition : asset.renditions)
    files.insert(std::string(photo::name(rendition.role)) + ":" + rendition.key);
  text += " " + asset.name;
  for (const std::string& file : files) text += " " + file;
  return text;
}

}  // namespace keepsake::tests
