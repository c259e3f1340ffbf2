// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/time.h"
#include "os/folder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Things that hold named bytes: a disk, a server. A storage knows nothing of what the bytes mean.
/// Names are relative paths with '/' between their parts.
namespace keepsake::storage {

/// One file of a storage.
struct Listed {
  std::string name;  ///< without the folder that was listed
  ByteCount size;
};

using os::Existing;
using os::Reading;

/// A new file whose name is not known before its last byte. Destroyed without `publish`, nothing of
/// it remains. For one thread.
class Draft {
 public:
  virtual ~Draft() = default;
  virtual Result<> write(ByteView bytes) = 0;

  /// Takes back what was written after this many bytes.
  virtual Result<> cut_back_to(ByteCount size) = 0;

  /// The time that it shall bear, where the storage keeps such a thing.
  virtual void bear_time(Instant /*modified*/) {}

  /// Gives it its name. It is durable only after `Storage::make_durable`. Causes: conflict when the
  /// name is taken.
  virtual Result<> publish(std::string_view name) = 0;
};

/// All methods may be called from several threads. A missing folder is an empty one; "not there" is
/// positive knowledge, never the answer to an error. Common causes: absent, denied, full,
/// read_only, internal.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Where it is, for messages.
  [[nodiscard]] virtual std::string where() const = 0;

  /// The files in a folder (no folders), in the order of their names' bytes.
  virtual Result<std::vector<Listed>> list(std::string_view folder) = 0;

  /// The files in a folder and in those below it, named with the folders between, in the same
  /// order.
  virtual Result<std::vector<Listed>> list_below(std::string_view folder) = 0;
  virtual Result<std::optional<ByteCount>> size_of(std::string_view name) = 0;

  /// Causes: not_found.
  virtual Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) = 0;

  /// A part of a file that is known to be there: it costs a server one question. Causes: not_found;
  /// corrupt when the file ends before.
  virtual Result<> read_part(std::string_view name,
                             std::uint64_t position,
                             std::span<std::byte> buffer);

  /// The whole of a small file. Causes: not_found; corrupt when it is larger than `most`.
  Result<Bytes> read_all(std::string_view name, ByteCount most);

  /// Stores a small file whole and durably; folders are made. Causes: conflict when the name is
  /// taken.
  virtual Result<> put(std::string_view name, ByteView bytes) = 0;

  /// `size` is a guess.
  virtual Result<std::unique_ptr<Draft>> draft(ByteCount size) = 0;

  /// Makes everything published so far durable.
  virtual Result<> make_durable() = 0;

  /// Makes an empty folder and those above it, durably, where a storage has such things.
  virtual Result<> make_folder(std::string_view folder) = 0;

  /// Gives a file another name in one step, durably, without its bytes coming here; folders are
  /// made. With `replace` there is either the old or the new one at any moment. Causes: not_found,
  /// conflict, unsupported (a server that holds repositories, or cannot do it in one step).
  virtual Result<> rename(std::string_view from, std::string_view to, Existing existing);

  /// Room left for us there; nothing where nobody can say.
  virtual Result<std::optional<ByteCount>> free_space() { return std::nullopt; }

  /// Nothing there is fine.
  virtual Result<> remove(std::string_view name) = 0;

  /// From now on unfinished files are known again as this writer's, and what one of the same name
  /// left unfinished on this machine is removed. Call it before anything is written, and while
  /// nobody else has the name.
  virtual Result<> begin_writing_as(std::string_view writer) = 0;

  /// Makes durable that files are gone from a folder: before a second removal that must never
  /// survive a power cut without the first.
  virtual Result<> sync_removals(std::string_view folder) = 0;
};

}  // namespace keepsake::storage
