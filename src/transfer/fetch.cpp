// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/fetch.h"

#include "base/promised.h"
#include "records/file_record.h"
#include "transfer/adoption.h"
#include "transfer/read_back.h"

#include <algorithm>

namespace keepsake::transfer {

namespace {

/// A kept file of a destination, read as a source's is.
class CopyStream final : public source::Bytestream {
 public:
  explicit CopyStream(std::unique_ptr<RandomAccess> file) : file_(std::move(file)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(file_->read_at(position_, buffer));
    position_ += count;
    return count;
  }

  Result<> confirm() override { return {}; }

 private:
  std::unique_ptr<RandomAccess> file_;
  std::uint64_t position_ = 0;
};

const photo::History& file_of(const Done& done, const plan::Step& step) {
  return done.account.files[step.file];
}

const photo::Version& version_of(const Done& done, const plan::Step& step) {
  return file_of(done, step).versions[step.version];
}

/// The content of the version before, when that lies undamaged in the destination.
bool holds_version_before(const Done& done, const plan::Step& step, std::int64_t destination) {
  const auto& versions = file_of(done, step).versions;
  const photo::Standing* standing = done.account.in(destination);
  return step.version > 0 && standing != nullptr && standing->holds(versions[step.version - 1].row);
}

}  // namespace

photo::Rendition rendition_of(const photo::Account& account, const plan::Step& step) {
  const photo::History& file = account.files[step.file];
  const photo::Version& version = file.versions[step.version];
  return {file.role,
          file.key,
          file.name,
          version.size,
          version.source_version,
          version.claimed_checksum,
          version.modified,
          version.unavailable};
}

bool ends_lane(const Error& error) {
  return error.cause == Cause::full || error.cause == Cause::absent ||
         error.cause == Cause::read_only || error.scope == Scope::destination;
}

/// One destination that the bytes are poured into.
struct Fetcher::Receiver {
  std::size_t delivery = 0;
  Lane* lane = nullptr;
  std::unique_ptr<destination::Incoming> incoming;
  std::optional<Error> error;

  /// Before its first byte it was found not to fit. Others may: it is not said that all is full.
  [[nodiscard]] bool lacks_room() const {
    return !incoming && error && error->cause == Cause::full && error->scope == Scope::asset;
  }
};

Result<Done> Fetcher::execute(photo::Account account,
                              plan::AssetPlan plan,
                              const std::stop_token& stop) {
  Done done{std::move(account), std::move(plan), {}, {}};
  for (std::size_t i = 0; i < done.plan.steps.size(); ++i) TRY(execute_step(done, i, stop));
  return done;
}

Result<> Fetcher::execute_step(Done& done, std::size_t step, const std::stop_token& stop) {
  const auto wanted = duplicate_where_held(done, step);
  return wanted.empty() ? Result<>() : fetch(done, step, wanted, stop);
}

/// Serves the deliveries whose destination has the content already; returns the others.
std::vector<std::size_t> Fetcher::duplicate_where_held(Done& done, std::size_t index) {
  const plan::Step& step = done.plan.steps[index];
  const photo::Version& version = version_of(done, step);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < step.deliveries.size(); ++i) {
    const plan::Delivery& delivery = step.deliveries[i];
    Lane* lane = lane_of(delivery.destination);
    if (lane == nullptr || lane->failure()) continue;
    if (version.content && !delivery.heals) {
      const auto copy = catalog_.copy_of(delivery.destination, version.content->sha256);
      if (copy && *copy) {
        const auto kept = lane->session().duplicate(upload_for(done, step, delivery),
                                                    {(*copy)->path, (*copy)->file_time},
                                                    *version.content);
        if (kept) {
          done.delivered.push_back({index, i, std::nullopt});
          continue;
        }
      }
    }
    wanted.push_back(i);
  }
  return wanted;
}

/// Tries what lies at hand, the source, and every other destination that holds the content: these
/// first where the source is a service, which need not send again what is kept already. The first
/// error of these is told.
Result<> Fetcher::fetch(Done& done,
                        std::size_t index,
                        std::vector<std::size_t> wanted,
                        const std::stop_token& stop) {
  const plan::Step& step = done.plan.steps[index];
  std::optional<Error> first_error;
  const auto attempt = [&](Result<std::unique_ptr<source::Bytestream>> stream) -> Result<> {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    auto poured = stream ? deliver(done, index, wanted, **stream, stop)
                         : Result<bool>(fail(std::move(stream).error()));
    if (!poured && poured.error().cause == Cause::cancelled) return fail(poured.error());
    if (!poured && !first_error) first_error = poured.error();
    if (poured) wanted.clear();
    return {};
  };
  const auto try_copies = [&]() -> Result<> {
    for (const photo::Standing& standing : done.account.standings) {
      if (wanted.empty()) return {};
      if (!standing.holds(version_of(done, step).row)) continue;
      TRY(attempt(open_copy(done, step, standing.destination)));
    }
    return {};
  };
  const auto try_source = [&]() -> Result<> {
    const bool adopted = TRY(adopt(done, index, wanted, stop));
    if (adopted) wanted.clear();
    if (adopted) return {};
    first_error.reset();
    TRY(attempt(open_source(done, step, stop)));
    // What was damaged on its way may come whole the second time.
    if (first_error && first_error->cause == Cause::corrupt)
      TRY(attempt(open_source(done, step, stop)));
    if (is_far(done)) patience_.note(done.account.asset.key.source, first_error);
    return {};
  };
  const bool copies_first = is_far(done) || !step.from_source;
  if (copies_first) TRY(try_copies());
  if (step.from_source && !wanted.empty()) TRY(try_source());
  if (!copies_first) TRY(try_copies());
  if (wanted.empty()) return {};
  if (!first_error)
    first_error =
        Error{Cause::not_found, "no place that is here now still has it", {}, Scope::asset};
  for (const std::size_t delivery : wanted)
    done.delivered.push_back({index, delivery, first_error});
  return {};
}

/// Takes the bytes of a file that another program downloaded. Whether there was one; what changed
/// since it was looked at is none.
Result<bool> Fetcher::adopt(Done& done,
                            std::size_t index,
                            const std::vector<std::size_t>& wanted,
                            const std::stop_token& stop) {
  const plan::Step& step = done.plan.steps[index];
  if (supplies_.adoption == nullptr || !is_far(done)) return false;
  const auto found = TRY(supplies_.adoption->find(rendition_of(done.account, step), stop));
  if (!found) return false;
  const auto stored = deliver(done, index, wanted, *found->bytes, stop);
  if (!stored && stored.error().cause == Cause::cancelled) return fail(stored.error());
  if (!stored) return false;
  if (*stored) {
    TRY(supplies_.adoption->note_taken(*found));
    tally_.with([&](Tally& tally) {
      ++tally.renditions_adopted;
      tally.bytes_adopted += version_of(done, step).size;
    });
  }
  return true;
}

Result<std::unique_ptr<source::Bytestream>> Fetcher::open_source(const Done& done,
                                                                 const plan::Step& step,
                                                                 const std::stop_token& stop) {
  const auto source = supplies_.sources.find(done.account.asset.key.source);
  if (source == supplies_.sources.end()) return fail(Cause::absent, "its source is not here now");
  if (const auto over = patience_.over(source->first)) return fail(*over);
  return source->second->open(done.account.asset.key, rendition_of(done.account, step), stop);
}

Result<std::unique_ptr<source::Bytestream>> Fetcher::open_copy(const Done& done,
                                                               const plan::Step& step,
                                                               std::int64_t destination) {
  const auto holder = supplies_.destinations.find(destination);
  const photo::Standing* standing = done.account.in(destination);
  const photo::KeptFile* kept =
      standing == nullptr ? nullptr : standing->file_of(version_of(done, step).row);
  if (holder == supplies_.destinations.end() || kept == nullptr)
    return fail(Cause::absent, "the destination that has it is not here now");
  auto file = TRY(holder->second->open(kept->path, false));
  return std::unique_ptr<source::Bytestream>(std::make_unique<CopyStream>(std::move(file)));
}

/// Pours the bytes where they are wanted. Whether a version was stored that was not there before.
Result<bool> Fetcher::deliver(Done& done,
                              std::size_t index,
                              const std::vector<std::size_t>& wanted,
                              source::Bytestream& stream,
                              const std::stop_token& stop) {
  const plan::Step& step = done.plan.steps[index];
  const photo::Version& version = version_of(done, step);
  std::vector<Receiver> receivers;
  for (const std::size_t i : wanted) {
    Receiver receiver{i, lane_of(step.deliveries[i].destination), nullptr, std::nullopt};
    auto incoming = receiver.lane->session().begin(upload_for(done, step, step.deliveries[i]));
    if (incoming) {
      receiver.incoming = *std::move(incoming);
    } else {
      receiver.error = incoming.error();
    }
    receivers.push_back(std::move(receiver));
  }
  const bool is_awaited =
      std::any_of(receivers.begin(), receivers.end(), [](const Receiver& it) { return !it.error; });
  if (!is_awaited) {
    for (const Receiver& receiver : receivers) fail_receiver(done, index, receiver);
    return false;
  }
  const auto content = TRY(pour(stream, receivers, stop));
  const auto apple_checksum = stream.apple_checksum();
  if (version.content && content != *version.content)
    return fail(Cause::corrupt,
                "the bytes read are not those that were recorded (SHA-256 {}, expected {}); they "
                "were not stored",
                content.sha256.hex().substr(0, 12),
                version.content->sha256.hex().substr(0, 12));
  const bool touched = step.version > 0 && !version.content &&
                       file_of(done, step).versions[step.version - 1].content == content;
  if (touched) done.only_touched.push_back(index);
  bool stored = false;
  for (Receiver& receiver : receivers) {
    if (touched && holds_version_before(done, step, step.deliveries[receiver.delivery].destination))
      continue;
    if (!receiver.error) {
      const auto finished = receiver.incoming->finish(content, apple_checksum);
      if (!finished) receiver.error = finished.error();
    }
    if (receiver.error) {
      fail_receiver(done, index, receiver);
    } else {
      done.delivered.push_back({index, receiver.delivery, std::nullopt, apple_checksum});
      stored = true;
    }
  }
  tally_.with([&](Tally& tally) {
    tally.bytes_fetched += content.size;
    if (stored && !touched) ++tally.renditions_fetched;
  });
  return stored && !touched;
}

/// Reads the stream once; a receiver that fails is left behind, the others go on.
Result<photo::Content> Fetcher::pour(source::Bytestream& stream,
                                     std::vector<Receiver>& receivers,
                                     const std::stop_token& stop) {
  return read_through(stream, block_, stop, [&](ByteView bytes) -> Result<> {
    for (Receiver& receiver : receivers) {
      if (receiver.error) continue;
      const auto written = receiver.incoming->write(bytes);
      if (!written) receiver.error = written.error();
    }
    return {};
  });
}

destination::Upload Fetcher::upload_for(const Done& done,
                                        const plan::Step& step,
                                        const plan::Delivery& delivery) const {
  const photo::Standing* standing = done.account.in(delivery.destination);
  expect(standing != nullptr, "names are decided before a transfer");
  const auto& naming = promised(standing->naming, "names are decided before a transfer");
  const photo::History& file = file_of(done, step);
  const photo::Version& version = version_of(done, step);
  destination::Upload upload;
  upload.path = delivery.path;
  upload.heals = delivery.heals;
  upload.size = version.size;
  upload.modified = delivery.file_time;
  upload.record =
      records::record_of(done.account, naming, file, version, delivery.path, delivery.file_time);
  for (const photo::KeptFile& kept : standing->files) {
    if (kept.path != delivery.path) continue;
    upload.record.quarantined_at = kept.quarantined_at;
    upload.record.asked_back_at = kept.asked_back_at;
  }
  if (!delivery.puts_aside) return upload;
  const auto& aside = promised(delivery.aside, "what is put aside has a place to go to");
  for (const photo::Version& older : file.versions) {
    if (older.row != *delivery.puts_aside) continue;
    const photo::KeptFile* kept = standing->file_of(older.row);
    upload.replaced = records::record_of(done.account,
                                         naming,
                                         file,
                                         older,
                                         aside,
                                         kept == nullptr ? delivery.file_time : kept->file_time);
  }
  return upload;
}

bool Fetcher::is_far(const Done& done) const {
  const auto source = supplies_.sources.find(done.account.asset.key.source);
  return source != supplies_.sources.end() && source->second->is_far();
}

Lane* Fetcher::lane_of(std::int64_t destination) const {
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane* candidate) {
    return candidate->target().destination == destination;
  });
  return lane == lanes_.end() ? nullptr : *lane;
}

/// What a drive that is full or gone does not take stays owed; it is not the photo's failure.
void Fetcher::fail_receiver(Done& done, std::size_t step, const Receiver& receiver) const {
  const Error& error = promised(receiver.error, "a receiver fails with an error");
  if (ends_lane(error) && !receiver.lacks_room()) {
    receiver.lane->give_up(error);
  } else {
    done.delivered.push_back({step, receiver.delivery, error});
  }
}

}  // namespace keepsake::transfer
