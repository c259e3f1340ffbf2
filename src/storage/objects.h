// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "storage/storage.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::storage {

/// What is to be stored, whole.
struct Parcel {
  std::string bytes;  ///< they may go into a request and come back: they are large
  std::shared_ptr<RandomAccess> file{};  ///< instead, where they are too large for memory
  std::optional<Instant> modified{};     ///< the time it shall bear, where the server keeps one

  [[nodiscard]] ByteCount size() const { return file ? file->size() : ByteCount{bytes.size()}; }
};

/// A server that keeps whole files by their names, as S3 and restic's REST protocol do: what is
/// stored is stored at once, whole, and for good. May be used by several threads.
class Objects {
 public:
  virtual ~Objects() = default;

  virtual Result<std::vector<Listed>> list(const RelativePath& folder) = 0;
  virtual Result<std::vector<Listed>> list_below(const RelativePath& folder) = 0;
  virtual Result<std::optional<ByteCount>> size_of(const RelativePath& name) = 0;

  /// Fills the buffer from that position on. Causes: not_found; corrupt when the file ends before.
  virtual Result<> read(const RelativePath& name,
                        std::uint64_t position,
                        std::span<std::byte> buffer) = 0;

  /// Causes: conflict when there is one of that name, also one that a first attempt left whose
  /// answer was lost.
  virtual Result<> store(const RelativePath& name, Parcel& parcel) = 0;

  /// As Storage::rename.
  virtual Result<> rename(const RelativePath& from, const RelativePath& to, Existing existing);

  /// Nothing there is fine.
  virtual Result<> remove(const RelativePath& name) = 0;

  /// Makes the place itself, where it is not there yet.
  virtual Result<> make_root() = 0;

  /// As Storage::begin_writing_as, for a server that stores under a name for unfinished files
  /// first; `whole` is the storage over it.
  virtual Result<> begin_writing_as(std::string_view writer, Storage& whole) {
    static_cast<void>(writer);
    static_cast<void>(whole);
    return {};
  }
};

/// Whether that very content lies there. Reads all of it.
Result<bool> holds(Objects& objects, const RelativePath& name, const Parcel& parcel);

/// A storage over such a server. A draft is kept here until it has its name: in memory, and from
/// 24 MiB on in a file (os/spool.h). `where` is for
/// messages; `server` is whatever must be there for as long as the storage is.
std::unique_ptr<Storage> make_object_storage(std::string where,
                                             std::unique_ptr<Objects> objects,
                                             std::shared_ptr<void> server = {});

}  // namespace keepsake::storage
