// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "crypto/sha.h"
#include "plan/names.h"
#include "tests/support/kept_tree.h"
#include "tests/support/ledger.h"
#include "transfer/carry_out.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// A source whose files are texts; it counts how often each is opened, and fails at will.
class TextSource final : public source::Source {
 public:
  Result<> note_changes(source::Changes& changes, std::stop_token stop) override {
    static_cast<void>(changes);
    static_cast<void>(stop);
    return {};
  }

  Result<std::unique_ptr<source::Bytestream>> open(const photo::AssetKey& asset,
                                                   const photo::Rendition& rendition,
                                                   std::stop_token stop) override {
    static_cast<void>(asset);
    static_cast<void>(stop);
    if (opening) opening(rendition.key);
    opened_.with([&](auto& opened) { ++opened[rendition.key]; });
    const auto found = texts.find(rendition.key);
    if (found == texts.end()) return fail(Cause::not_found, "no such file");
    return std::unique_ptr<source::Bytestream>(
        std::make_unique<Stream>(found->second, reading, rendition.key, sums_as_apple));
  }

  [[nodiscard]] bool is_far() const override { return far; }

  /// How often each file was opened since the last time this was asked.
  std::map<std::string, int> opened() {
    return opened_.with([](auto& opened) { return std::exchange(opened, {}); });
  }

  std::map<std::string, std::string> texts;
  std::function<void(const std::string& key)> opening;
  std::function<Result<>(const std::string& key)> reading;  ///< before every block
  bool sums_as_apple = false;  ///< it computes Apple's checksum of what is read
  bool far = false;            ///< it is one that is downloaded from

 private:
  class Stream final : public source::Bytestream {
   public:
    Stream(std::string text,
           const std::function<Result<>(const std::string&)>& reading,
           std::string key,
           bool sums_as_apple)
        : text_(std::move(text)),
          reading_(reading),
          key_(std::move(key)),
          sums_as_apple_(sums_as_apple) {}

    Result<std::size_t> read(std::span<std::byte> buffer) override {
      if (reading_) TRY(reading_(key_));
      const auto bytes = bytes_of(text_).subspan(position_);
      const auto count = std::min({bytes.size(), buffer.size(), std::size_t{4}});
      std::copy_n(bytes.begin(), count, buffer.begin());
      position_ += count;
      return count;
    }

    Result<> confirm() override { return {}; }

    std::optional<AppleChecksum> apple_checksum() override {
      if (!sums_as_apple_) return std::nullopt;
      return crypto::apple_checksum(bytes_of(text_));
    }

   private:
    std::string text_;
    const std::function<Result<>(const std::string&)>& reading_;
    std::string key_;
    bool sums_as_apple_;
    std::size_t position_ = 0;
  };

  Guarded<std::map<std::string, int>> opened_;
};

/// A ledger, a source of texts and two trees, "disk" and "drive".
struct BackedUp : Ledger {
  TextSource texts;
  KeptTree disk_tree;
  KeptTree drive_tree;
  transfer::Tally tally;
  std::optional<Error> disk_failure;
  std::optional<Error> drive_failure;
  transfer::Adoption* adoption = nullptr;  ///< of the runs that follow
  std::stop_source stop;

  static plan::HomeZone home_zone() {
    return {[](Instant instant) { return WallTime(instant.time_since_epoch()); },
            [](WallTime wall) { return Instant(wall.time_since_epoch()); }};
  }

  /// The source has this photo with these bytes now.
  void add(const std::string& id, const std::string& text) { add(photo_of(id, text), text); }

  void add(const photo::Asset& asset, const std::string& text) {
    texts.texts[asset.renditions.at(0).key] = text;
    note({asset});
  }

  static std::string kept(const std::string& id) { return "Photos/Undated/" + id; }

  /// One run to these destinations, as a backup makes it.
  Result<transfer::Tally> try_run(const std::vector<std::int64_t>& rows) {
    std::vector<std::unique_ptr<transfer::Lane>> lanes;
    std::vector<plan::Target> targets;
    transfer::Supplies supplies;
    supplies.sources[id128(1)] = &texts;
    supplies.adoption = adoption;
    for (const std::int64_t row : rows) {
      KeptTree& tree = row == disk ? disk_tree : drive_tree;
      tree.begin();
      take_down(row, tree.session->recovered());
      plan::Target target;
      target.destination = row;
      target.name = row == disk ? "disk" : "drive";
      targets.push_back(target);
      lanes.push_back(std::make_unique<transfer::Lane>(target, *tree.session));
      supplies.destinations[row] = tree.tree.get();
    }
    std::vector<transfer::Lane*> pointers;
    for (const auto& lane : lanes) pointers.push_back(lane.get());
    transfer::Orders orders;
    orders.home = home_zone();
    orders.plan_asset = [&](const photo::Account& account, const std::string& tag) {
      return plan::plan_backup(account, targets, orders.home, tag);
    };
    orders.owed = must(catalog->gather_owed(std::vector{source}, rows));
    auto result = transfer::carry_out(*catalog, supplies, pointers, orders, stop.get_token());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      KeptTree& tree = rows[i] == disk ? disk_tree : drive_tree;
      auto& failure = rows[i] == disk ? disk_failure : drive_failure;
      failure = lanes[i]->failure();
      if (result && !failure) {
        const auto closed = tree.session->close();
        if (!closed) failure = closed.error();
      }
      tree.session.reset();
    }
    return result;
  }

  void run(const std::vector<std::int64_t>& rows) { tally = must(try_run(rows)); }

  void run() { run({disk, drive}); }

  void take_down(std::int64_t destination, const std::vector<records::FileRecord>& records) const {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    must(noting->remember("cursor", "1"));
    for (const auto& record : records)
      must(noting->put_kept({destination,
                             record.path,
                             record.file_time,
                             record.quarantined_at,
                             record.asked_back_at,
                             record.asset,
                             record.gone_at,
                             record.moved_from,
                             {record.folder, record.stem, record.month},
                             record.role,
                             record.key,
                             record.name,
                             record.present,
                             record.version}));
    must(noting->commit());
  }

  [[nodiscard]] bool holds(const std::string& id, std::int64_t destination) const {
    const auto known = account(id);
    const auto* standing = known.in(destination);
    return standing != nullptr && standing->holds(version_row(id));
  }

  [[nodiscard]] std::optional<photo::Shortfall> shortfall(const std::string& id,
                                                          std::int64_t destination) const {
    const auto known = account(id);
    const auto* standing = known.in(destination);
    if (standing == nullptr || standing->shortfalls.empty()) return std::nullopt;
    return standing->shortfalls.front();
  }

  /// What a tree says it holds is what lies there, for another program too.
  static void check_sums(const KeptTree& tree) {
    for (const auto& [path, sum] : tree.sums()) {
      CAPTURE(path);
      CHECK(content_of(tree.disk.read(path)).sha256.hex() == sum);
    }
    CHECK(tree.sums().size() ==
          tree.files("Photos").size() + tree.files(".keepsake/versions").size());
  }
};

}  // namespace keepsake::tests
