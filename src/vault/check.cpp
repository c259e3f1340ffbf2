// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check.h"

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/check_files.h"
#include "vault/check_pack.h"
#include "vault/check_packs.h"
#include "vault/check_trees.h"
#include "vault/index.h"
#include "vault/repository.h"
#include "vault/snapshot.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::size_t most_faults_told = 8;

/// The check as its steps, and what they learn for each other.
class Check {
 public:
  Check(Repository& repository, const CheckAmount& amount)
      : repository_(repository), amount_(amount) {}

  Result<CheckReport> run(const std::function<void(const CheckProgress&)>& show_progress,
                          const std::stop_token& stop) {
    TRY(check_files(repository_, report_));
    const auto snapshots = TRY(read_snapshots());  // before the index, which then knows their trees
    TRY(read_index());
    auto packs = TRY(compare_packs());
    TRY(prove(std::move(packs), show_progress, stop));
    find_lost_blobs();
    TreeCheck trees(repository_, lost_data_, report_);
    TRY(trees.look_at(snapshots, stop));
    TRY(trees.find_broken_paths(snapshots, stop));
    finish();
    return std::move(report_);
  }

 private:
  Result<std::vector<Snapshot>> read_snapshots() {
    std::vector<BrokenFile> broken;
    auto snapshots = TRY(repository_.snapshots(broken));
    add_broken_files("snapshot", broken);
    return snapshots;
  }

  Result<> read_index() {
    Index index;
    std::vector<BrokenFile> broken;
    std::unordered_set<FileId, BlobHash> seen;
    TRY(repository_.each_index_file(
        [&](const FileId& file, const std::vector<PackContents>& packs) -> Result<> {
          bool compresses = false;
          for (const PackContents& pack : packs) {
            if (!seen.insert(pack.pack).second)
              note("pack {} is listed more than once, also in index {}", pack.pack, file);
            compresses = compresses || has_compressed(pack);
            index.add(pack);
          }
          if (compresses && repository_.config().version < 2)
            damaged("index", file, "it lists compressed blobs, which version 1 does not have");
          return {};
        },
        broken));
    repository_.index() = std::move(index);
    add_broken_files("index", broken);
    return {};
  }

  /// Compares the packs that are there with those that are indexed; returns those worth reading.
  Result<std::vector<PackToProve>> compare_packs() {
    const auto there = TRY(list_packs(repository_.storage(), report_));
    std::vector<PackToProve> right;
    for (const FileId& id : repository_.index().packs()) {
      ++report_.packs;
      const auto found = there.find(id);
      PackVerdict verdict{.pack = id,
                          .missing = found == there.end(),
                          .faults = {},
                          .bad_blobs = {},
                          .good_blobs = 0};
      const auto blobs = repository_.index().blobs_of(id);
      if (verdict.missing)
        verdict.faults.emplace_back("it is missing");
      else if (auto fault = layout_fault(blobs, found->second))
        verdict.faults.push_back(*std::move(fault));
      if (verdict.faults.empty()) {
        right.push_back({.id = id, .size = found->second});
        if (is_mixed(blobs)) note("pack {} holds both files and trees", id);
        continue;
      }
      TRY(examine(repository_, verdict));
      take(std::move(verdict));
    }
    for (const auto& [id, size] : there)
      if (!repository_.index().contains_pack(id)) note("pack {} is in no index", id);
    return right;
  }

  Result<> prove(std::vector<PackToProve> packs,
                 const std::function<void(const CheckProgress&)>& show_progress,
                 const std::stop_token& stop) {
    if (amount_.depth == CheckAmount::Depth::none) return {};
    choose(packs);
    CheckProgress progress;
    for (const PackToProve& pack : packs) progress.total += pack.size;
    const auto of =
        amount_.depth == CheckAmount::Depth::blobs ? PackProof::Of::blobs : PackProof::Of::sum;
    const PackListener listener{.take = [&](PackVerdict verdict) { take(std::move(verdict)); },
                                .read =
                                    [&](ByteCount more) {
                                      progress.done += more;
                                      if (show_progress) show_progress(progress);
                                    }};
    TRY(prove_packs(repository_, packs, of, listener, stop));
    report_.bytes_read += progress.done;
    return {};
  }

  /// Leaves as many of the packs as were asked for, by lot; in their order, which is the disk's.
  void choose(std::vector<PackToProve>& packs) const {
    const double share = std::clamp(amount_.share, 0.0, 1.0);
    const auto count =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(packs.size())));
    if (count >= packs.size()) return;
    std::mt19937_64 random{std::random_device{}()};
    std::vector<PackToProve> chosen;
    std::sample(packs.begin(),
                packs.end(),
                std::back_inserter(chosen),
                static_cast<std::ptrdiff_t>(count),
                random);
    packs = std::move(chosen);
  }

  void take(PackVerdict verdict) {
    report_.blobs += verdict.good_blobs;
    if (verdict.faults.empty()) return;
    report_.bad_packs.push_back(verdict.pack);
    const auto told = std::min(verdict.faults.size(), most_faults_told);
    auto message = fmt::format("{}",
                               fmt::join(verdict.faults.begin(),
                                         verdict.faults.begin() + static_cast<std::ptrdiff_t>(told),
                                         "; "));
    if (told < verdict.faults.size())
      message += fmt::format("; and {} more", verdict.faults.size() - told);
    report_.findings.push_back(
        {.kind = verdict.missing ? Finding::Kind::missing : Finding::Kind::damaged,
         .thing = fmt::format("pack {}", verdict.pack.hex()),
         .message = std::move(message)});
    if (!verdict.bad_blobs.empty()) bad_blobs_.emplace(verdict.pack, std::move(verdict.bad_blobs));
  }

  /// A blob is lost when every one of its places is bad.
  void find_lost_blobs() {
    BlobSet lost_trees;
    for (const auto& [pack, blobs] : bad_blobs_)
      for (const BlobPlace& blob : blobs) {
        const auto places = repository_.index().find_all(blob.kind, blob.id);
        const bool lost = std::all_of(
            places.begin(), places.end(), [&](const Index::Found& found) { return is_bad(found); });
        if (!lost) continue;
        const bool is_new =
            (blob.kind == BlobKind::tree ? lost_trees : lost_data_).insert(blob.id).second;
        if (is_new) report_.lost_blobs.emplace_back(blob.kind, blob.id);
      }
  }

  [[nodiscard]] bool is_bad(const Index::Found& found) const {
    const auto bad = bad_blobs_.find(found.pack);
    if (bad == bad_blobs_.end()) return false;
    // They are in the order of their offsets.
    const auto [first, last] = std::equal_range(
        bad->second.begin(),
        bad->second.end(),
        found.place,
        [](const auto& one, const auto& other) { return one.offset < other.offset; });
    return std::find(first, last, found.place) != last;
  }

  void finish() {
    std::sort(report_.bad_packs.begin(), report_.bad_packs.end());
    std::sort(report_.lost_blobs.begin(), report_.lost_blobs.end());
  }

  static bool has_compressed(const PackContents& pack) {
    return std::any_of(pack.blobs.begin(), pack.blobs.end(), [](const BlobPlace& blob) {
      return blob.plain_length != 0;
    });
  }

  static bool is_mixed(std::span<const BlobPlace> blobs) {
    return std::any_of(blobs.begin(), blobs.end(), [&](const BlobPlace& blob) {
      return blob.kind != blobs.front().kind;
    });
  }

  void add_broken_files(std::string_view kind, const std::vector<BrokenFile>& broken) {
    for (const BrokenFile& file : broken) {
      const auto slash = file.name.find('/');
      report_.findings.push_back({.kind = Finding::Kind::damaged,
                                  .thing = fmt::format("{} {}", kind, file.name.substr(slash + 1)),
                                  .message = file.error.message()});
    }
  }

  void damaged(std::string_view kind, const FileId& id, std::string message) {
    report_.findings.push_back({.kind = Finding::Kind::damaged,
                                .thing = fmt::format("{} {}", kind, id.hex()),
                                .message = std::move(message)});
  }

  void note(fmt::format_string<std::string> words, const FileId& id) {
    report_.notes.push_back(fmt::format(words, id.hex()));
  }

  void note(fmt::format_string<std::string, std::string> words, const FileId& a, const FileId& b) {
    report_.notes.push_back(fmt::format(words, a.hex(), b.hex()));
  }

  Repository& repository_;
  CheckAmount amount_;
  CheckReport report_;
  std::unordered_map<FileId, std::vector<BlobPlace>, BlobHash> bad_blobs_;  ///< by pack
  BlobSet lost_data_;
};

}  // namespace

Result<CheckReport> check(Repository& repository,
                          const CheckAmount& amount,
                          const std::function<void(const CheckProgress&)>& show_progress,
                          const std::stop_token& stop) {
  return Check(repository, amount).run(show_progress, stop);
}

}  // namespace keepsake::vault
