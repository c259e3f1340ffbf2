// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/restore_snapshot.h"

#include "base/text.h"
#include "destination/vault/vault.h"
#include "job/places.h"
#include "job/restored_files.h"
#include "job/snapshots.h"
#include "photo/quarantine.h"
#include "vault/tree.h"

#include <map>

namespace keepsake::job {

namespace {

constexpr std::string_view versions_folder = ".keepsake/versions/";

/// What became of an asset's files, so far.
struct Sum {
  bool all = true;
};

class SnapshotRestore {
 public:
  SnapshotRestore(const RestoreOptions& options,
                  destination::Vault& vault,
                  const std::function<void(const std::string&)>& show,
                  std::stop_token stop)
      : options_(options), vault_(vault), show_(show), stop_(std::move(stop)) {}

  Result<RestoreReport> run(const vault::Snapshot& snapshot) {
    TRY(vault_.look_at(snapshot));
    if (!options_.dry_run) target_ = TRY(RestoredFiles::into(options_.to, stop_));
    TRY(snapshot.has_tag("keepsake") ? restore_records() : restore_nodes());
    for (const auto& [asset, sum] : assets_)
      if (sum.all) ++report_.assets;
    if (!report_.not_restored.empty()) report_.exit_code = ExitCode::not_all_safe;
    return std::move(report_);
  }

 private:
  Result<> restore_records() {
    const auto unreadable =
        TRY(vault_.each_record([&](const records::FileRecord& record) -> Result<> {
          if (stop_.stop_requested()) return interrupted();
          return is_wanted(record) ? restore_record(record) : Result<>();
        }));
    if (unreadable > 0)
      report_.not_restored.push_back(
          {{},
           {},
           Cause::corrupt,
           fmt::format("{} records of the snapshot cannot be read, so it is not known which photos "
                       "they tell of; restic can restore every file of it",
                       unreadable)});
    return {};
  }

  [[nodiscard]] bool is_wanted(const records::FileRecord& record) const {
    // A version that was replaced at the source lies at its place until the new one is stored.
    if (!record.present || record.path.starts_with(versions_folder)) return false;
    const bool gone = record.gone_at.has_value();
    if (gone && !options_.at && !options_.query.asks_about_gone()) return false;
    return options_.query.matches({record.asset, record.source_name, gone});
  }

  Result<> restore_record(const records::FileRecord& record) {
    auto& sum =
        assets_[record.source_name + "\n" + record.asset.key.library + "\n" + record.asset.key.id];
    const auto path = photo::own_place(record.path);
    const auto restored = write(
        path, record.content(), record.file_time, [&] { return vault_.open(record.path, false); });
    return note(restored, sum, record.asset.key.id, path);
  }

  Result<> restore_nodes() {
    return vault_.each_node(
        [&](const std::string& path, const vault::Node& node) -> Result<> {
          if (stop_.stop_requested()) return interrupted();
          if (node.type == vault::Node::Type::other || !is_wanted(path, node)) return {};
          Sum unused;
          Sum& sum = node.type == vault::Node::Type::dir ? unused : assets_[path];
          return note(restore_node(path, node), sum, path, path);
        },
        stop_);
  }

  /// A file of another program's snapshot is known by its name alone.
  [[nodiscard]] bool is_wanted(const std::string& path, const vault::Node& node) const {
    if (options_.query.text().empty()) return true;
    if (node.type != vault::Node::Type::file) return false;
    photo::Asset asset;
    asset.key.id = path;
    asset.name = node.name;
    return options_.query.matches({asset, {}, false});
  }

  Result<> restore_node(const std::string& path, const vault::Node& node) {
    if (show_ && node.type != vault::Node::Type::dir) show_(path);
    if (!target_) {
      count(node);
      return {};
    }
    if (node.type == vault::Node::Type::dir) return target_->restore_folder(path);
    auto outcome = RestoredFiles::Outcome::written;
    if (node.type == vault::Node::Type::symlink) {
      outcome = TRY(target_->restore_link(path, node.link_target));
    } else {
      const auto from = TRY(vault_.open_node(node));
      const auto modified = vault::instant_of(node.modified).value_or(Instant{});
      outcome = TRY(target_->restore(path, *from, std::nullopt, modified));
    }
    count(node);
    if (outcome == RestoredFiles::Outcome::equal) ++report_.equal;
    return {};
  }

  void count(const vault::Node& node) {
    if (node.type == vault::Node::Type::dir) return;
    ++report_.files;
    report_.bytes += node.size;
  }

  template <class Open>
  Result<> write(const std::string& path,
                 const photo::Content& content,
                 Instant modified,
                 const Open& open) {
    if (show_) show_(path);
    if (target_) {
      const bool there = TRY(target_->has(path, content));
      if (there) {
        ++report_.equal;
      } else {
        const auto from = TRY(open());
        TRY(target_->restore(path, *from, content, modified));
      }
    }
    ++report_.files;
    report_.bytes += content.size;
    return {};
  }

  /// One file that cannot be restored is named and stops no other.
  Result<> note(const Result<>& restored,
                Sum& sum,
                const std::string& asset,
                const std::string& path) {
    if (restored) return {};
    const Error& error = restored.error();
    if (error.cause == Cause::cancelled || error.cause == Cause::full ||
        error.cause == Cause::read_only || error.cause == Cause::absent)
      return restored;
    sum.all = false;
    report_.not_restored.push_back({asset, shown(path), error.cause, error.message()});
    return {};
  }

  static tl::unexpected<Error> interrupted() {
    return fail(Error{Cause::cancelled, "interrupted", {}, Scope::run});
  }

  const RestoreOptions& options_;
  destination::Vault& vault_;
  const std::function<void(const std::string&)>& show_;
  std::stop_token stop_;
  std::optional<RestoredFiles> target_;  ///< none in a dry run
  std::map<std::string, Sum> assets_;
  RestoreReport report_;
};

}  // namespace

Result<RestoreReport> restore_snapshot(Home& home,
                                       const config::Destination& vault,
                                       const RestoreOptions& options,
                                       const std::function<void(const std::string&)>& show,
                                       std::stop_token stop) {
  const auto opened = TRY(open_vault(home, vault));
  const auto snapshot = TRY(choose_snapshot(home, *opened, options.at).map_error(of_vault(vault)));
  return SnapshotRestore(options, *opened, show, std::move(stop)).run(snapshot);
}

}  // namespace keepsake::job
