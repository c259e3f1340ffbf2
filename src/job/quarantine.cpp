// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/quarantine.h"

#include "base/log.h"
#include "job/places.h"
#include "photo/quarantine.h"
#include "plan/quarantine.h"

#include <algorithm>

namespace keepsake::job {

namespace {

constexpr std::size_t page = 256;
constexpr std::size_t most_at_once = 4096;  // files that one snapshot of a vault tells of

/// A file of an asset, with the record that it has at its other place.
struct Relocation {
  std::int64_t asset = 0;
  records::FileRecord record;
};

/// The record of a kept file as it is.
std::optional<records::FileRecord> record_of(const photo::Account& account,
                                             const photo::Standing& standing,
                                             const photo::KeptFile& kept) {
  if (!standing.naming || !kept.version) return std::nullopt;
  for (const photo::History& file : account.files)
    for (const photo::Version& version : file.versions)
      if (version.row == *kept.version && version.content)
        return records::record_of(account, *standing.naming, file, version, kept);
  return std::nullopt;
}

class Mover {
 public:
  Mover(catalog::Catalog& catalog, OpenDestination& place, Instant now)
      : catalog_(catalog), place_(place), now_(now) {}

  enum class Why { rule, owner };

  /// Brings files of an asset (indexes into Standing::files) to the other of their places.
  void add(const photo::Account& account, const std::vector<std::size_t>& files, Why why) {
    const photo::Standing* standing = account.in(place_.row);
    for (const std::size_t index : files) {
      auto record = record_of(account, *standing, standing->files[index]);
      if (!record) continue;
      record->path = photo::other_place(record->path);
      record->quarantined_at.reset();
      record->asked_back_at.reset();
      if (photo::is_in_quarantine(record->path)) record->quarantined_at = now_;
      if (why == Why::owner) record->asked_back_at = now_;
      waiting_.push_back({account.row, *std::move(record)});
    }
  }

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  /// Those that stay where they are, with the reason.
  Result<std::vector<std::pair<Relocation, Error>>> move() {
    std::vector<std::pair<Relocation, Error>> stayed;
    std::vector<records::FileRecord> records;
    records.reserve(waiting_.size());
    for (const Relocation& it : waiting_) records.push_back(it.record);
    const auto outcomes = TRY(place_.session->move(records));
    catalog::Progress progress;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const records::FileRecord& record = waiting_[i].record;
      if (const auto& hindrance = outcomes[i]; hindrance) {
        stayed.emplace_back(waiting_[i], *hindrance);
      } else {
        progress.moved.push_back(
            {place_.row, record.path, record.quarantined_at, record.asked_back_at});
      }
    }
    TRY(catalog_.record(progress).map_error(reaching(Scope::run)));
    waiting_.clear();
    return stayed;
  }

 private:
  catalog::Catalog& catalog_;
  OpenDestination& place_;
  Instant now_;
  std::vector<Relocation> waiting_;
};

/// What does not lie where the ledger says is damage, to be healed by the same run where it can be.
Result<> note_missing(catalog::Catalog& catalog,
                      const OpenDestination& place,
                      const std::vector<std::pair<Relocation, Error>>& stayed) {
  std::vector<catalog::Catalog::Checked> missing;
  for (const auto& [file, error] : stayed) {
    log::warn("a file stayed in its place", {{"why", error.message()}});
    if (error.cause == Cause::not_found)
      missing.push_back({photo::other_place(file.record.path), true, false});
  }
  return catalog.record_checks(place.row, missing);
}

Result<> move_misplaced(catalog::Catalog& catalog,
                        OpenDestination& place,
                        Instant now,
                        const std::stop_token& stop) {
  Mover mover(catalog, place, now);
  for (;;) {
    const auto accounts = TRY(catalog.next_owed(page));
    if (stop.stop_requested()) return fail(Error{Cause::cancelled, "interrupted", {}, Scope::run});
    for (const photo::Account& account : accounts)
      mover.add(account,
                plan::misplaced(account, place.row, place.settings.on_source_delete),
                Mover::Why::rule);
    if (mover.waiting() >= most_at_once || accounts.empty()) {
      const auto stayed = TRY(mover.move());
      TRY(note_missing(catalog, place, stayed).map_error(reaching(Scope::run)));
    }
    if (accounts.empty()) return {};
  }
}

/// One destination that a verb of quarantine is about.
class Quarantine {
 public:
  static Result<Quarantine> of(Home& home, const std::string& destination) {
    Quarantine quarantine(home);
    const auto chosen = TRY(chosen_destinations(home.settings(), {destination}));
    quarantine.settings_ = chosen.front();
    quarantine.catalog_ = TRY(home.catalog());
    const auto known = TRY(quarantine.catalog_->destinations());
    for (const catalog::Place& place : known)
      if (place.uid == quarantine.settings_.id) quarantine.row_ = place.row;
    return quarantine;
  }

  Result<std::vector<Quarantined>> list() {
    std::vector<Quarantined> list;
    TRY(catalog_->gather_quarantined(row_));
    for (;;) {
      auto accounts = TRY(catalog_->next_owed(page));
      if (accounts.empty()) return list;
      for (photo::Account& account : accounts) list.push_back(entry_of(std::move(account)));
    }
  }

  Result<> open(const std::stop_token& stop) {
    TRY(own_catalog(home_));
    auto places = TRY(open_destinations(home_, {settings_}));
    place_ = std::move(places.front());
    if (place_.error) return fail(*place_.error);
    TRY(get_to_know(home_, place_, stop));
    TRY(begin_session(home_, place_));
    return place_.error ? Result<>(fail(*place_.error)) : Result<>();
  }

  /// Closes the place, whatever came of the work in it.
  Result<> close(const Result<>& work) {
    if (!work) place_.error = work.error();
    TRY(close_session(home_, place_));
    return place_.error ? Result<>(fail(*place_.error)) : Result<>();
  }

  Result<> take_out(const std::vector<Quarantined>& wanted, QuarantineReport& report) {
    Mover mover(*catalog_, place_, home_.clock().now());
    for (const Quarantined& it : wanted)
      mover.add(it.account, plan::quarantined(it.account, row_), Mover::Why::owner);
    const auto stayed = TRY(mover.move());
    for (const Quarantined& it : wanted) {
      const auto left = std::find_if(stayed.begin(), stayed.end(), [&](const auto& entry) {
        return entry.first.asset == it.account.row;
      });
      if (left == stayed.end()) {
        count(it, report);
      } else {
        leave(it.account, left->second, report);
      }
    }
    return {};
  }

  /// Deletes these for good, but for those that lie nowhere else where such are to be kept.
  Result<> remove(const std::vector<Quarantined>& overdue,
                  LastCopies last_copies,
                  QuarantineReport& report) {
    std::vector<records::FileRecord> records;
    std::vector<const Quarantined*> removed;
    for (const Quarantined& it : overdue) {
      auto all = records_of(it.account);
      const bool last = TRY(is_last_copy(all));
      if (last && last_copies == LastCopies::keep) {
        leave(it.account,
              {Cause::safety_stop, "it lies nowhere else, so it was not deleted", {}, Scope::asset},
              report);
        continue;
      }
      std::move(all.begin(), all.end(), std::back_inserter(records));
      removed.push_back(&it);
    }
    TRY(doubt(records));
    TRY(place_.session->remove(records));
    for (const Quarantined* it : removed) {
      TRY(catalog_->forget_files(row_, it->account.row).map_error(reaching(Scope::run)));
      count(*it, report);
    }
    return {};
  }

 private:
  explicit Quarantine(Home& home) : home_(home) {}

  Quarantined entry_of(photo::Account account) {
    Quarantined entry;
    const auto before = home_.clock().now() - std::chrono::days(settings_.quarantine_days);
    entry.overdue = plan::is_overdue(account, row_, before);
    for (const photo::KeptFile& kept : account.in(row_)->files) {
      if (!kept.version || !kept.quarantined_at) continue;
      entry.since = std::max(entry.since, *kept.quarantined_at);
      ++entry.files;
      const auto record = record_of(account, *account.in(row_), kept);
      if (record) entry.bytes += record->content().size;
    }
    entry.account = std::move(account);
    return entry;
  }

  /// Of all its files there, older versions included.
  std::vector<records::FileRecord> records_of(const photo::Account& account) const {
    std::vector<records::FileRecord> records;
    records::add_records(account, *account.in(row_), records);
    return records;
  }

  /// Whatever interrupts their deletion, the ledger must not hold what may be gone by then: nobody
  /// may rely on it as another copy.
  Result<> doubt(const std::vector<records::FileRecord>& records) {
    std::vector<catalog::Catalog::Checked> doubted;
    doubted.reserve(records.size());
    for (const records::FileRecord& record : records)
      doubted.push_back({.path = record.path, .damaged = true});
    return catalog_->record_checks(row_, doubted).map_error(reaching(Scope::run));
  }

  Result<bool> is_last_copy(const std::vector<records::FileRecord>& records) {
    for (const records::FileRecord& record : records) {
      const bool elsewhere = TRY(catalog_->has_copy_beside(row_, record.content().sha256));
      if (!elsewhere) return true;
    }
    return false;
  }

  static void count(const Quarantined& it, QuarantineReport& report) {
    ++report.assets;
    report.files += it.files;
    report.bytes += it.bytes;
  }

  static void leave(const photo::Account& account, const Error& error, QuarantineReport& report) {
    report.left.push_back({account.asset.key.id, account.asset.name, error.cause, error.message()});
    if (report.exit_code == ExitCode::safety_stop) return;
    report.exit_code =
        error.cause == Cause::safety_stop ? ExitCode::safety_stop : ExitCode::not_all_safe;
  }

  Home& home_;
  catalog::Catalog* catalog_ = nullptr;
  config::Destination settings_;
  std::int64_t row_ = 0;
  OpenDestination place_;
};

}  // namespace

Result<> put_in_place(Home& home,
                      OpenDestination& place,
                      std::span<const std::int64_t> sources,
                      const std::stop_token& stop) {
  auto* catalog = TRY(home.catalog());
  TRY(catalog->gather_misplaced(sources, place.row));
  auto moved = move_misplaced(*catalog, place, home.clock().now(), stop);
  if (moved) return {};
  if (moved.error().cause == Cause::cancelled || moved.error().scope == Scope::run) return moved;
  place.lane->give_up(moved.error());
  place.error = moved.error();
  return {};
}

Result<std::vector<Quarantined>> list_quarantine(Home& home, const std::string& destination) {
  auto quarantine = TRY(Quarantine::of(home, destination));
  return quarantine.list();
}

Result<QuarantineReport> restore_from_quarantine(Home& home,
                                                 const std::string& destination,
                                                 const photo::Query& query,
                                                 const std::stop_token& stop) {
  auto quarantine = TRY(Quarantine::of(home, destination));
  auto wanted = TRY(quarantine.list());
  std::erase_if(wanted, [&](const Quarantined& it) {
    return !query.matches(
        {it.account.asset, it.account.source_name, it.account.gone_at.has_value()});
  });
  QuarantineReport report;
  if (wanted.empty()) return report;
  TRY(quarantine.open(stop));
  const auto taken = quarantine.take_out(wanted, report);
  TRY(quarantine.close(taken));
  return report;
}

Result<QuarantineReport> empty_quarantine(Home& home,
                                          const std::string& destination,
                                          LastCopies last_copies,
                                          const std::stop_token& stop) {
  auto quarantine = TRY(Quarantine::of(home, destination));
  auto overdue = TRY(quarantine.list());
  std::erase_if(overdue, [](const Quarantined& it) { return !it.overdue; });
  QuarantineReport report;
  if (overdue.empty()) return report;
  TRY(quarantine.open(stop));
  const auto emptied = quarantine.remove(overdue, last_copies, report);
  TRY(quarantine.close(emptied));
  return report;
}

}  // namespace keepsake::job
