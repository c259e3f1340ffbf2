// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/verify.h"

#include "job/places.h"
#include "job/run_places.h"
#include "records/file_record.h"

#include <set>

namespace keepsake::job {

namespace {

class Verification {
 public:
  Verification(Home& home,
               catalog::Catalog& catalog,
               const VerifyOptions& options,
               const std::function<void(const verify::Progress&)>& progress,
               std::stop_token stop)
      : home_(home),
        catalog_(catalog),
        options_(options),
        progress_(progress),
        stop_(std::move(stop)) {}

  Result<VerifyReport> run() {
    const auto chosen = TRY(chosen_destinations(home_.settings(), options_.destinations));
    all_ = TRY(open_destinations(home_, home_.settings().destinations));
    for (const config::Destination& settings : chosen)
      for (OpenDestination& place : all_)
        if (place.settings.id == settings.id) TRY(check(place));
    return std::move(report_);
  }

 private:
  Result<> check(OpenDestination& place) {
    if (place.error) {
      report_.notes.push_back(place.settings.name + ": " + place.error->message());
      if (report_.exit_code == ExitCode::done) report_.exit_code = exit_code_of(*place.error);
      return {};
    }
    const auto checked = look(place);
    if (!checked) {
      if (checked.error().cause == Cause::cancelled || checked.error().scope == Scope::run)
        return fail(checked.error());
      place.error = checked.error();
      return check(place);
    }
    const verify::Report& found = *checked;
    if (options_.amount.reads()) TRY(catalog_.note_verified(place.row));
    VerifyReport::Destination sum{place.settings.name,
                                  found.checked,
                                  found.bytes_read,
                                  static_cast<std::int64_t>(found.damaged.size()),
                                  static_cast<std::int64_t>(found.missing.size()),
                                  0};
    for (const auto& note : found.notes) report_.notes.push_back(place.settings.name + ": " + note);
    std::set<std::string> still_damaged;
    if (options_.repair && sum.damaged + sum.missing > 0) {
      still_damaged = TRY(repaired_as_far_as_possible(place, found));
    } else {
      for (const auto* list : {&found.damaged, &found.missing})
        for (const verify::Damage& damage : *list) still_damaged.insert(damage.path);
    }
    for (const auto* list : {&found.damaged, &found.missing})
      for (const verify::Damage& damage : *list) {
        const bool repaired = !still_damaged.contains(damage.path);
        sum.repaired += repaired ? 1 : 0;
        report_.damaged.push_back({place.settings.name,
                                   damage.path,
                                   damage.asset,
                                   damage.cause,
                                   damage.message,
                                   repaired});
      }
    if (!still_damaged.empty()) report_.exit_code = ExitCode::damage_found;
    report_.destinations.push_back(std::move(sum));
    return {};
  }

  Result<verify::Report> look(OpenDestination& place) {
    if (options_.repair) TRY(finish_last_run(place));
    TRY(learn_what_is_held(home_, place));
    return verify::verify(
        catalog_, *place.destination, place.row, options_.amount, progress_, stop_);
  }

  /// What an interrupted run left unfinished would hide damage from the check. Where damage keeps
  /// it from being finished, the check tells.
  Result<> finish_last_run(OpenDestination& place) {
    TRY(begin_session(home_, place));
    TRY(close_session(home_, place));
    place.error.reset();
    return {};
  }

  /// A repair that cannot be done hides nothing of what was found.
  Result<std::set<std::string>> repaired_as_far_as_possible(OpenDestination& place,
                                                            const verify::Report& found) {
    std::set<std::string> still;
    for (const auto* list : {&found.damaged, &found.missing})
      for (const verify::Damage& damage : *list) still.insert(damage.path);
    auto repaired = repair(place, found);
    if (repaired) {
      const auto looked = find_what_is_left(place, found, *repaired);
      if (looked) return *std::move(repaired);
      repaired = fail(looked.error());
    }
    const Error& error = repaired.error();
    if (error.cause == Cause::cancelled || error.scope == Scope::run) return fail(error);
    report_.notes.push_back(place.settings.name + ": it could not be repaired: " + error.message());
    return still;
  }

  /// Returns the paths that are damaged all the same.
  Result<std::set<std::string>> repair(OpenDestination& place, const verify::Report& found) {
    TRY(place.destination->set_damage_aside(stop_));
    TRY(begin_session(home_, place));
    if (place.error) return fail(*place.error);
    const auto owed = TRY(catalog_.gather_damaged(place.row));
    if (owed.assets > 0) TRY(heal(place, owed));
    if (found.records_damaged && !place.lane->failure()) TRY(write_records_anew(place));
    TRY(close_session(home_, place));
    if (place.error) report_.notes.push_back(place.settings.name + ": " + place.error->message());
    std::set<std::string> still;
    for (const auto* list : {&found.damaged, &found.missing})
      for (const verify::Damage& damage : *list) still.insert(damage.path);
    if (place.error) return still;
    TRY(forget_healed(place, still));
    return still;
  }

  /// What is no file of ours, such as a pack, is whole again when the destination says so. What was
  /// read was taken out of use where it was wrong, so nothing needs to be read again.
  Result<> find_what_is_left(OpenDestination& place,
                             const verify::Report& found,
                             std::set<std::string>& still) {
    destination::SelfCheckAmount presence;
    presence.depth = destination::SelfCheckAmount::Depth::none;
    const auto left = TRY(place.destination->check(presence, {}, stop_));
    if (!left) return {};
    std::set<std::string> faults;
    for (const destination::Fault& fault : left->faults)
      if (!fault.is_path) faults.insert(fault.thing);
    for (const auto* list : {&found.damaged, &found.missing})
      for (const verify::Damage& damage : *list)
        if (damage.asset.empty() && !faults.contains(damage.path)) still.erase(damage.path);
    still.insert(faults.begin(), faults.end());
    return {};
  }

  Result<> heal(OpenDestination& place, const catalog::Owed& owed) {
    transfer::Supplies supplies;
    std::vector<std::unique_ptr<source::Source>> sources;
    for (const config::Source& settings : home_.settings().sources) {
      auto source = open_source(home_, settings);
      if (!source) continue;  // another destination may have it
      supplies.sources[settings.id] = source->get();
      sources.push_back(*std::move(source));
    }
    for (const OpenDestination& other : all_)
      if (other.destination && other.row != place.row)
        supplies.destinations[other.row] = other.destination.get();
    transfer::Orders orders;
    orders.home = TRY(home_.zone());
    orders.plan_asset = [&](const photo::Account& account, const std::string& /*tag*/) {
      return plan::plan_repair(account, place.row);
    };
    orders.reserve_names = false;
    orders.owed = owed;
    std::vector<transfer::Lane*> lanes{place.lane.get()};
    TRY(transfer::carry_out(catalog_, supplies, lanes, orders, stop_));
    return {};
  }

  /// The tree's manifests and sums, written from the ledger as if for the first time.
  Result<> write_records_anew(OpenDestination& place) {
    constexpr std::size_t page = 256;
    TRY(place.session->begin_records_anew());
    std::int64_t last = 0;
    for (;;) {
      const auto accounts = TRY(catalog_.accounts_after(last, page));
      if (accounts.empty()) return {};
      last = accounts.back().row;
      std::vector<records::FileRecord> records;
      for (const photo::Account& account : accounts)
        if (const photo::Standing* standing = account.in(place.row))
          records::add_records(account, *standing, records);
      TRY(place.session->describe(records));
    }
  }

  Result<> forget_healed(const OpenDestination& place, std::set<std::string>& still) {
    std::set<std::string> damaged;
    std::string last;
    for (;;) {
      const auto files = TRY(catalog_.paths_after(place.row, last, 1024));
      if (files.empty()) break;
      last = files.back().path;
      for (const auto& file : files)
        if (file.damaged) damaged.insert(file.path);
    }
    std::erase_if(still, [&](const std::string& path) { return !damaged.contains(path); });
    return {};
  }

  Home& home_;
  catalog::Catalog& catalog_;
  const VerifyOptions& options_;
  const std::function<void(const verify::Progress&)>& progress_;
  std::stop_token stop_;
  std::vector<OpenDestination> all_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_and_repair(Home& home,
                                       const VerifyOptions& options,
                                       const std::function<void(const verify::Progress&)>& progress,
                                       std::stop_token stop) {
  auto* catalog = TRY(home.catalog());
  return Verification(home, *catalog, options, progress, std::move(stop)).run();
}

}  // namespace keepsake::job
