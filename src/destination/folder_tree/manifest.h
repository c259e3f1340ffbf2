// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/folder.h"
#include "records/file_record.h"

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a tree writes about its files: first appended to a journal, from time to time merged into
/// one manifest a month and into SHA256SUMS. All are lines in the order of paths.
namespace keepsake::destination::tree {

class Manifest {
 public:
  explicit Manifest(os::Folder& folder) : folder_(folder) {}

  /// A record about to come true.
  struct Intent {
    std::string line;
    /// Where the file lies that is moved to the record's path, to make room for another.
    std::optional<std::string> moved_from = std::nullopt;
  };

  /// That a kept file is to be there no more, as an intent's line; `month` is that of its record.
  static std::string removal(std::string_view month, std::string_view path);

  /// Appends records and removals, durably. What they tell of may not have happened yet: see
  /// `confirm`.
  Result<> intend(const std::vector<Intent>& intents);

  /// Notes that everything intended so far has happened.
  Result<> confirm();

  /// Lines in the journal: those confirmed, and those whose files must be looked at.
  struct Journal {
    std::vector<std::string> confirmed;
    std::vector<Intent> intended;
    bool torn = false;  ///< its last line was cut off; nothing may be appended to that
  };

  Result<Journal> read_journal();

  /// Of lines in their order the records that no later line removes.
  static std::vector<std::string> in_force(const std::vector<std::string>& lines);

  /// Bytes in the journal by what this object wrote.
  [[nodiscard]] ByteCount journal_size() const { return journal_size_; }

  /// Merges the journal into manifests and sums, then empties it. Interrupted at any point, it does
  /// the same again the next time. A journal with unconfirmed records is left to the next session.
  Result<> merge();

  /// Every line of every manifest and of the journal, the journal's last. Lines that are torn or
  /// unreadable are counted and left out.
  Result<std::size_t> each_line(const std::function<Result<>(std::string_view)>& take);

  /// Every line of SHA256SUMS as (path, digest). False, and no call, while the journal is not
  /// merged.
  Result<bool> each_sum(
      const std::function<Result<>(std::string_view path, std::string_view sha256)>& take);

  /// Removes manifests and sums, so that the next records written are all there is.
  Result<> begin_anew();

 private:
  using Lines = std::map<std::string, std::optional<std::string>, std::less<>>;  // none: removed

  Result<> merge_month(const std::string& month, const Lines& news);
  Result<> merge_sums(const Lines& news);
  using PathOf = std::optional<std::string> (*)(std::string_view line);
  Result<> merge_file(const RelativePath& file,
                      std::string_view header,
                      const Lines& news,
                      PathOf path_of);
  Result<> empty_journal();

  os::Folder& folder_;
  ByteCount journal_size_;
  std::atomic<int> merged_files_ = 0;
};

/// The path of a file that is to be there no more; nothing for a line that says no such thing.
std::optional<std::string> path_in_removal(std::string_view line);

/// The path that a record's line begins with; nothing for a line that is no record.
std::optional<std::string> path_in_record(std::string_view line);

/// The path in a line of SHA256SUMS, and its digest as hexadecimal text.
std::optional<std::string> path_in_sum(std::string_view line);
std::string_view digest_in_sum(std::string_view line);

}  // namespace keepsake::destination::tree
