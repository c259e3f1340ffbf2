// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/follow_moves.h"

#include "catalog/moves.h"
#include "transfer/read_back.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::transfer {

namespace {

constexpr std::size_t page = 64;

/// As long, and not told apart by what their source says of them.
bool may_be_same(const photo::Version& before, const photo::Rendition& now) {
  if (!before.content || before.content->size != now.size) return false;
  return !before.claimed_checksum || !now.apple_checksum ||
         before.claimed_checksum == now.apple_checksum;
}

class Follower {
 public:
  Follower(catalog::Catalog& catalog,
           std::int64_t source_row,
           source::Source& source,
           const std::stop_token& stop)
      : catalog_(catalog), source_row_(source_row), source_(source), stop_(stop) {}

  Result<> follow_all() {
    TRY(catalog_.gather_arrived(source_row_));
    for (;;) {
      const auto arrived = TRY(catalog_.next_owed(page));
      if (arrived.empty()) return {};
      for (const photo::Account& account : arrived) TRY(follow(account));
    }
  }

 private:
  Result<> follow(const photo::Account& arrived) {
    read_.clear();
    const auto& files = arrived.asset.renditions;
    const auto original = std::find_if(files.begin(), files.end(), [](const auto& file) {
      return file.role == photo::Role::original;
    });
    if (original == files.end()) return {};
    const auto gone = TRY(find_gone(arrived.asset, *original));
    if (!gone) return {};
    const auto same = TRY(same_files(*gone, arrived.asset));
    return catalog::go_on_as(catalog_, source_row_, *gone, arrived, same);
  }

  Result<std::optional<photo::Account>> find_gone(const photo::Asset& arrived,
                                                  const photo::Rendition& original) {
    auto gone = TRY(catalog::gone_with(catalog_, source_row_, original, arrived.name));
    if (gone) return gone;
    const auto content = TRY(read(arrived.key, original));
    if (!content) return std::nullopt;
    return catalog::gone_with(catalog_, source_row_, content->sha256, arrived.name);
  }

  /// Each file of the gone photo that the arrived one has with the same bytes.
  Result<std::vector<catalog::SameFile>> same_files(const photo::Account& gone,
                                                    const photo::Asset& arrived) {
    std::vector<catalog::SameFile> same;
    for (const photo::Rendition& rendition : arrived.renditions) {
      for (const photo::History& file : gone.files) {
        const bool known = TRY(is_same(file, arrived.key, rendition));
        const bool used = std::any_of(
            same.begin(), same.end(), [&](const auto& entry) { return entry.file == file.row; });
        if (!known || used) continue;
        same.push_back({file.row, rendition.key});
        break;
      }
    }
    return same;
  }

  Result<bool> is_same(const photo::History& before,
                       const photo::AssetKey& asset,
                       const photo::Rendition& now) {
    const photo::Version* version = before.current();
    if (version == nullptr || before.role != now.role || !may_be_same(*version, now)) return false;
    if (now.apple_checksum && now.source_version == version->source_version) return true;
    const auto content = TRY(read(asset, now));
    return content == version->content;
  }

  /// Nothing when it cannot be read now: that is told of when it is to be kept.
  Result<std::optional<photo::Content>> read(const photo::AssetKey& asset,
                                             const photo::Rendition& rendition) {
    const auto known = read_.find(rendition.key);
    if (known != read_.end()) return known->second;
    const auto content = try_read(asset, rendition);
    if (!content && content.error().cause == Cause::cancelled) return fail(content.error());
    return read_[rendition.key] = content ? std::optional(*content) : std::nullopt;
  }

  Result<photo::Content> try_read(const photo::AssetKey& asset, const photo::Rendition& rendition) {
    auto stream = TRY(source_.open(asset, rendition, stop_));
    return read_through(*stream, block_, stop_);
  }

  catalog::Catalog& catalog_;
  std::int64_t source_row_;
  source::Source& source_;
  const std::stop_token& stop_;
  std::vector<std::byte> block_;
  std::map<std::string, std::optional<photo::Content>> read_;  ///< of one arrived photo, by key
};

}  // namespace

Result<> follow_moves(catalog::Catalog& catalog,
                      std::int64_t source_row,
                      source::Source& source,
                      const std::stop_token& stop) {
  return Follower(catalog, source_row, source, stop).follow_all();
}

}  // namespace keepsake::transfer
