// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/recorder.h"

#include "crypto/sha.h"
#include "records/file_record.h"

#include <algorithm>
#include <iterator>

namespace keepsake::transfer {

namespace {

constexpr std::size_t batch_files = 256;
constexpr ByteCount batch_bytes{256 << 20};

Digest digest_of(const std::vector<records::FileRecord>& records) {
  crypto::Sha256 sha256;
  for (const records::FileRecord& record : records) {
    sha256.add(bytes_of(records::to_line(record)));
    sha256.add(bytes_of("\n"));
  }
  return sha256.finish();
}

/// Nothing failed where there was nothing to be had yet.
photo::Shortfall::State state_after(const Error& error) {
  const bool nothing_there = error.cause == Cause::absent || error.cause == Cause::invalid;
  return nothing_there && error.scope != Scope::destination ? photo::Shortfall::State::pending
                                                            : photo::Shortfall::State::failed;
}

}  // namespace

Result<> Recorder::take(Done done) {
  for (const Delivered& delivered : done.delivered) {
    const plan::Step& step = done.plan.steps[delivered.step];
    waiting_bytes_ += done.account.files[step.file].versions[step.version].size;
    ++waiting_files_;
  }
  waiting_.push_back(std::move(done));
  const bool full = waiting_files_ >= batch_files || waiting_bytes_ >= batch_bytes ||
                    waiting_.size() >= batch_files * 4;
  return full ? commit() : Result<>();
}

Result<> Recorder::commit() {
  if (waiting_.empty()) return {};
  described_.clear();
  for (Lane* lane : lanes_) {
    if (!can_commit(*lane)) continue;
    const auto committed = commit_lane(*lane);
    if (committed) continue;
    broken_.insert(lane);
    lane->give_up(committed.error());
  }
  catalog::Progress progress;
  for (Done& done : waiting_) {
    const auto keys = stored_of(done);
    note(done, progress);
    for (const StoredKey& key : keys) stored_.erase(key);
  }
  // Described first, then noted as described: killed between the two, it is described again.
  for (const auto& [lane, records] : described_) {
    const auto described = lane->session().describe(records);
    if (described) continue;
    broken_.insert(lane);
    lane->give_up(described.error());
    forget_lane(lane->target().destination, progress);
  }
  for (Lane* lane : lanes_) sort_out(*lane, progress);
  TRY(catalog_.record(progress));
  for (Lane* lane : lanes_) settle(*lane);
  waiting_.clear();
  waiting_bytes_ = {};
  waiting_files_ = 0;
  return {};
}

/// What is not held yet is not in the ledger either.
void Recorder::settle(Lane& lane) {
  if (broken_.contains(&lane) || not_held_.contains(&lane)) return;
  const auto settled = lane.session().settle();
  if (settled) return;
  broken_.insert(&lane);
  lane.give_up(settled.error());
}

/// What is stored and not held yet waits with its lane; once all is held, what waited is recorded.
void Recorder::sort_out(Lane& lane, catalog::Progress& progress) const {
  catalog::Progress& awaiting = lane.awaiting();
  const auto move = [&](auto& from, auto& to, const auto& belongs) {
    std::ranges::copy_if(from, std::back_inserter(to), belongs);
    std::erase_if(from, belongs);
  };
  const bool held = !not_held_.contains(&lane);
  catalog::Progress& from = held ? awaiting : progress;
  catalog::Progress& to = held ? progress : awaiting;
  const auto belongs = [&](const auto& entry) {
    return entry.destination == lane.target().destination;
  };
  move(from.stored, to.stored, belongs);
  move(from.described, to.described, belongs);
  move(from.settled, to.settled, belongs);
}

void Recorder::forget_lane(std::int64_t destination, catalog::Progress& progress) {
  std::erase_if(progress.described,
                [&](const auto& entry) { return entry.destination == destination; });
  std::erase_if(progress.settled,
                [&](const auto& entry) { return entry.destination == destination; });
}

/// What a drive took before it was full is kept: the next run need not bring it again.
bool Recorder::can_commit(Lane& lane) const {
  if (broken_.contains(&lane)) return false;
  const auto failure = lane.failure();
  return !failure || failure->cause == Cause::full;
}

Result<> Recorder::commit_lane(Lane& lane) {
  const auto destination = lane.target().destination;
  auto committed = TRY(
      lane.session().commit([&](const Digest& content) -> std::optional<destination::ExistingCopy> {
        const auto copy = catalog_.copy_of(destination, content);
        if (!copy || !*copy) return std::nullopt;
        return destination::ExistingCopy{(*copy)->path, (*copy)->file_time};
      }));
  for (destination::Stored& file : committed.stored) {
    const StoredKey place(destination, file.version);
    stored_.insert_or_assign(place, std::move(file));
  }
  if (committed.held) {
    not_held_.erase(&lane);
  } else {
    not_held_.insert(&lane);
  }
  return {};
}

/// What the lanes stored of one asset; a touch takes its version away, so this is asked first.
std::vector<Recorder::StoredKey> Recorder::stored_of(const Done& done) {
  std::vector<StoredKey> keys;
  for (const Delivered& delivered : done.delivered) {
    const plan::Step& step = done.plan.steps[delivered.step];
    keys.emplace_back(step.deliveries[delivered.delivery].destination,
                      done.account.files[step.file].versions[step.version].row);
  }
  return keys;
}

void Recorder::note(Done& done, catalog::Progress& progress) {
  for (const Delivered& delivered : done.delivered) note_delivery(done, delivered, progress);
  note_touches(done, progress);
  for (const auto& unheld : done.plan.unheld) {
    progress.unheld.push_back({unheld.destination, unheld.shortfall});
    if (photo::Standing* standing = done.account.in(unheld.destination)) {
      standing->shortfalls.push_back(unheld.shortfall);
    } else {
      done.account.standings.push_back(
          {unheld.destination, std::nullopt, std::nullopt, {}, {unheld.shortfall}});
    }
  }
  for (Lane* lane : lanes_)
    if (!lane->failure()) note_standing(done, *lane, progress);
}

void Recorder::note_delivery(Done& done, const Delivered& delivered, catalog::Progress& progress) {
  const plan::Step& step = done.plan.steps[delivered.step];
  const plan::Delivery& delivery = step.deliveries[delivered.delivery];
  photo::Version& version = done.account.files[step.file].versions[step.version];
  const destination::Stored* stored = stored_in(delivery.destination, version.row);
  const auto error = delivered.error ? delivered.error : stored ? stored->error : std::nullopt;
  if (error) {
    progress.unheld.push_back(
        {delivery.destination,
         {version.row, state_after(*error), error->cause, error->message(), 1}});
    return;
  }
  if (stored == nullptr) return;  // its lane failed: it stays owed
  progress.stored.push_back({done.account.row,
                             version.row,
                             delivery.destination,
                             delivery.path,
                             delivery.file_time,
                             stored->content,
                             delivery.aside,
                             delivered.apple_checksum});
  if (delivered.apple_checksum) version.apple_checksum = delivered.apple_checksum;
  version.content = stored->content;
  version.size = stored->content.size;
  photo::Standing* standing = done.account.in(delivery.destination);
  expect(standing != nullptr, "whoever a file was planned for has a standing");
  for (photo::KeptFile& kept : standing->files) {
    if (kept.path != delivery.path) continue;
    if (delivery.aside) {
      photo::KeptFile older = kept;
      older.path = *delivery.aside;
      kept.version = version.row;
      kept.damaged = false;
      kept.file_time = delivery.file_time;
      standing->files.push_back(std::move(older));
    } else {
      kept.version = version.row;
      kept.damaged = false;
      kept.file_time = delivery.file_time;
    }
    break;
  }
  if (delivery.heals) tally_.with([](Tally& tally) { ++tally.healed; });
}

/// The version before goes on, with the stamp that the source gives it now.
void Recorder::note_touches(Done& done, catalog::Progress& progress) {
  for (const std::size_t index : done.only_touched) {
    const plan::Step& step = done.plan.steps[index];
    auto& versions = done.account.files[step.file].versions;
    photo::Version& before = versions[step.version - 1];
    const photo::Version touched = versions[step.version];
    progress.only_touched.push_back(touched.row);
    for (catalog::StoredFile& file : progress.stored)
      if (file.version == touched.row) file.version = before.row;
    before.superseded_at.reset();
    before.source_version = touched.source_version;
    before.modified = touched.modified;
    before.claimed_checksum = touched.claimed_checksum;
    for (photo::Standing& standing : done.account.standings)
      for (photo::KeptFile& kept : standing.files)
        if (kept.version == touched.row) kept.version = before.row;
    versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(step.version));
  }
}

/// Whether anything is left to do there, and whether its records must be written anew.
void Recorder::note_standing(Done& done, Lane& lane, catalog::Progress& progress) {
  const auto destination = lane.target().destination;
  if (plan::is_settled(done.account, destination))
    progress.settled.push_back({done.account.row, destination});
  const photo::Standing* standing = done.account.in(destination);
  if (standing == nullptr || !standing->naming) return;
  std::vector<records::FileRecord> records;
  records::add_records(done.account, *standing, records);
  if (records.empty()) return;
  const auto digest = digest_of(records);
  if (standing->described == digest) return;
  progress.described.push_back({done.account.row, destination, digest});
  // What was stored just now was described with it.
  std::erase_if(records, [&](const records::FileRecord& record) {
    return stored_in(destination, record.version.row) != nullptr;
  });
  if (records.empty()) return;
  auto known = std::find_if(described_.begin(), described_.end(), [&](const auto& entry) {
    return entry.first == &lane;
  });
  if (known == described_.end()) known = described_.insert(described_.end(), {&lane, {}});
  std::move(records.begin(), records.end(), std::back_inserter(known->second));
}

const destination::Stored* Recorder::stored_in(std::int64_t destination,
                                               std::int64_t version) const {
  const auto found = stored_.find({destination, version});
  return found == stored_.end() ? nullptr : &found->second;
}

}  // namespace keepsake::transfer
