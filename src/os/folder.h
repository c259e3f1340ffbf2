// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The machine: folders and files that are written durably, locks, clocks, zones, drives. The one
/// room (besides the decoder and the mount) that includes platform headers. It knows no photo.
namespace keepsake::os {

/// What lies at a place, without following a symbolic link.
struct Entry {
  enum class Type { file, folder, link, other };

  std::string name;  ///< the last part of its path, raw bytes
  Type type = Type::file;
  ByteCount size;
  ByteCount allocated;           ///< what it takes on the disk; 0 for a cloud placeholder
  std::int64_t modified_ns = 0;  ///< nanoseconds since 1970
  std::int64_t changed_ns = 0;   ///< the inode's change time; rewriting a file cannot set it back
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
  std::uint32_t permissions = 0;  ///< the nine bits of them
};

enum class Reading {
  cached,    ///< through the page cache, with read-ahead
  from_disk  ///< past the page cache, as a verification must read
};

/// A file open for reading, by one thread at a time. `read` goes on from where it stopped, and
/// brings less than the buffer takes only at the end; `read_at` does not move that place.
class InFile : public RandomAccess {
 public:
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;

  /// What the open file is now, to tell whether it changed while it was read.
  virtual Result<Entry> look() = 0;
};

/// A new file being written, by one thread at a time. Destroyed without `finish` it stays
/// unfinished, with some of its bytes; the writer gives it a temporary name and removes leftovers.
class OutFile {
 public:
  virtual ~OutFile() = default;
  virtual Result<> write(ByteView bytes) = 0;

  /// Takes back what was written after this many bytes, which must have been written; the next
  /// ones follow them.
  virtual Result<> cut_back_to(ByteCount size) = 0;

  /// Sets the modification time if one is given, makes the bytes durable, and closes it.
  /// Causes: full, denied, read_only, internal (input/output error).
  virtual Result<> finish(std::optional<Instant> modified) = 0;
};

enum class Existing { keep, replace };

/// A folder of this machine and everything below it. Paths never leave it, and no symbolic link
/// below it is followed: a link in the middle of a path is `Cause::invalid`. "Not there" is
/// positive knowledge, never the answer to an error. All methods may be called from several
/// threads. This is the seam of the fault tests: every write of the program to files goes through
/// it. Common causes: denied, full, read_only, absent (the folder itself went away), internal (I/O
/// error).
class Folder {
 public:
  virtual ~Folder() = default;

  /// Where it is, for messages.
  [[nodiscard]] virtual const std::filesystem::path& where() const = 0;

  virtual Result<std::optional<Entry>> look(const RelativePath& path) = 0;

  /// All entries but "." and "..", in the order of their names' bytes, folders compared as if their
  /// name ended in '/': so walking them depth first yields whole paths in the order of their bytes.
  virtual Result<std::vector<Entry>> list(const RelativePath& folder) = 0;

  /// Causes: not_found, and `invalid` for what is not a regular file. Never blocks on a FIFO.
  virtual Result<std::unique_ptr<InFile>> open(const RelativePath& file, Reading reading) = 0;

  /// The whole of a small file. Causes: not_found, invalid when it is larger than `most`.
  virtual Result<Bytes> read_all(const RelativePath& file, ByteCount most) = 0;

  /// Makes a new file with mode 0666 less the umask. `size` is a guess: the room of a large file is
  /// allocated at once, and its bytes go past the page cache, which stays its owner's. Causes:
  /// conflict when the name is taken.
  virtual Result<std::unique_ptr<OutFile>> create(const RelativePath& file, ByteCount size) = 0;

  /// Adds to the end of a file (made when missing) and makes that durable.
  virtual Result<> append(const RelativePath& file, ByteView bytes) = 0;

  /// With `Existing::keep` never replaces anything: cause conflict.
  virtual Result<> rename(const RelativePath& from, const RelativePath& to, Existing existing) = 0;

  /// A second name for the same file. Causes: unsupported where the file system has none; conflict.
  virtual Result<> link(const RelativePath& from, const RelativePath& to) = 0;

  /// A new file that shares the old one's blocks until one is written. Not yet finished: give it
  /// its time and its final name as for any new file. Causes: unsupported; conflict.
  virtual Result<std::unique_ptr<OutFile>> clone(const RelativePath& from,
                                                 const RelativePath& to) = 0;

  /// Causes: unsupported, conflict.
  virtual Result<> symlink(std::string_view target, const RelativePath& at) = 0;
  virtual Result<std::string> read_link(const RelativePath& link) = 0;

  /// Makes the folder and those above it, durably; existing ones are fine.
  virtual Result<> make_folders(const RelativePath& folder) = 0;

  /// Sets the nine bits of permissions of a file or folder. Causes: not_found; denied and
  /// unsupported where the file system has none or they are not ours to set.
  virtual Result<> set_permissions(const RelativePath& path, std::uint32_t permissions) = 0;

  /// Removes a file, a link or an empty folder; nothing there is fine.
  virtual Result<> remove(const RelativePath& path) = 0;

  /// Makes the names in a folder durable, as `OutFile::finish` does for bytes.
  virtual Result<> sync(const RelativePath& folder) = 0;

  /// Room left for us on its file system; nothing where nobody can say.
  virtual Result<std::optional<ByteCount>> free_space() = 0;

  /// How many files may be worked on at once so that it all goes faster.
  [[nodiscard]] virtual std::size_t at_once() const { return 1; }

  /// Whether two names that differ only in case are one file here, as on exFAT.
  virtual Result<bool> is_case_insensitive() = 0;
};

/// Opens an existing folder; a link at its own last part is followed, once.
/// Causes: absent when nothing is there, invalid when it is no folder, denied.
Result<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& path);

/// Makes the last part of the path if it is missing (never the folders above it), durably, then
/// opens it.
Result<std::unique_ptr<Folder>> make_folder(const std::filesystem::path& path);

/// Replaces or makes a small file so that either the old or the new bytes are there, whatever
/// happens: writes beside, syncs, renames, syncs the folder.
Result<> write_whole(Folder& folder,
                     const RelativePath& file,
                     ByteView bytes,
                     std::optional<Instant> modified = std::nullopt);

/// The same for what only its owner may read: nobody else could for a moment. Causes: unsupported
/// where files cannot be kept from others.
Result<> write_private(Folder& folder, const RelativePath& file, ByteView bytes);

/// The absolute path with every symbolic link resolved; parts that do not exist stay as they are.
std::filesystem::path resolved(const std::filesystem::path& path);

}  // namespace keepsake::os
