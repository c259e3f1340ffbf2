// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "destination/destination.h"
#include "os/folder.h"
#include "records/file_record.h"
#include "vault/tree.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::destination::in_vault {

/// Where a record's line lies in the journal.
struct Spot {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

/// What a session did that no snapshot tells yet, one entry a line in the file `journal` of the
/// home's state for this vault. It makes a killed run's work part of the next one's, and holds the
/// records until they are merged, so that they take no memory. What a snapshot tells but the ledger
/// does not know yet stays in the file `journal.held`. An entry is a word and up to three JSON
/// texts, parted by tabs, which JSON never contains:
///
///     file    {"modified":…,"size":…,"content":[…]}  <record>  [<record of the version put aside>]
///     record  <record>
///     album   {"titles":[…],"members":[[source, id],…]}
class Journal {
 public:
  explicit Journal(os::Folder& state) : state_(state) {}

  /// Whether there is anything that an earlier run did not settle.
  Result<bool> exists() const;

  /// A stored file, found again.
  struct File {
    vault::Node node;  ///< without its name
    std::string record;
    Spot record_at;
    std::optional<std::string> aside;
    Spot aside_at;
  };

  struct Reader {
    std::function<Result<>(const File&)> file;
    std::function<Result<>(const std::string& record, const Spot&)> record;
    std::function<Result<>(const Album&)> album;
  };

  /// Every entry that no snapshot tells, in order; those torn or unreadable are passed over.
  Result<> read(const Reader& reader);

  /// Every file that a snapshot told when its run was killed, in the same way.
  Result<> read_held(const std::function<Result<>(const File&)>& file);

  // Entries are gathered, and appended durably all at once; the spots hold from then on.
  Result<> begin();
  void add_file(const vault::Node& node,
                const records::FileRecord& record,
                const std::optional<records::FileRecord>& aside,
                Spot& record_at,
                Spot& aside_at);
  void add_record(const records::FileRecord& record, Spot& at);
  void add_album(const Album& album);
  Result<> append();

  /// The record's line at a spot.
  Result<std::string> line_at(const Spot& spot);

  /// A snapshot tells all entries now; they are held until they are settled.
  Result<> hold();

  /// The ledger knows what was held.
  Result<> settle();

  /// Forgets entries that tell of nothing.
  Result<> remove();

 private:
  void add_text(std::string_view text, Spot& at);
  Result<> begin_anew();

  os::Folder& state_;
  std::string gathered_;
  std::optional<std::uint64_t> size_;    ///< of the file, where known
  std::unique_ptr<os::InFile> reading_;  ///< opened when first asked for a line
};

}  // namespace keepsake::destination::in_vault
