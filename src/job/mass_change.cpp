// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/mass_change.h"

#include "catalog/report.h"
#include "transfer/read_back.h"

namespace keepsake::job {

namespace {

constexpr std::size_t page = 64;
constexpr std::size_t most_shown = 100;

/// One source's photos that a run would upset: how many, and the first of them.
class UpsetPhotos {
 public:
  UpsetPhotos(catalog::Catalog& catalog,
              const WatchedSource& source,
              const std::vector<plan::Target>& targets,
              const std::stop_token& stop)
      : catalog_(catalog), source_(source), targets_(targets), stop_(stop) {
    destinations_.reserve(targets.size());
    for (const plan::Target& target : targets) destinations_.push_back(target.destination);
  }

  /// Counts what looks changed, and only if that is much, what is.
  Result<bool> are_too_many() {
    const auto sum = TRY(catalog::sum_assets(catalog_, std::vector{source_.row}, {}));
    assets_ = sum.seen;
    TRY(count(By::listing));
    if (!plan::is_mass_change(upset_, assets_)) return false;
    upset_ = replaced_ = 0;
    first_.clear();
    TRY(count(By::bytes));
    return plan::is_mass_change(upset_, assets_);
  }

  void show(const ShowUpset& show) const {
    for (const auto& [account, upset] : first_) show(account, upset);
  }

  [[nodiscard]] std::string words() const {
    const auto& source = first_.front().account.source_name;
    std::string what;
    if (replaced_ > 0)
      what =
          fmt::format("of {} of {} photos of '{}' the originals were replaced since they were kept",
                      replaced_,
                      assets_,
                      source);
    if (upset_ == replaced_) return what;
    if (!what.empty()) what += ", and ";
    return what +
           fmt::format("{} of {} photos of '{}' are gone from there and would go into quarantine",
                       upset_ - replaced_,
                       assets_,
                       source);
  }

 private:
  struct Upset {
    photo::Account account;
    plan::Upset upset;
  };

  enum class By { listing, bytes };

  Result<> count(By by) {
    TRY(catalog_.gather_changed(std::vector{source_.row}, destinations_));
    for (;;) {
      auto accounts = TRY(catalog_.next_owed(page));
      if (accounts.empty()) return {};
      for (photo::Account& account : accounts) TRY(look_at(std::move(account), by));
    }
  }

  Result<> look_at(photo::Account account, By by) {
    const auto upset = plan::upset_of(account, targets_);
    if (!upset) return {};
    if (by == By::bytes && !is_sure()) {
      const bool changed = TRY(is_changed(account));
      if (!changed) return {};
    }
    ++upset_;
    if (*upset == plan::Upset::replaced) ++replaced_;
    if (first_.size() < most_shown) first_.push_back({std::move(account), *upset});
    return {};
  }

  /// Then the rest is counted unread.
  [[nodiscard]] bool is_sure() const {
    return first_.size() == most_shown && plan::is_mass_change(upset_, assets_);
  }

  /// What cannot be read now is not replaced in this run either.
  Result<bool> is_changed(const photo::Account& account) {
    for (const photo::History& file : account.files) {
      if (file.role != photo::Role::original) continue;
      const photo::Version* before = plan::perhaps_unchanged(file);
      if (before == nullptr) continue;
      const auto content = read(account, file);
      if (!content && content.error().cause == Cause::cancelled) return fail(content.error());
      if (!content) return false;
      if (content != before->content) continue;
      catalog::Progress progress;
      progress.only_touched = {file.current()->row};
      TRY(catalog_.record(progress));
      return false;
    }
    return true;
  }

  Result<photo::Content> read(const photo::Account& account, const photo::History& file) {
    for (const photo::Rendition& rendition : account.asset.renditions) {
      if (rendition.key != file.key) continue;
      auto stream = TRY(source_.source->open(account.asset.key, rendition, stop_));
      return transfer::read_through(*stream, block_, stop_);
    }
    return fail(Cause::not_found, "its source no longer lists it");
  }

  catalog::Catalog& catalog_;
  const WatchedSource& source_;
  const std::vector<plan::Target>& targets_;
  const std::stop_token& stop_;
  std::vector<std::int64_t> destinations_;
  std::int64_t assets_ = 0;
  std::int64_t upset_ = 0;
  std::int64_t replaced_ = 0;  ///< of those
  std::vector<Upset> first_;
  std::vector<std::byte> block_;
};

}  // namespace

Result<> stop_at_mass_change(catalog::Catalog& catalog,
                             std::span<const WatchedSource> sources,
                             const std::vector<plan::Target>& targets,
                             const ShowUpset& show,
                             const std::stop_token& stop) {
  std::string what;
  for (const WatchedSource& source : sources) {
    UpsetPhotos upset(catalog, source, targets, stop);
    const bool too_many = TRY(upset.are_too_many());
    if (!too_many) continue;
    if (show) upset.show(show);
    what += (what.empty() ? "" : "; ") + upset.words();
  }
  if (what.empty()) return {};
  return fail(
      Error{Cause::safety_stop,
            "stopped before anything was written: " + what +
                ". All that is kept is as it was. A wrong folder, a failing disk or "
                "malicious software can be the reason, so look at these photos at their "
                "source first. If the change is wanted, run once: keepsake backup "
                "--accept-changes (older versions stay kept, and quarantine deletes nothing by "
                "itself)",
            {},
            Scope::run});
}

}  // namespace keepsake::job
