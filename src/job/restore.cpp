// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/restore.h"

#include "job/candidate.h"
#include "job/places.h"
#include "job/restore_snapshot.h"
#include "job/restored_files.h"
#include "photo/quarantine.h"

#include <ranges>

namespace keepsake::job {

namespace {

class Restore {
 public:
  Restore(Home& home,
          catalog::Catalog& catalog,
          const RestoreOptions& options,
          const std::function<void(const std::string&)>& show,
          std::stop_token stop)
      : home_(home), catalog_(catalog), options_(options), show_(show), stop_(std::move(stop)) {}

  Result<RestoreReport> run() {
    const auto chosen = TRY(chosen_destinations(home_.settings(), {options_.from}));
    TRY(refuse_target_inside(chosen.front()));
    const auto known = TRY(catalog_.destinations());
    for (const catalog::Place& place : known)
      if (place.uid == chosen.front().id) row_ = place.row;
    const bool from_snapshot = TRY(is_from_snapshot(chosen.front()));
    if (from_snapshot) return restore_snapshot(home_, chosen.front(), options_, show_, stop_);
    destination_ = TRY(open_destination(home_, chosen.front()));
    if (!options_.dry_run) target_ = TRY(RestoredFiles::into(options_.to, stop_));
    const auto restore_one = [&](const photo::Account& account) -> Result<> {
      return restore_asset(account);
    };
    TRY(each_matching(
        catalog_, home_.settings(), options_.query, Gone::only_if_asked, restore_one));
    if (!report_.not_restored.empty()) report_.exit_code = ExitCode::not_all_safe;
    return std::move(report_);
  }

 private:
  /// The ledger knows what lies in a destination now. What lay there at another time, and what a
  /// vault holds that the ledger does not know, its snapshots tell.
  Result<bool> is_from_snapshot(const config::Destination& settings) {
    if (settings.kind != config::DestinationKind::vault) {
      if (options_.at)
        return misuse("a folder tree has no snapshots, so --at cannot be asked of it");
      return false;
    }
    const auto kept = TRY(catalog_.paths_after(row_, {}, 1));
    return options_.at || kept.empty();
  }

  Result<> refuse_target_inside(const config::Destination& from) const {
    const config::Source target{
        "--to", {}, config::SourceKind::folder, {os::resolved(options_.to)}};
    return refuse_overlap({target}, {from});
  }

  Result<> restore_asset(const photo::Account& account) {
    if (stop_.stop_requested()) return fail(Error{Cause::cancelled, "interrupted", {}, Scope::run});
    const photo::Standing* standing = account.in(row_);
    bool any = false;
    bool all = true;
    for (const photo::History& file : account.files) {
      const auto held = newest_held(file, standing);
      if (!held) continue;
      any = true;
      auto restored = restore_file(*held);
      if (restored) continue;
      const Error& error = restored.error();
      if (error.cause == Cause::cancelled || error.cause == Cause::full ||
          error.cause == Cause::read_only || error.cause == Cause::absent ||
          error.scope == Scope::destination)
        return restored;
      all = false;
      report_.not_restored.push_back(
          {account.asset.key.id, held->file.path, error.cause, error.message()});
    }
    if (!any) ++report_.not_there;
    if (any && all) ++report_.assets;
    return {};
  }

  struct Held {
    const photo::KeptFile& file;
    const photo::Content& content;
  };

  /// The current version where it is held; else the last one before it that is.
  static std::optional<Held> newest_held(const photo::History& file,
                                         const photo::Standing* standing) {
    if (standing == nullptr || !file.present) return std::nullopt;
    for (const photo::Version& version : std::views::reverse(file.versions)) {
      const photo::KeptFile* kept = standing->file_of(version.row);
      if (kept != nullptr && version.content) return Held{*kept, *version.content};
    }
    return std::nullopt;
  }

  Result<> restore_file(const Held& held) {
    if (show_) show_(photo::own_place(held.file.path));
    ++report_.files;
    report_.bytes += held.content.size;
    if (!target_) return {};
    auto result = write_file(held, *target_);
    if (result) return {};
    --report_.files;
    report_.bytes.value -= held.content.size.value;
    return result;
  }

  Result<> write_file(const Held& held, RestoredFiles& target) {
    const auto& [file, content] = held;
    const auto path = photo::own_place(file.path);
    const bool there = TRY(target.has(path, content));
    if (there) {
      ++report_.equal;
      return {};
    }
    const auto from = TRY(destination_->open(file.path, false));
    TRY(target.restore(path, *from, content, file.file_time));
    return {};
  }

  Home& home_;
  catalog::Catalog& catalog_;
  const RestoreOptions& options_;
  const std::function<void(const std::string&)>& show_;
  std::stop_token stop_;
  std::unique_ptr<destination::Destination> destination_;
  std::optional<RestoredFiles> target_;  ///< none in a dry run
  std::int64_t row_ = 0;
  RestoreReport report_;
};

}  // namespace

Result<RestoreReport> restore(Home& home,
                              const RestoreOptions& options,
                              const std::function<void(const std::string&)>& show,
                              std::stop_token stop) {
  auto* catalog = TRY(home.catalog());
  return Restore(home, *catalog, options, show, std::move(stop)).run();
}

}  // namespace keepsake::job
