// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/carry_out.h"

#include "base/channel.h"
#include "base/task_scope.h"
#include "crypto/sha.h"
#include "plan/names.h"
#include "transfer/fetch.h"
#include "transfer/recorder.h"

#include <map>
#include <set>

namespace keepsake::transfer {

namespace {

constexpr std::size_t page = 64;      // accounts loaded at once
constexpr std::size_t workers = 3;    // one reads while another hashes and a third syncs; at least
constexpr std::size_t waiting = 128;  // plans and results between the stages

struct Work {
  photo::Account account;
  plan::AssetPlan plan;
};

/// Which places are taken: by the ledger, by names decided in this page, by files that are not
/// ours.
class Names {
 public:
  Names(catalog::Catalog& catalog, std::span<Lane* const> lanes)
      : catalog_(catalog), lanes_(lanes) {}

  Result<bool> is_taken(std::int64_t destination, const std::string& path) {
    const auto key = plan::clash_key(path);
    if (decided_.contains({destination, key})) return true;
    const bool ours = TRY(catalog_.is_taken(destination, key));
    if (ours) return true;
    const auto* foreign = TRY(names_on_disk(destination, path.substr(0, path.rfind('/'))));
    return foreign->contains(plan::clash_key(path.substr(path.rfind('/') + 1)));
  }

  void decide(std::int64_t destination, const std::string& path) {
    decided_.emplace(destination, plan::clash_key(path));
  }

  void forget_decided() { decided_.clear(); }

 private:
  using Listing = std::set<std::string, std::less<>>;

  Result<const Listing*> names_on_disk(std::int64_t destination, const std::string& folder) {
    const std::pair place(destination, folder);
    const auto known = on_disk_.find(place);
    if (known != on_disk_.end()) return &known->second;
    if (on_disk_.size() >= most_listings) on_disk_.clear();
    Listing listing;
    for (Lane* lane : lanes_) {
      if (lane->target().destination != destination) continue;
      auto names = TRY(lane->session().names_in(folder));
      listing.insert(names.begin(), names.end());
    }
    return &on_disk_.emplace(place, std::move(listing)).first->second;
  }

  static constexpr std::size_t most_listings = 64;

  catalog::Catalog& catalog_;
  std::span<Lane* const> lanes_;
  std::set<std::pair<std::int64_t, std::string>> decided_;
  std::map<std::pair<std::int64_t, std::string>, Listing> on_disk_;
};

std::string tag_of(const photo::AssetKey& key) {
  return crypto::sha256(bytes_of(plan::tag_text(key))).hex();
}

class Run {
 public:
  Run(catalog::Catalog& catalog,
      const Supplies& supplies,
      std::span<Lane* const> lanes,
      const Orders& orders)
      : catalog_(catalog), supplies_(supplies), lanes_(lanes), orders_(orders) {
    for (const auto& [id, source] : supplies_.sources)
      workers_ = std::max(workers_, source->readers());
    for (const auto& [row, destination] : supplies_.destinations)
      workers_ = std::max(workers_, destination->writers());
    busy_.with([this](std::size_t& busy) { busy = workers_; });
  }

  Result<Tally> carry_out(const std::stop_token& stop) {
    TaskScope scope(stop);
    scope.start([&](const std::stop_token& token) { return plan_all(token); });
    for (std::size_t i = 0; i < workers_; ++i)
      scope.start([&](const std::stop_token& token) { return fetch_all(token); });
    scope.start([&](const std::stop_token& token) { return record_all(token); });
    const auto joined = scope.join();
    if (!joined && joined.error().cause != Cause::cancelled) return fail(joined.error());
    // What was finished before an interruption is made durable all the same.
    finished_.close();
    while (auto done = finished_.receive({})) TRY(recorder_.take(*std::move(done)));
    TRY(recorder_.commit());
    if (!joined || stop.stop_requested())
      return fail(Error{Cause::cancelled, "interrupted", {}, Scope::run});
    return tally_.with([](const Tally& tally) { return tally; });
  }

 private:
  Result<> plan_all(const std::stop_token& stop) {
    Names names(catalog_, lanes_);
    for (;;) {
      auto accounts = TRY(catalog_.next_owed(page));
      if (accounts.empty()) break;
      if (orders_.reserve_names) TRY(reserve(accounts, names));
      std::vector<Work> works;
      works.reserve(accounts.size());
      for (photo::Account& account : accounts) {
        auto plan = orders_.plan_asset(account, tag_of(account.asset.key));
        works.push_back({std::move(account), std::move(plan)});
      }
      announce(works);
      for (Work& work : works)
        if (!planned_.send(std::move(work), stop)) return fail(Cause::cancelled, "interrupted");
    }
    planned_.close();
    return {};
  }

  /// Tells each source what will be read of it soon.
  void announce(const std::vector<Work>& works) const {
    std::map<source::Source*, std::vector<source::Wish>> wishes;
    for (const Work& work : works) {
      const auto source = supplies_.sources.find(work.account.asset.key.source);
      if (source == supplies_.sources.end()) continue;
      for (const plan::Step& step : work.plan.steps)
        if (step.from_source)
          wishes[source->second].push_back(
              {work.account.asset.key, rendition_of(work.account, step)});
    }
    for (const auto& [source, some] : wishes) source->announce(some);
  }

  /// Decides the names of a page of assets, notes them in the ledger, and loads them again with
  /// them.
  Result<> reserve(std::vector<photo::Account>& accounts, Names& names) {
    std::vector<catalog::Reservation> reservations;
    std::set<std::int64_t> changed;
    for (const photo::Account& account : accounts) {
      for (Lane* lane : lanes_) {
        if (lane->failure()) continue;
        const auto decision =
            plan::decide_names(account,
                               lane->target(),
                               orders_.home,
                               tag_of(account.asset.key),
                               [&](std::int64_t destination, const std::string& path) {
                                 return names.is_taken(destination, path);
                               });
        if (!decision) {
          lane->give_up(decision.error());
          continue;
        }
        if (!*decision) continue;
        changed.insert(account.row);
        reservations.push_back({account.row, (*decision)->destination, (*decision)->naming, {}});
        for (const auto& path : (*decision)->paths) {
          names.decide((*decision)->destination, path.path);
          reservations.back().paths.push_back({path.rendition, path.path});
        }
      }
    }
    if (reservations.empty()) return {};
    TRY(catalog_.reserve(reservations));
    names.forget_decided();
    for (photo::Account& account : accounts) {
      if (!changed.contains(account.row)) continue;
      auto named = TRY(catalog_.account(account.row));
      if (named) account = *std::move(named);
    }
    return {};
  }

  Result<> fetch_all(const std::stop_token& stop) {
    Fetcher fetcher(catalog_, supplies_, lanes_, patience_, tally_);
    while (auto work = planned_.receive(stop)) {
      auto done = fetcher.execute(std::move(work->account), std::move(work->plan), stop);
      if (!done) return fail(std::move(done).error());
      show(*done);
      if (!finished_.send(*std::move(done), stop)) return fail(Cause::cancelled, "interrupted");
    }
    const bool last = busy_.with([](std::size_t& busy) { return --busy == 0; });
    if (last) finished_.close();
    return {};
  }

  Result<> record_all(const std::stop_token& stop) {
    while (auto done = finished_.receive(stop)) TRY(recorder_.take(*std::move(done)));
    return recorder_.commit();
  }

  void show(const Done& done) {
    if (!orders_.show_progress) return;
    const auto bytes = tally_.with([](const Tally& tally) { return tally.bytes_fetched; });
    progress_.with([&](Progress& progress) {
      ++progress.assets_done;
      progress.assets_total = orders_.owed.assets;
      progress.bytes_done = bytes;
      progress.bytes_total = orders_.owed.bytes;
      progress.current = done.account.asset.name;
      orders_.show_progress(progress);
    });
  }

  catalog::Catalog& catalog_;
  const Supplies& supplies_;
  std::span<Lane* const> lanes_;
  const Orders& orders_;
  Channel<Work> planned_{waiting};
  Channel<Done> finished_{waiting};
  std::size_t workers_ = workers;
  Guarded<std::size_t> busy_;
  Patience patience_;
  Guarded<Tally> tally_;
  Guarded<Progress> progress_;
  /// One for the whole run: its commits also store files whose asset comes to it later.
  Recorder recorder_{catalog_, lanes_, tally_};
};

}  // namespace

Result<Tally> carry_out(catalog::Catalog& catalog,
                        const Supplies& supplies,
                        std::span<Lane* const> lanes,
                        const Orders& orders,
                        const std::stop_token& stop) {
  return Run(catalog, supplies, lanes, orders).carry_out(stop);
}

}  // namespace keepsake::transfer
