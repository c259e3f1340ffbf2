// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "source/photos_library/members.h"
#include "source/photos_library/memory.h"
#include "source/photos_library/model.h"
#include "source/photos_library/places.h"
#include "source/photos_library/rows.h"
#include "source/source.h"
#include "sqlite/database.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::source::photos {

/// The ids listed so far: kept in the database's temporary part, so that memory stays flat.
class Listing {
 public:
  static Result<Listing> begin(sqlite::Database& database);

  /// False when it was added before.
  Result<bool> add(std::string_view id);
  Result<bool> has(std::string_view id);

 private:
  Listing(sqlite::Statement add, sqlite::Statement has)
      : add_(std::move(add)), has_(std::move(has)) {}

  sqlite::Statement add_;
  sqlite::Statement has_;
};

/// One listing of a library: its rows in pages, each asset compared with what was reported of it.
/// Only files that are new or changed are looked into. The copy of its database lies at `work`.
class LibraryScan {
 public:
  LibraryScan(Places& places,
              const Id128& source,
              const std::filesystem::path& work,
              Instant now,
              Changes& changes,
              std::stop_token stop)
      : places_(places),
        source_(source),
        work_(work),
        now_(now),
        changes_(changes),
        memory_(changes.memory()),
        stop_(std::move(stop)) {}

  Result<> run();

 private:
  Result<> list(sqlite::Database& database);
  Result<> refuse_damage(sqlite::Database& database, const std::string& stamp);
  Result<> warn_of(const Model& model);
  Result<> note_rows(sqlite::Database& database, const Model& model, Listing& listing);
  Result<> note_asset(const AssetRow& row, const Rows& rows, Listing& listing);
  Result<> note_missing(Listing& listing);
  Result<> reconcile(Listing& listing);

  /// A member as it is now. Nothing where it need not be there and is not.
  struct Seen {
    photo::Rendition rendition;
    KnownFile known;
  };

  Result<std::optional<Seen>> look_at(const Member& member,
                                      const photo::Asset& asset,
                                      const std::optional<KnownAsset>& known);
  Result<Seen> found(const Member& member,
                     const FoundFile& file,
                     const photo::Asset& asset,
                     const KnownFile* known);
  Result<KnownFile> look_into(const FoundFile& file, const std::string& name);
  static Seen missing(const Member& member, const photo::Asset& asset, const KnownAsset* known);

  Places& places_;
  Id128 source_;
  const std::filesystem::path& work_;
  Instant now_;
  Changes& changes_;
  LibraryMemory memory_;
  std::stop_token stop_;
};

}  // namespace keepsake::source::photos
