// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "catalog/noting.h"
#include "tests/support/content.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// A clock that goes on by a second with every look at it.
class TickingClock final : public os::Clock {
 public:
  Instant now() override { return now_ += std::chrono::seconds(1); }

 private:
  Instant now_ = *parse_instant("2024-06-01T00:00:00Z");
};

template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline Id128 id128(unsigned char byte) {
  Id128 id;
  id.bytes.fill(std::byte{byte});
  return id;
}

/// A file of a made-up source; its bytes tell its version.
inline photo::Rendition file_of(photo::Role role, const std::string& key, std::string_view bytes) {
  photo::Rendition file;
  file.role = role;
  file.key = key;
  file.name = key.substr(key.rfind('/') + 1);
  file.size = ByteCount{bytes.size()};
  file.source_version = bytes;
  return file;
}

inline photo::Asset photo_of(const std::string& id, std::string_view bytes) {
  photo::Asset asset;
  asset.key = {id128(1), "own", id};
  asset.name = id.substr(id.rfind('/') + 1);
  asset.renditions = {file_of(photo::Role::original, id, bytes)};
  return asset;
}

/// A catalog with one source and two destinations.
struct Ledger {
  TempFolder home;
  TickingClock clock;
  std::unique_ptr<catalog::Catalog> catalog = must(catalog::Catalog::open(home / "c.db", clock));
  std::int64_t source = must(catalog->know_source({0, id128(1), "phone", "folder"}));
  std::int64_t disk = must(catalog->know_destination({0, id128(2), "disk", "folder"}, ""));
  std::int64_t drive = must(catalog->know_destination({0, id128(3), "drive", "drive"}, ""));

  void note(const std::vector<photo::Asset>& assets) const {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    for (const photo::Asset& asset : assets) must(noting->put(asset));
    must(noting->commit());
  }

  void note_gone(const std::string& id) const {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    must(noting->gone("own", id));
    must(noting->commit());
  }

  [[nodiscard]] photo::Account account(const std::string& id) const {
    const auto rows = must(catalog->assets_called(id));
    REQUIRE(rows.size() == 1);
    return must(catalog->account(rows[0])).value();
  }

  [[nodiscard]] std::int64_t version_row(const std::string& id, std::size_t file = 0) const {
    const auto known = account(id);
    const auto* version = known.files.at(file).current();
    REQUIRE(version != nullptr);
    return version->row;
  }

  static std::string path_of(const std::string& key) { return "Photos/" + key; }

  /// Reserves the names of an asset in a destination.
  void name(const std::string& id, std::int64_t destination) const {
    const auto known = account(id);
    catalog::Reservation reservation{
        known.row, destination, {"Photos", known.asset.name, "undated"}, {}};
    for (const photo::History& file : known.files)
      reservation.paths.push_back({file.row, path_of(file.key)});
    must(catalog->reserve(std::vector{reservation}));
  }

  [[nodiscard]] catalog::StoredFile stored(const std::string& id,
                                           std::int64_t destination,
                                           std::string_view bytes,
                                           std::size_t file = 0) const {
    const auto known = account(id);
    catalog::StoredFile stored;
    stored.asset = known.row;
    stored.version = known.files.at(file).current()->row;
    stored.destination = destination;
    stored.path = path_of(known.files[file].key);
    stored.content = content_of(bytes);
    return stored;
  }

  /// The whole road of a photo with one file: named, stored, settled.
  void keep(const std::string& id, std::int64_t destination, std::string_view bytes) const {
    if (account(id).in(destination) == nullptr || !account(id).in(destination)->naming)
      name(id, destination);
    catalog::Progress progress;
    progress.stored.push_back(stored(id, destination, bytes));
    progress.settled.push_back({account(id).row, destination});
    must(catalog->record(progress));
  }

  void record_unheld(const std::string& id,
                     std::int64_t destination,
                     photo::Shortfall::State state,
                     Cause cause) const {
    catalog::Progress progress;
    progress.unheld.push_back({destination, {version_row(id), state, cause, "because", 1}});
    must(catalog->record(progress));
  }

  /// Ids of the assets owed to a destination, in order.
  [[nodiscard]] std::vector<std::string> owed(std::int64_t destination) const {
    must(catalog->gather_owed(std::vector{source}, std::vector{destination}));
    std::vector<std::string> ids;
    for (;;) {
      const auto page = must(catalog->next_owed(2));
      if (page.empty()) return ids;
      for (const photo::Account& account : page) ids.push_back(account.asset.key.id);
    }
  }
};

}  // namespace keepsake::tests
