// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "plan/backup.h"
#include "transfer/carry_out.h"
#include "transfer/patience.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace keepsake::transfer {

/// What became of one delivery: stored when its lane commits, or not.
struct Delivered {
  std::size_t step = 0;
  std::size_t delivery = 0;
  std::optional<Error> error;
  std::optional<AppleChecksum> apple_checksum = std::nullopt;  ///< where it was computed
};

/// What one worker made of one asset's plan; the recorder notes it down.
struct Done {
  photo::Account account;
  plan::AssetPlan plan;
  std::vector<Delivered> delivered;
  /// Steps whose bytes turned out to be those of the version before.
  std::vector<std::size_t> only_touched;
};

/// Executes plans, one asset at a time, for one thread.
class Fetcher {
 public:
  Fetcher(catalog::Catalog& catalog,
          const Supplies& supplies,
          std::span<Lane* const> lanes,
          Patience& patience,
          Guarded<Tally>& tally)
      : catalog_(catalog), supplies_(supplies), lanes_(lanes), patience_(patience), tally_(tally) {}

  /// Causes: cancelled, and what the catalog fails with.
  Result<Done> execute(photo::Account account, plan::AssetPlan plan, const std::stop_token& stop);

 private:
  struct Receiver;

  Result<> execute_step(Done& done, std::size_t step, const std::stop_token& stop);
  Result<> fetch(Done& done,
                 std::size_t index,
                 std::vector<std::size_t> wanted,
                 const std::stop_token& stop);
  std::vector<std::size_t> duplicate_where_held(Done& done, std::size_t index);
  Result<bool> adopt(Done& done,
                     std::size_t index,
                     const std::vector<std::size_t>& wanted,
                     const std::stop_token& stop);
  Result<std::unique_ptr<source::Bytestream>> open_source(const Done& done,
                                                          const plan::Step& step,
                                                          const std::stop_token& stop);
  Result<std::unique_ptr<source::Bytestream>> open_copy(const Done& done,
                                                        const plan::Step& step,
                                                        std::int64_t destination);
  Result<photo::Content> pour(source::Bytestream& stream,
                              std::vector<Receiver>& receivers,
                              const std::stop_token& stop);
  Result<bool> deliver(Done& done,
                       std::size_t index,
                       const std::vector<std::size_t>& wanted,
                       source::Bytestream& stream,
                       const std::stop_token& stop);

  destination::Upload upload_for(const Done& done,
                                 const plan::Step& step,
                                 const plan::Delivery& delivery) const;
  [[nodiscard]] bool is_far(const Done& done) const;
  Lane* lane_of(std::int64_t destination) const;
  void fail_receiver(Done& done, std::size_t step, const Receiver& receiver) const;

  catalog::Catalog& catalog_;
  const Supplies& supplies_;
  std::span<Lane* const> lanes_;
  Patience& patience_;
  Guarded<Tally>& tally_;
  std::vector<std::byte> block_;
};

/// The file that a step reads from its source, as the source knows it.
photo::Rendition rendition_of(const photo::Account& account, const plan::Step& step);

/// Whether an error means that a destination as a whole can take nothing more.
bool ends_lane(const Error& error);

}  // namespace keepsake::transfer
