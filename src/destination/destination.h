// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"
#include "photo/account.h"
#include "records/file_record.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Where photos are kept for their owner. A destination knows nothing of sources, of the catalog or
/// of plans: names and decisions are given to it.
namespace keepsake::destination {

/// One file to keep: what it is, where it shall lie, and the time it shall bear.
struct Upload {
  std::string path;                             ///< below the destination's root
  std::optional<records::FileRecord> replaced;  ///< the older version at `path`, with its new place
  bool heals = false;                           ///< what lies at `path` is damaged and gives way
  ByteCount size;
  Instant modified{};
  records::FileRecord record;  ///< its content and checksum are filled in with the bytes
};

/// A file being written to a destination. Destroyed without `finish` nothing of it remains.
class Incoming {
 public:
  virtual ~Incoming() = default;
  virtual Result<> write(ByteView bytes) = 0;

  /// All bytes were written and hash to this; Apple's checksum where it was computed on the way. It
  /// is stored for good by the next `Session::commit`.
  virtual Result<> finish(const photo::Content& content,
                          const std::optional<AppleChecksum>& apple_checksum) = 0;
};

/// What became of one upload at a commit.
struct Stored {
  std::int64_t version = 0;
  std::string path;
  photo::Content content;
  std::optional<Error> error;  ///< it is not stored after all
};

/// Finds where a destination already has a content, with the time that file bears.
struct ExistingCopy {
  std::string path;
  Instant modified{};
};

/// A kept file as an album shows it.
struct AlbumFile {
  std::string path;  ///< where it lies
  std::string name;  ///< what it is called in the album
};

/// An asset in an album, by its source's name and its id there.
struct AlbumMember {
  std::string source;
  std::string id;
};

/// An album with all that is kept of it: a tree shows its files, a vault writes down its members.
struct Album {
  std::vector<std::string> titles;  ///< of its folders, then its own
  std::string folder;               ///< where a tree shows it: "Albums/…", portable
  std::vector<AlbumFile> files;
  std::vector<AlbumMember> members;  ///< sorted; empty when the album is no more
};

/// What a commit came to. What is stored is durable; what is held can also be found by whoever
/// reads the destination: a tree holds at once, a vault with its next snapshot.
struct Committed {
  std::vector<Stored> stored;  ///< since the last commit
  bool held = true;            ///< all that was stored since it was opened is held
};

/// What a run came to in a destination. After it, everything stored is held.
struct Closed {
  ByteCount written;
  std::optional<std::string> snapshot;  ///< a vault's new one; nothing when nothing changed
  std::optional<Error> incomplete;      ///< why it did not take all that was brought
};

using FindCopy = std::function<std::optional<ExistingCopy>(const Digest&)>;

/// One run's writing. `begin` and what it returns may be used by several threads at once; the rest
/// belongs to one thread. What is not committed is not held.
class Session {
 public:
  virtual ~Session() = default;

  /// What an earlier run stored but did not settle any more, because it was killed.
  [[nodiscard]] virtual const std::vector<records::FileRecord>& recovered() const = 0;

  /// Names in a folder that are not ours to take, folded (base/text.h).
  virtual Result<std::vector<std::string>> names_in(const std::string& folder) = 0;

  /// Causes: full, denied, read_only, absent, unsupported (too large for this file system).
  virtual Result<std::unique_ptr<Incoming>> begin(Upload upload) = 0;

  /// Keeps a content that the destination has already, without bytes from outside.
  virtual Result<> duplicate(Upload upload,
                             const ExistingCopy& copy,
                             const photo::Content& content) = 0;

  /// Makes all finished uploads durable. What is said of them (`describe`) may come after it.
  virtual Result<Committed> commit(const FindCopy& find_copy) = 0;

  /// Rewrites what is said about files that are kept already.
  virtual Result<> describe(std::span<const records::FileRecord> records) = 0;

  /// Brings kept files from the other of their two places (photo/quarantine.h) to where their
  /// records say, durably: into quarantine, or back. What lies there already is fine. For each, why
  /// it stays where it was. Causes of one: not_found, conflict.
  virtual Result<std::vector<std::optional<Error>>> move(
      std::span<const records::FileRecord> records) = 0;

  /// Deletes kept files with their records, durably. What is not there any more is fine.
  virtual Result<> remove(std::span<const records::FileRecord> records) = 0;

  /// Forgets all records, before `describe` writes every one anew: the repair of damaged records.
  virtual Result<> begin_records_anew() = 0;

  /// Makes an album show exactly this; one without members goes away.
  virtual Result<> show_album(const Album& album) = 0;

  /// The run is over: everything stored becomes held, and what only a run needs is tidied up.
  virtual Result<Closed> close() = 0;

  /// All that was told to be held until now, by whichever method, is noted in the ledger: no later
  /// session need tell it again.
  virtual Result<> settle() = 0;
};

/// How much a destination's own check reads.
struct SelfCheckAmount {
  enum class Depth { none, packs, all };

  Depth depth = Depth::all;
  double share = 1;
};

/// Something that a destination's own check found: a kept file (by path), or a part of the
/// destination itself ("pack 5e…", "index 5e…") that no kept file stands for.
struct Fault {
  std::string thing;
  bool is_path = false;
  bool missing = false;
  std::string message;
};

struct SelfCheck {
  std::int64_t checked = 0;  ///< packs, files of whatever kind
  ByteCount bytes_read;
  std::vector<Fault> faults;
  std::vector<std::string> notes;
};

using ShowCheck = std::function<void(ByteCount done, ByteCount total)>;

class Destination {
 public:
  virtual ~Destination() = default;

  /// Changes whenever anybody writes to it, and needs no key; nothing where there is no such thing,
  /// as in a folder tree. Causes: absent.
  virtual Result<std::optional<Digest>> fingerprint() = 0;

  /// Checks itself as a whole; nothing where files are all that there is to check. Causes: absent,
  /// cancelled, wrong_password.
  virtual Result<std::optional<SelfCheck>> check(const SelfCheckAmount& amount,
                                                 const ShowCheck& show_progress,
                                                 std::stop_token stop) = 0;

  /// Takes out of use what its last check found damaged, keeping all that is whole, so that a
  /// session can store the rest anew under the same names. Nothing to do for a tree.
  virtual Result<> set_damage_aside(std::stop_token stop) = 0;

  /// How many should write at once, so that nobody waits for it more than must be.
  [[nodiscard]] virtual std::size_t writers() const { return 1; }

  /// Room left for us there; nothing where nobody can say.
  virtual Result<std::optional<ByteCount>> free_space() = 0;

  /// Whether it is there and ours; opens nothing for writing. Causes: absent, conflict, corrupt.
  virtual Result<> check_presence() = 0;

  /// Whether the last run's writing was cut short, so that a session has something to finish.
  virtual Result<bool> has_unfinished_run() = 0;

  /// Begins a run's writing. Causes: absent, locked, read_only, denied, wrong_password,
  /// unsupported.
  virtual Result<std::unique_ptr<Session>> open_session() = 0;

  /// Opens a kept file for reading. Causes: not_found, denied, absent.
  virtual Result<std::unique_ptr<RandomAccess>> open(const std::string& path, bool from_disk) = 0;

  /// How large a kept file is; nothing when it is positively not there.
  virtual Result<std::optional<ByteCount>> size_of(const std::string& path) = 0;

  /// What its records are called, for messages: ".keepsake/manifest".
  [[nodiscard]] virtual std::string place_of_records() const = 0;

  /// Calls back for every record, later ones outranking earlier ones of the same path. Returns how
  /// many lines could not be read. Causes: absent, denied.
  virtual Result<std::size_t> each_record(
      const std::function<Result<>(const records::FileRecord&)>& take) = 0;

  /// Calls back for every line of the sums that another program could check, as (path, SHA-256 in
  /// hexadecimal); a line that cannot be read has an empty path. False, and no call, while they are
  /// not final because a run was interrupted.
  virtual Result<bool> each_sum(
      const std::function<Result<>(std::string_view path, std::string_view sha256)>& take) = 0;
};

}  // namespace keepsake::destination
