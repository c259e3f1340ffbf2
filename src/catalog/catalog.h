// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/machine.h"
#include "photo/account.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The ledger: what was seen, what is held where, what each run did. One SQLite file with one
/// writer; a cache that `catalog rebuild` makes anew from the destinations. It decides nothing.
namespace keepsake::catalog {

class Connection;

/// A source or a destination as the ledger knows it; `row` is its number here.
struct Place {
  std::int64_t row = 0;
  Id128 uid;
  std::string name;
  std::string kind;
};

/// A file that a destination now has.
struct StoredFile {
  std::int64_t asset = 0;
  std::int64_t version = 0;
  std::int64_t destination = 0;
  std::string path;
  Instant file_time{};
  photo::Content content;
  std::optional<std::string> replaced;  ///< where the older version that lay at `path` went
  std::optional<AppleChecksum> apple_checksum;
};

/// A kept file that went to the other of its two places (photo/quarantine.h).
struct MovedFile {
  std::int64_t destination = 0;
  std::string path;  ///< where it lies now
  std::optional<Instant> quarantined_at;
  std::optional<Instant> asked_back_at;
};

/// A naming decided by a plan, with every path it takes.
struct Reservation {
  std::int64_t asset = 0;
  std::int64_t destination = 0;
  photo::Naming naming;

  struct Path {
    std::int64_t rendition = 0;
    std::string path;
  };

  std::vector<Path> paths;
};

/// What one pass over an asset came to, for all destinations of a run. Written in one transaction.
struct Progress {
  std::vector<StoredFile> stored;
  std::vector<MovedFile> moved;

  struct Unheld {
    std::int64_t destination = 0;
    photo::Shortfall shortfall;
  };

  std::vector<Unheld> unheld;
  /// Versions whose bytes turned out to be those of the version before: only touched at the source.
  std::vector<std::int64_t> only_touched;

  struct Described {
    std::int64_t asset = 0;
    std::int64_t destination = 0;
    Digest record;
  };

  std::vector<Described> described;

  /// Pairs with nothing left to do until something changes.
  struct Settled {
    std::int64_t asset = 0;
    std::int64_t destination = 0;
  };

  std::vector<Settled> settled;
};

/// How much a run has before it.
struct Owed {
  std::int64_t assets = 0;
  ByteCount bytes;  ///< of files whose content was never read, or lies damaged
};

class Catalog {
 public:
  /// Opens or makes the file and brings its schema up to date. Causes: corrupt (what to do is
  /// said), locked, denied, full, unsupported (made by a newer version).
  static Result<std::unique_ptr<Catalog>> open(const std::filesystem::path& file, os::Clock& clock);

  /// Removes one that nobody has open; none there is fine.
  static void remove(const std::filesystem::path& file);

  /// Gives one the place of another in the same folder, which may be damaged or missing; nobody has
  /// them open. Whenever this is interrupted, the one or the other is there, whole.
  static Result<> replace(const std::filesystem::path& old,
                          const std::filesystem::path& by,
                          os::Clock& clock);

  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;
  Catalog(Catalog&&) = delete;
  Catalog& operator=(Catalog&&) = delete;

  /// Tells the ledger of a source or destination, under its present name.
  Result<std::int64_t> know_source(const Place& source);

  /// `rules` sums up what it excludes and which sources it takes; when they change, everything is
  /// looked at again.
  Result<std::int64_t> know_destination(const Place& destination, std::string_view rules);
  Result<std::vector<Place>> sources();
  Result<std::vector<Place>> destinations();

  /// Forgets a destination and what it holds; of a source nothing is ever forgotten.
  Result<> forget_destination(std::int64_t destination);

  /// How a destination looked when it was last left (Destination::fingerprint).
  Result<std::optional<Digest>> fingerprint(std::int64_t destination);
  Result<> remember_fingerprint(std::int64_t destination, const Digest& fingerprint);

  /// The work of a run: assets of these sources that some of these destinations are owed, in the
  /// order of (source id, library, id). `next_owed` then yields them in pages.
  Result<Owed> gather_owed(std::span<const std::int64_t> sources,
                           std::span<const std::int64_t> destinations);

  /// Of that work, what was noted before and is not the same now: assets that are gone, or of which
  /// a file was replaced.
  Result<> gather_changed(std::span<const std::int64_t> sources,
                          std::span<const std::int64_t> destinations);

  /// Of all that was gathered, the bytes of files that the destination does not hold: so much may
  /// come to it.
  Result<ByteCount> bytes_lacking(std::int64_t destination);

  /// Of all that is owed, photos of a source of which nothing was read yet nor any name decided,
  /// and whose original is as long as that of a kept photo gone from there, under no other
  /// checksum.
  Result<> gather_arrived(std::int64_t source);

  /// Of all that is owed to a destination, what may lie in the wrong one of its two places there:
  /// gone and not in quarantine, or there again and in it.
  Result<> gather_misplaced(std::span<const std::int64_t> sources, std::int64_t destination);

  /// The assets of which something lies in quarantine in a destination, by the source's id.
  Result<> gather_quarantined(std::int64_t destination);

  /// The work of a repair: assets with damaged files in this destination.
  Result<Owed> gather_damaged(std::int64_t destination);
  Result<std::vector<photo::Account>> next_owed(std::size_t most);

  Result<> reserve(std::span<const Reservation> reservations);

  /// Whether a path of a destination is taken, in the folded form.
  Result<bool> is_taken(std::int64_t destination, std::string_view folded);

  Result<> record(const Progress& progress);

  /// Marks everything of a destination as to be looked at again.
  Result<> owe_all(std::int64_t destination);

  /// Where a destination has a content, undamaged.
  struct Copy {
    std::string path;
    Instant file_time{};
  };

  Result<std::optional<Copy>> copy_of(std::int64_t destination, const Digest& content);

  /// Whether a content lies undamaged in another destination, or in this one in a file that is not
  /// of an asset in quarantine here.
  Result<bool> has_copy_beside(std::int64_t destination, const Digest& content);

  /// Forgets all that a destination has of an asset: its files, places and name.
  Result<> forget_files(std::int64_t destination, std::int64_t asset);

  Result<std::optional<photo::Account>> account(std::int64_t asset);

  /// Assets in the order of source, library and id, after one (0: from the first); present and
  /// gone. An empty page is the end.
  Result<std::vector<photo::Account>> accounts_after(std::int64_t asset, std::size_t most);

  /// Assets whose id (now or before it moved), alias, name, path in a destination, or SHA-256 (by
  /// its first 6 or more hex digits) is this.
  Result<std::vector<std::int64_t>> assets_called(std::string_view text);

  /// A file lying in a destination.
  struct KeptPath {
    std::string path;
    std::int64_t asset = 0;
    std::int64_t version = 0;
    std::string asset_name;
    photo::Content content;
    Instant file_time{};
    std::optional<Instant> verified_at;
    bool damaged = false;
  };

  /// In the order of paths, after one.
  Result<std::vector<KeptPath>> paths_after(std::int64_t destination,
                                            std::string_view path,
                                            std::size_t most);

  /// Chooses the `share` of a destination's files (0 to 1) that were not verified for longest,
  /// those never verified before all; until it chooses anew, `is_chosen` tells them.
  Result<> choose_least_verified(std::int64_t destination, double share);
  Result<bool> is_chosen(std::string_view path);

  /// What a verification found of these files of a destination.
  struct Checked {
    std::string path;
    bool damaged = false;
    bool read_back = false;  ///< read past the page cache, and right
  };

  Result<> record_checks(std::int64_t destination, std::span<const Checked> checks);

  /// Albums whose links in a destination may be out of date, each with its members' kept files.
  struct AlbumFile {
    std::string path;
    std::string name;
  };

  Result<std::vector<std::string>> owed_albums(std::int64_t destination);
  Result<std::vector<AlbumFile>> album_files(std::int64_t destination, std::string_view album);

  /// An asset in an album: its source's name and its id there. In the order of both.
  struct AlbumMember {
    std::string source;
    std::string id;
  };

  Result<std::vector<AlbumMember>> album_members(std::string_view album);
  Result<> settle_album(std::int64_t destination, std::string_view album);

  /// A run's row; `finish_run` closes it and notes the success of places.
  Result<std::int64_t> begin_run(std::string_view verb);
  Result<> finish_run(std::int64_t run, int exit_code, std::string_view summary);
  Result<> note_source_success(std::int64_t source, std::int64_t ignored);
  Result<> note_destination_success(std::int64_t destination);
  Result<> note_verified(std::int64_t destination);

  [[nodiscard]] Connection& connection() { return *connection_; }

 private:
  explicit Catalog(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace keepsake::catalog
