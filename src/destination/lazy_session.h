// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/destination.h"

#include <memory>
#include <mutex>

namespace keepsake::destination {

/// A session that begins when something is first to be written, so that a run without work opens
/// no key and writes nothing. May be used as the session it stands for.
class LazySession final : public Session {
 public:
  explicit LazySession(Destination& destination) : destination_(destination) {}

  /// Begins it now. Causes: those of `Destination::open_session`, reaching the destination.
  Result<> open();

  [[nodiscard]] bool is_open() const;

  [[nodiscard]] const std::vector<records::FileRecord>& recovered() const override;
  Result<std::vector<std::string>> names_in(const std::string& folder) override;
  Result<std::unique_ptr<Incoming>> begin(Upload upload) override;
  Result<> duplicate(Upload upload,
                     const ExistingCopy& copy,
                     const photo::Content& content) override;
  Result<Committed> commit(const FindCopy& find_copy) override;
  Result<> describe(std::span<const records::FileRecord> records) override;
  Result<std::vector<std::optional<Error>>> move(
      std::span<const records::FileRecord> records) override;
  Result<> remove(std::span<const records::FileRecord> records) override;
  Result<> begin_records_anew() override;
  Result<> show_album(const Album& album) override;
  Result<Closed> close() override;
  Result<> settle() override;

 private:
  Result<Session*> opened();

  Destination& destination_;
  mutable std::mutex mutex_;  ///< protects what follows; the session itself needs no protection
  std::unique_ptr<Session> session_;
  std::optional<Error> failure_;
};

}  // namespace keepsake::destination
