// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/folder.h"
#include "source/folder/file_memory.h"
#include "source/folder/grouping.h"
#include "source/source.h"

#include <deque>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::source {

/// One walk over a folder, merged with what was seen before: both come in the order of whole paths,
/// so memory stays flat. What changed is looked into, grouped with its neighbours, and reported.
class Scan {
 public:
  Scan(os::Folder& folder, const Id128& source, Instant now, Changes& changes, std::stop_token stop)
      : folder_(folder),
        source_(source),
        now_(now),
        changes_(changes),
        memory_(changes.memory()),
        stop_(std::move(stop)) {}

  Result<> run();

 private:
  enum class Change { written, removed };
  using Stems = std::map<std::string, std::map<std::string, Change>>;  // stem key -> name -> change

  Result<> reconcile();
  Result<> walk(const RelativePath& folder);
  Result<> visit(const RelativePath& folder, const os::Entry& entry);
  Result<> visit_file(const RelativePath& path, const os::Entry& entry);
  Result<> skip_unreadable(const RelativePath& folder, const Error& error);

  /// The merge's other side: files seen earlier that come before a path were removed since.
  Result<> remove_seen_before(std::string_view path);
  Result<const FileMemory::Seen*> next_seen();

  Result<> touch(const RelativePath& path, Change change);
  Result<> flush_folder(const std::string& folder);
  Result<> flush_all_but(const std::string& folder, const std::string& stem);
  Result<> flush(const RelativePath& folder, const Stems& stems);

  Result<> note_touched(const RelativePath& folder,
                        const Stems& stems,
                        std::set<std::string>& old_ids,
                        std::set<std::string>& stem_keys);
  Result<std::optional<KnownFile>> look_into(const RelativePath& path,
                                             const std::optional<KnownFile>& known);
  Result<KnownFile> unread(const RelativePath& path,
                           const Stamp& stamp,
                           const std::optional<KnownFile>& known,
                           const Error& error);
  Result<std::vector<std::string>> ids_of(const std::vector<Group>& groups,
                                          const std::set<std::string>& old_ids);
  [[nodiscard]] bool is_unlisted(std::string_view path) const;
  Result<> find_partners(const RelativePath& folder,
                         std::set<std::string>& stem_keys,
                         std::vector<KnownFile>& files);
  Result<> report(const std::vector<KnownFile>& files,
                  std::set<std::string> old_ids,
                  const Stems& touched);

  os::Folder& folder_;
  Id128 source_;
  Instant now_;
  Changes& changes_;
  FileMemory memory_;
  std::stop_token stop_;

  std::vector<std::string> unlisted_;  // folders passed over, each ending in '/'

  std::deque<FileMemory::Seen> seen_;
  std::string seen_until_;
  bool seen_all_ = false;

  std::map<std::string, Stems> touched_;  // by folder
  std::size_t touched_count_ = 0;
};

}  // namespace keepsake::source
