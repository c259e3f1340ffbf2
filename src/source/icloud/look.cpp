// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/look.h"

#include "source/icloud/delta.h"
#include "source/icloud/listing.h"
#include "source/icloud/memory.h"
#include "source/icloud/replies.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

constexpr int most_beginnings = 5;  // a token may lose its worth while it is followed

bool names(const DatabaseChanges& changes, std::string_view zone) {
  return std::any_of(changes.zones.begin(), changes.zones.end(), [&](const auto& each) {
    return each.id.name == zone;
  });
}

class Look {
 public:
  Look(CloudKit& cloudkit,
       Addresses& addresses,
       Changes& changes,
       const Reporter& reporter,
       std::stop_token stop)
      : cloudkit_(cloudkit),
        addresses_(addresses),
        changes_(changes),
        memory_(changes.memory()),
        reporter_(reporter),
        stop_(std::move(stop)) {}

  Result<> run() {
    const auto own = TRY(ask_for_own());
    const auto shared = TRY(ask_for_shared(own));
    TRY(note_all(Database::own, own));
    return shared ? note_all(Database::shared, *shared) : Result<>();
  }

 private:
  /// Every account has a library of its own, whatever the service lists.
  Result<DatabaseChanges> ask_for_own() {
    auto changes = TRY(ask(Database::own));
    const auto token = TRY(memory_.token(Database::own));  // as it is after the answer
    if (!token && !names(changes, own_library))
      changes.zones.insert(changes.zones.begin(),
                           {{Database::own, std::string(own_library), {}}, false});
    return changes;
  }

  /// What others share. Accounts with whom nothing was ever shared may be refused.
  Result<std::optional<DatabaseChanges>> ask_for_shared(const DatabaseChanges& own) {
    auto changes = ask(Database::shared);
    if (changes) {
      // A library that this account shares is among its own.
      std::erase_if(changes->zones, [&](const auto& zone) { return names(own, zone.id.name); });
      return std::optional(*std::move(changes));
    }
    const Error& error = changes.error();
    if (error.cause == Cause::cancelled) return fail(error);
    if (!is_misunderstood(error.cause) && error.cause != Cause::denied)
      TRY(changes_.unreadable("libraries that others share", error));
    return std::optional<DatabaseChanges>();
  }

  /// A token that is not taken, or a question that is not understood, costs another question.
  Result<DatabaseChanges> ask(Database database) {
    const auto token = TRY(memory_.token(database));
    auto changes = cloudkit_.changes_of(database, token, stop_);
    if (token && !changes && is_misunderstood(changes.error().cause)) {
      TRY(memory_.forget_token(database));
      return ask(database);
    }
    if (changes && (token || !changes->zones.empty())) return changes;
    if (!changes && !is_misunderstood(changes.error().cause)) return changes;
    DatabaseChanges all;
    if (changes) all.token = changes->token;
    auto zones = TRY(cloudkit_.zones_of(database, stop_));
    for (ZoneId& zone : zones) all.zones.push_back({std::move(zone), false});
    return all;
  }

  /// The database's token moves on once all that it covers is noted.
  Result<> note_all(Database database, const DatabaseChanges& changes) {
    bool all_noted = true;
    for (const auto& [zone, is_deleted] : changes.zones) {
      if (!zone.is_library()) continue;
      const auto noted = is_deleted ? forget(zone) : note(zone);
      if (noted) continue;
      all_noted = false;
      if (zone.name == own_library || noted.error().cause == Cause::cancelled)
        return fail(noted.error());
      TRY(changes_.unreadable(library_of(zone), noted.error()));
    }
    // A token may change though nothing did: that is not worth a write.
    const auto known = TRY(memory_.token(database));
    if (all_noted && changes.token && (!known || !changes.zones.empty()))
      TRY(memory_.note_token(database, *changes.token));
    return changes_.commit();
  }

  Result<> note(const ZoneId& zone) {
    LibraryMemory memory(changes_.memory(), library_of(zone));
    Noter noter(changes_, memory, cloudkit_, addresses_, reporter_);
    const auto token = TRY(memory.token());
    if (!token) return list(zone, memory, noter);
    const auto number = TRY(memory.listing());
    TRY(noter.begin(number));
    const auto newest = TRY(apply_changes(cloudkit_, changes_, noter, zone, token, stop_));
    if (!newest || !newest->token) return list(zone, memory, noter);
    TRY(memory.note_token(*newest->token));
    return changes_.commit();
  }

  Result<> list(const ZoneId& zone, LibraryMemory& memory, Noter& noter) {
    Listing listing(cloudkit_, changes_, memory, noter, zone, stop_);
    TRY(listing.run());
    const auto newest = TRY(follow(listing, zone, noter));
    if (!newest) TRY(noter.finish(stop_));
    if (!newest && listing.has_bursts())
      TRY(changes_.unreadable(library_of(zone),
                              problem(Cause::invalid,
                                      "iCloud does not tell its changes, which alone name the "
                                      "frames of bursts that nobody picked")));
    TRY(listing.reconcile());
    // Without a token the next run lists everything anew: dear, and safe.
    if (newest && newest->token) TRY(memory.note_token(*newest->token));
    return changes_.commit();
  }

  /// A list by ranks misses what moves across the edge of two pages while they are read, which is
  /// no change of its own. What nothing happened to meanwhile was listed as it is; anything else is
  /// gone through as changes since ever, which no shift can hide.
  Result<std::optional<Followed>> follow(const Listing& listing, const ZoneId& zone, Noter& noter) {
    if (!listing.has_bursts()) {
      auto since =
          TRY(apply_changes(cloudkit_, changes_, noter, zone, listing.token_of_beginning(), stop_));
      if (since && !since->any) return since;
    }
    std::optional<Followed> all;
    for (int beginnings = 0; !all && beginnings < most_beginnings; ++beginnings)
      all = TRY(apply_changes(cloudkit_, changes_, noter, zone, std::nullopt, stop_));
    return all;
  }

  Result<> forget(const ZoneId& zone) {
    if (zone.name == own_library)
      return fail(problem(Cause::denied,
                          "iCloud says that this account has no photo library any more. Is iCloud "
                          "Photos turned off? What was backed up stays as it is"));
    LibraryMemory memory(changes_.memory(), library_of(zone));
    TRY(changes_.keep_only([&](const std::string& library,
                               const std::string& /*id*/,
                               const std::vector<std::string>& /*keys*/) -> Result<bool> {
      return library != memory.library();
    }));
    TRY(memory.forget());
    return changes_.commit();
  }

  CloudKit& cloudkit_;
  Addresses& addresses_;
  Changes& changes_;
  AccountMemory memory_;
  const Reporter& reporter_;
  std::stop_token stop_;
};

}  // namespace

Result<> look_at_account(CloudKit& cloudkit,
                         Addresses& addresses,
                         Changes& changes,
                         const Reporter& reporter,
                         const std::stop_token& stop) {
  return Look(cloudkit, addresses, changes, reporter, stop).run();
}

}  // namespace keepsake::source::icloud
