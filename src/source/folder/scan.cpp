// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/scan.h"

#include <algorithm>
#include <array>

namespace keepsake::source {

namespace {

constexpr std::size_t page = 1024;          // rows of memory read at once
constexpr std::size_t most_touched = 4096;  // files waiting to be grouped

/// What systems leave lying about; never a photo whatever its name or content.
bool is_clutter(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{
      ".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir", ".keepsake", "$RECYCLE.BIN"};
  return name.starts_with("._") || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<> Scan::run() {
  TRY(memory_.note_listing_begun());
  TRY(walk(RelativePath()));
  TRY(remove_seen_before({}));
  TRY(flush_all_but({}, {}));
  TRY(reconcile());
  return changes_.commit();
}

/// Where this is the first whole listing that this memory knows, the catalog may know assets from
/// before it (after a rebuild) that are no longer there.
Result<> Scan::reconcile() {
  const bool first = TRY(memory_.is_listing_first());
  if (!first) return {};
  const auto is_there = [&](const std::string& /*library*/,
                            const std::string& id,
                            const std::vector<std::string>& keys) -> Result<bool> {
    for (const std::string& key : keys) {
      if (is_unlisted(key)) return true;
      const auto path = RelativePath::parse(key);
      if (!path) continue;
      const auto known = TRY(memory_.file(*path));
      if (known && known->asset == id) return true;
    }
    return false;
  };
  TRY(changes_.keep_only(is_there));
  return unlisted_.empty() ? memory_.note_listing_done() : Result<>();
}

bool Scan::is_unlisted(std::string_view path) const {
  return std::any_of(unlisted_.begin(), unlisted_.end(), [&](const std::string& folder) {
    return path.starts_with(folder);
  });
}

Result<> Scan::walk(const RelativePath& folder) {
  if (stop_.stop_requested()) return fail(Cause::cancelled, "interrupted");
  const auto entries = folder_.list(folder);
  if (!entries) {
    if (folder.is_root() || entries.error().cause == Cause::absent) return fail(entries.error());
    return skip_unreadable(folder, entries.error());
  }
  for (const os::Entry& entry : *entries) TRY(visit(folder, entry));
  return flush_folder(folder.text());
}

Result<> Scan::visit(const RelativePath& folder, const os::Entry& entry) {
  const auto path = folder / entry.name;
  if (is_clutter(entry.name)) return changes_.ignored(path.text());
  switch (entry.type) {
    case os::Entry::Type::folder:
      return walk(path);
    case os::Entry::Type::file:
      return visit_file(path, entry);
    case os::Entry::Type::link:
    case os::Entry::Type::other:
      return changes_.ignored(path.text());
  }
  return {};
}

Result<> Scan::visit_file(const RelativePath& path, const os::Entry& entry) {
  TRY(remove_seen_before(path.text()));
  const FileMemory::Seen* seen = TRY(next_seen());
  const bool known = seen != nullptr && seen->path == path.text();
  const bool unchanged = known && seen->stamp == stamp_of(entry);
  const bool ignored = known && seen->ignored;
  if (known) seen_.pop_front();
  if (!unchanged) return touch(path, Change::written);
  return ignored ? changes_.ignored(path.text()) : Result<>();
}

/// What lies below a folder that cannot be listed is unknown, not removed.
Result<> Scan::skip_unreadable(const RelativePath& folder, const Error& error) {
  TRY(changes_.unreadable(folder.text(), error));
  const std::string below = folder.text() + "/";
  unlisted_.push_back(below);
  TRY(remove_seen_before(below));
  for (;;) {
    const FileMemory::Seen* seen = TRY(next_seen());
    if (seen == nullptr || !seen->path.starts_with(below)) return {};
    seen_.pop_front();
  }
}

/// An empty path stands for the end of all paths.
Result<> Scan::remove_seen_before(std::string_view path) {
  for (;;) {
    const FileMemory::Seen* seen = TRY(next_seen());
    if (seen == nullptr || (!path.empty() && seen->path >= path)) return {};
    const auto removed = RelativePath::known(seen->path);
    seen_.pop_front();
    TRY(touch(removed, Change::removed));
  }
}

Result<const FileMemory::Seen*> Scan::next_seen() {
  if (seen_.empty() && !seen_all_) {
    auto rows = TRY(memory_.seen_after(seen_until_, page));
    seen_all_ = rows.size() < page;
    if (!rows.empty()) seen_until_ = rows.back().path;
    seen_.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  }
  return seen_.empty() ? nullptr : &seen_.front();
}

Result<> Scan::touch(const RelativePath& path, Change change) {
  const auto folder = path.folder().text();
  const auto stem = stem_key(path.name());
  touched_[folder][stem][std::string(path.name())] = change;
  if (++touched_count_ < most_touched) return {};
  return flush_all_but(folder, stem);
}

Result<> Scan::flush_folder(const std::string& folder) {
  auto found = touched_.extract(folder);
  if (found.empty()) return {};
  return flush(RelativePath::known(folder), found.mapped());
}

/// Keeps back the stem that the walk is in the middle of: its other files may come next.
Result<> Scan::flush_all_but(const std::string& folder, const std::string& stem) {
  auto waiting = std::move(touched_);
  touched_.clear();
  touched_count_ = 0;
  if (const auto here = waiting.find(folder); here != waiting.end() && !stem.empty()) {
    auto current = here->second.extract(stem);
    if (!current.empty()) touched_[folder].insert(std::move(current));
  }
  for (const auto& [name, stems] : waiting) TRY(flush(RelativePath::known(name), stems));
  return changes_.commit();
}

Result<> Scan::flush(const RelativePath& folder, const Stems& stems) {
  std::set<std::string> old_ids;
  std::set<std::string> stem_keys;
  TRY(note_touched(folder, stems, old_ids, stem_keys));
  std::vector<KnownFile> files;
  TRY(find_partners(folder, stem_keys, files));
  return report(files, std::move(old_ids), stems);
}

Result<> Scan::note_touched(const RelativePath& folder,
                            const Stems& stems,
                            std::set<std::string>& old_ids,
                            std::set<std::string>& stem_keys) {
  for (const auto& [stem, names] : stems) {
    stem_keys.insert(stem);
    for (const auto& [name, change] : names) {
      if (stop_.stop_requested()) return fail(Cause::cancelled, "interrupted");
      const auto path = folder / name;
      const auto known = TRY(memory_.file(path));
      if (known) {
        if (!known->asset.empty()) old_ids.insert(known->asset);
        if (known->facts.content_id) {
          const auto shared = TRY(memory_.stems_with_content_id(folder, *known->facts.content_id));
          stem_keys.insert(shared.begin(), shared.end());
        }
        TRY(memory_.forget(*known));
      }
      if (change == Change::removed) continue;
      auto file = TRY(look_into(path, known));
      if (!file) continue;  // it went away meanwhile
      if (known) {
        file->asset = known->asset;
        file->role = known->role;
      }
      TRY(memory_.remember(*file));
    }
  }
  return {};
}

/// Nothing when the file is not there any more. Causes: absent when the whole folder went away.
Result<std::optional<KnownFile>> Scan::look_into(const RelativePath& path,
                                                 const std::optional<KnownFile>& known) {
  const auto unreadable = [&](const Stamp& stamp,
                              const Error& error) -> Result<std::optional<KnownFile>> {
    if (error.cause == Cause::not_found) return std::nullopt;
    if (error.cause == Cause::absent) return fail(error);
    auto file = TRY(unread(path, stamp, known, error));
    return file;
  };
  const auto entry = folder_.look(path);
  if (!entry) return unreadable({}, entry.error());
  if (!*entry) return std::nullopt;
  KnownFile found;
  found.path = path;
  found.stamp = stamp_of(**entry);
  const auto file = folder_.open(path, os::Reading::cached);
  if (!file) return unreadable(found.stamp, file.error());
  auto facts = media::look(**file, path.name(), now_);
  if (!facts) return unreadable(found.stamp, facts.error());
  found.facts = *std::move(facts);
  if (!found.facts.by_content) {
    const auto hollow = why_hollow(**file, **entry);
    if (!hollow) return unreadable(found.stamp, hollow.error());
    found.unavailable = *hollow;
  }
  return found;
}

/// A file that cannot be read stays what it was; one never read is known by its extension alone,
/// and is not kept before it was looked into. It is looked into again next time.
Result<KnownFile> Scan::unread(const RelativePath& path,
                               const Stamp& stamp,
                               const std::optional<KnownFile>& known,
                               const Error& error) {
  KnownFile file;
  if (known) {
    file = *known;
  } else {
    BytesInMemory nothing{{}};
    file.path = path;
    file.stamp = stamp;
    file.facts = TRY(media::look(nothing, path.name(), now_));
    file.unavailable = error.cause;
  }
  file.facts.warnings = {error.message()};
  file.unread = true;
  return file;
}

/// All files of these stems, and of those that share a content id with them, until no more come.
Result<> Scan::find_partners(const RelativePath& folder,
                             std::set<std::string>& stem_keys,
                             std::vector<KnownFile>& files) {
  std::set<std::string> loaded;
  std::set<std::string> content_ids;
  std::vector<std::string> next(stem_keys.begin(), stem_keys.end());
  while (!next.empty()) {
    const std::string stem = std::move(next.back());
    next.pop_back();
    if (!loaded.insert(stem).second) continue;
    auto found = TRY(memory_.with_stem(folder, stem));
    for (KnownFile& file : found) {
      if (file.facts.content_id && content_ids.insert(*file.facts.content_id).second) {
        const auto shared = TRY(memory_.stems_with_content_id(folder, *file.facts.content_id));
        next.insert(next.end(), shared.begin(), shared.end());
      }
      files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end(), [](const KnownFile& left, const KnownFile& right) {
    return left.path < right.path;
  });
  return {};
}

/// Gives each group its id: the one it has had, as long as the file it goes by is still there.
Result<std::vector<std::string>> Scan::ids_of(const std::vector<Group>& groups,
                                              const std::set<std::string>& old_ids) {
  std::vector<std::string> ids(groups.size());
  std::set<std::string> used;
  const auto claim = [&](auto candidate_of) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!ids[i].empty()) continue;
      const std::string candidate = candidate_of(groups[i]);
      if (!candidate.empty() && used.insert(candidate).second) ids[i] = candidate;
    }
  };
  claim([](const Group& group) {
    const KnownFile& original = group.original();
    return original.asset == original.path.text() ? original.asset : std::string();
  });
  claim([](const Group& group) {
    const KnownFile& original = group.original();
    return original.role == photo::Role::original ? original.asset : std::string();
  });
  claim([](const Group& group) {
    for (const Group::Member& member : group.members)
      if (member.file->asset == member.file->path.text()) return member.file->asset;
    return std::string();
  });
  // Where another asset keeps a file's path for its id, the file gets a number behind its own.
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string& path = groups[i].original().path.text();
    for (int number = 1; ids[i].empty(); ++number) {
      const auto id = number == 1 ? path : fmt::format("{}#{}", path, number);
      const bool elsewhere = TRY(memory_.is_id_of_another(id));
      const bool free = !elsewhere || old_ids.contains(id);
      if (free && used.insert(id).second) ids[i] = id;
    }
  }
  return ids;
}

Result<> Scan::report(const std::vector<KnownFile>& files,
                      std::set<std::string> old_ids,
                      const Stems& touched) {
  for (const KnownFile& file : files)
    if (!file.asset.empty()) old_ids.insert(file.asset);
  const auto grouping = group_files(files);
  const auto ids = TRY(ids_of(grouping.groups, old_ids));
  const auto assign = [&](const KnownFile& file,
                          const std::string& id,
                          std::optional<photo::Role> role) -> Result<> {
    if (file.asset == id && file.role == role) return {};
    KnownFile assigned = file;
    assigned.asset = id;
    assigned.role = role;
    return memory_.remember(assigned);
  };
  for (std::size_t i = 0; i < grouping.groups.size(); ++i) {
    old_ids.erase(ids[i]);
    for (const Group::Member& member : grouping.groups[i].members)
      TRY(assign(*member.file, ids[i], member.role));
    TRY(memory_.note_id(ids[i], grouping.groups[i].original().path));
    TRY(changes_.put(asset_of(grouping.groups[i], source_, ids[i])));
  }
  for (const KnownFile* file : grouping.ignored) {
    TRY(assign(*file, {}, std::nullopt));
    // Others were counted when the walk came by.
    const std::string name(file->path.name());
    const auto stem = touched.find(stem_key(name));
    const bool just_seen = stem != touched.end() && stem->second.contains(name);
    if (just_seen || !file->asset.empty()) TRY(changes_.ignored(file->path.text()));
  }
  for (const std::string& id : old_ids) {
    TRY(memory_.forget_id(id));
    TRY(changes_.gone("own", id));
  }
  return {};
}

}  // namespace keepsake::source
