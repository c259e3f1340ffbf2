// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/verify.h"

#include "base/channel.h"
#include "base/guarded.h"
#include "base/task_scope.h"
#include "crypto/sha.h"
#include "transfer/read_back.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace keepsake::verify {

namespace {

using Kept = catalog::Catalog::KeptPath;
using Checked = catalog::Catalog::Checked;

constexpr std::size_t page = 512;   // files looked up at once
constexpr std::size_t readers = 2;  // so that the disk reads while a core hashes

struct Task {
  Kept kept;
  bool is_to_be_read = false;
};

struct Outcome {
  Kept kept;
  std::optional<Cause> wrong;
  bool read_back = false;
};

/// A sum over files that is the same in whatever order they come.
class OrderlessSum {
 public:
  void add(std::string_view path,
           std::string_view asset,
           const photo::Content& content,
           Instant file_time) {
    crypto::Sha256 sha256;
    for (const std::string_view part : {path, asset}) {
      sha256.add(bytes_of(part));
      sha256.add(bytes_of(std::string_view("\0", 1)));
    }
    sha256.add(bytes_of(
        fmt::format("{} {} {}", content.sha256.hex(), content.size.value, to_rfc3339(file_time))));
    const Digest digest = sha256.finish();
    unsigned carry = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      carry += sum_[i] + std::to_integer<unsigned>(digest.bytes[i]);
      sum_[i] = static_cast<std::uint8_t>(carry & 0xffU);
      carry >>= 8U;
    }
  }

  friend bool operator==(const OrderlessSum&, const OrderlessSum&) = default;

 private:
  std::array<std::uint8_t, sizeof(Digest)> sum_{};
};

class Verification {
 public:
  Verification(catalog::Catalog& catalog,
               destination::Destination& destination,
               std::int64_t row,
               const Amount& amount,
               const std::function<void(const Progress&)>& show_progress)
      : catalog_(catalog),
        destination_(destination),
        row_(row),
        amount_(amount),
        show_progress_(show_progress) {}

  Result<Report> run(const std::stop_token& stop) {
    const bool checks_itself = TRY(let_it_check_itself(stop));
    if (checks_itself) {
      TRY(check_presence());
    } else {
      TRY(check_files(stop));
      TRY(check_sums());
    }
    TRY(check_records());
    return std::move(report_);
  }

 private:
  Result<> check_files(const std::stop_token& stop) {
    if (is_sample()) TRY(catalog_.choose_least_verified(row_, amount_.share));
    std::string last;
    for (;;) {
      auto files = TRY(catalog_.paths_after(row_, last, page));
      if (files.empty()) break;
      last = files.back().path;
      TRY(check_page(std::move(files), stop));
    }
    return {};
  }

  /// A vault is more than its files: it checks itself as a whole, and says which files suffer.
  Result<bool> let_it_check_itself(const std::stop_token& stop) {
    using Depth = destination::SelfCheckAmount::Depth;
    destination::SelfCheckAmount amount{Depth::all, amount_.share};
    if (amount_.packs_only) amount.depth = Depth::packs;
    if (!amount_.reads()) amount.depth = Depth::none;
    const auto show = [&](ByteCount done, ByteCount total) {
      if (show_progress_) show_progress_({0, done, total});
    };
    auto found = TRY(destination_.check(amount, show, stop));
    if (!found) return false;
    report_.checked = found->checked;
    report_.bytes_read = found->bytes_read;
    report_.notes = std::move(found->notes);
    for (destination::Fault& fault : found->faults) {
      if (fault.is_path) {
        faults_.emplace(fault.thing, std::move(fault));
        continue;
      }
      if (fault.thing.starts_with(destination_.place_of_records())) report_.records_damaged = true;
      auto& list = fault.missing ? report_.missing : report_.damaged;
      list.push_back({std::move(fault.thing),
                      {},
                      fault.missing ? Cause::not_found : Cause::corrupt,
                      std::move(fault.message)});
    }
    return true;
  }

  /// What the ledger knows there must be there, and what is there and sound was read back with all.
  Result<> check_presence() {
    const bool all_read = amount_.share >= 1 && amount_.reads();
    std::string last;
    for (;;) {
      const auto files = TRY(catalog_.paths_after(row_, last, page));
      if (files.empty()) return {};
      last = files.back().path;
      std::vector<Checked> checks;
      for (const Kept& kept : files) {
        auto wrong = TRY(what_is_wrong(kept));
        // A file known to be damaged stays so until it was read and found right.
        if (!wrong && kept.damaged && !all_read)
          wrong = Damage{kept.path, kept.asset_name, Cause::corrupt, "it was found damaged before"};
        if (wrong) {
          auto& list = wrong->cause == Cause::not_found ? report_.missing : report_.damaged;
          list.push_back(*wrong);
        }
        if (wrong || kept.damaged || all_read)
          checks.push_back({kept.path, wrong.has_value(), all_read && !wrong});
      }
      TRY(catalog_.record_checks(row_, checks));
    }
  }

  Result<std::optional<Damage>> what_is_wrong(const Kept& kept) {
    const auto fault = faults_.find(kept.path);
    if (fault != faults_.end())
      return Damage{kept.path,
                    kept.asset_name,
                    fault->second.missing ? Cause::not_found : Cause::corrupt,
                    fault->second.message};
    const auto found = destination_.size_of(kept.path);
    if (!found && is_damage(found.error().cause))
      return Damage{kept.path, kept.asset_name, Cause::corrupt, found.error().message()};
    if (!found) return fail(found.error());
    if (!*found) return Damage{kept.path, kept.asset_name, Cause::not_found, {}};
    if (**found != kept.content.size)
      return Damage{kept.path, kept.asset_name, Cause::corrupt, "it has another size"};
    return std::nullopt;
  }

  Result<> check_page(std::vector<Kept> files, const std::stop_token& stop) {
    Guarded<std::vector<Outcome>> outcomes;
    Channel<Task> waiting(files.size());
    for (Kept& kept : files) {
      const bool read = TRY(is_to_be_read(kept));
      waiting.send({std::move(kept), read}, stop);
    }
    waiting.close();
    TaskScope scope(stop);
    for (std::size_t i = 0; i < readers; ++i)
      scope.start([&](const std::stop_token& token) -> Result<> {
        std::vector<std::byte> block;
        while (auto task = waiting.receive(token)) {
          auto outcome = TRY(check(*std::move(task), block, token));
          outcomes.with([&](auto& all) { all.push_back(std::move(outcome)); });
        }
        return {};
      });
    TRY(scope.join());
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    return note(outcomes.with([](auto& all) { return std::move(all); }));
  }

  Result<Outcome> check(Task task, std::vector<std::byte>& block, const std::stop_token& stop) {
    Outcome outcome{std::move(task.kept), std::nullopt, false};
    const auto size = destination_.size_of(outcome.kept.path);
    if (!size) {
      if (size.error().cause == Cause::absent) return fail(size.error());
      outcome.wrong = size.error().cause == Cause::invalid ? Cause::corrupt : size.error().cause;
      return outcome;
    }
    if (!*size) {
      outcome.wrong = Cause::not_found;
    } else if (**size != outcome.kept.content.size) {
      outcome.wrong = Cause::corrupt;
    } else if (task.is_to_be_read) {
      TRY(read(outcome, block, stop));
    }
    return outcome;
  }

  Result<> read(Outcome& outcome, std::vector<std::byte>& block, const std::stop_token& stop) {
    auto file = destination_.open(outcome.kept.path, true);
    const auto content = file ? transfer::read_back(**file, block, stop)
                              : Result<photo::Content>(fail(file.error()));
    const bool told = content || (content.error().cause != Cause::cancelled &&
                                  content.error().cause != Cause::absent);
    if (!told) return fail(content.error());
    if (!content || *content != outcome.kept.content) outcome.wrong = Cause::corrupt;
    outcome.read_back = !outcome.wrong;
    if (!content) return {};
    bytes_read_.with([&](ByteCount& bytes) { bytes += content->size; });
    return {};
  }

  [[nodiscard]] bool is_sample() const { return amount_.reads() && amount_.share < 1; }

  Result<bool> is_to_be_read(const Kept& kept) {
    if (!is_sample()) return amount_.reads();
    return catalog_.is_chosen(kept.path);
  }

  Result<> note(std::vector<Outcome> outcomes) {
    std::sort(outcomes.begin(), outcomes.end(), [](const Outcome& left, const Outcome& right) {
      return left.kept.path < right.kept.path;
    });
    std::vector<Checked> checks;
    for (const Outcome& outcome : outcomes) {
      ++report_.checked;
      if (outcome.wrong) {
        auto& list = *outcome.wrong == Cause::not_found ? report_.missing : report_.damaged;
        list.push_back({outcome.kept.path, outcome.kept.asset_name, *outcome.wrong, {}});
      }
      // A file known to be damaged stays so until it was read and found right.
      const bool damaged = outcome.wrong || (outcome.kept.damaged && !outcome.read_back);
      if (damaged && !outcome.wrong)
        report_.damaged.push_back({outcome.kept.path, outcome.kept.asset_name, Cause::corrupt, {}});
      if (damaged != outcome.kept.damaged || outcome.read_back)
        checks.push_back({outcome.kept.path, damaged, outcome.read_back});
    }
    report_.bytes_read = bytes_read_.with([](ByteCount& bytes) { return bytes; });
    if (show_progress_) show_progress_({report_.checked, report_.bytes_read, {}});
    return catalog_.record_checks(row_, checks);
  }

  /// The sums that another program would check must say what the ledger says, line by line.
  Result<> check_sums() {
    std::string last;
    std::vector<Kept> expected;
    std::size_t next = 0;
    bool differ = false;
    const auto advance = [&]() -> Result<const Kept*> {
      if (next == expected.size()) {
        expected = TRY(catalog_.paths_after(row_, last, page));
        next = 0;
        if (expected.empty()) return nullptr;
        last = expected.back().path;
      }
      return &expected[next++];
    };
    const auto compared =
        destination_.each_sum([&](std::string_view path, std::string_view sha256) -> Result<> {
          if (differ) return {};
          const Kept* kept = TRY(advance());
          differ = kept == nullptr || kept->path != path || kept->content.sha256.hex() != sha256;
          return {};
        });
    if (!compared) return fail(compared.error());
    if (!*compared) {
      report_.notes.emplace_back(
          "the last run was interrupted before it wrote the sums; the next backup does it");
      sums_are_not_final_ = true;
      return {};
    }
    if (!differ) {
      const Kept* more = TRY(advance());
      differ = more != nullptr;
    }
    if (differ) report_.damaged.push_back({".keepsake/SHA256SUMS", {}, Cause::corrupt, {}});
    report_.records_damaged = differ;
    return {};
  }

  Result<> check_records() {
    if (sums_are_not_final_) return {};
    const bool right = TRY(records_tell_what_lies_there());
    if (right) return {};
    report_.damaged.push_back({destination_.place_of_records(), {}, Cause::corrupt, {}});
    report_.records_damaged = true;
    return {};
  }

  /// Whether the tree's records name the files that the ledger knows there, each with its content.
  /// They come in another order than the ledger's, so both are summed up in a way that no order
  /// changes.
  Result<bool> records_tell_what_lies_there() {
    OrderlessSum told;
    OrderlessSum known;
    const auto read = destination_.each_record([&](const records::FileRecord& record) -> Result<> {
      told.add(record.path, record.asset.key.id, record.content(), record.file_time);
      return {};
    });
    if (!read && is_damage(read.error().cause)) return false;
    if (!read) return fail(read.error());
    std::string last;
    for (;;) {
      const auto files = TRY(catalog_.paths_after(row_, last, page));
      if (files.empty()) break;
      last = files.back().path;
      for (const Kept& kept : files)
        known.add(kept.path, kept.asset_name, kept.content, kept.file_time);
    }
    return *read == 0 && told == known;
  }

  catalog::Catalog& catalog_;
  destination::Destination& destination_;
  std::int64_t row_;
  Amount amount_;
  const std::function<void(const Progress&)>& show_progress_;
  std::map<std::string, destination::Fault, std::less<>> faults_;  ///< by path
  bool sums_are_not_final_ = false;
  Guarded<ByteCount> bytes_read_;
  Report report_;
};

}  // namespace

Result<Report> verify(catalog::Catalog& catalog,
                      destination::Destination& destination,
                      std::int64_t row,
                      const Amount& amount,
                      const std::function<void(const Progress&)>& show_progress,
                      const std::stop_token& stop) {
  return Verification(catalog, destination, row, amount, show_progress).run(stop);
}

}  // namespace keepsake::verify
