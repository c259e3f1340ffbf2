// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/happened.h"

#include "crypto/sha.h"
#include "photo/quarantine.h"
#include "records/file_record.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace keepsake::destination::tree {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

/// Whether a file that was put aside lies where it lay before. A power cut may have left it in
/// both places.
Result<bool> put_back(os::Folder& folder,
                      const Manifest::Intent& intent,
                      const records::FileRecord& aside) {
  if (!intent.moved_from) return false;
  const auto from = TRY(RelativePath::parse(aside.path));
  const auto to = TRY(RelativePath::parse(*intent.moved_from));
  const auto there = TRY(folder.look(to));
  const bool in_both_places = TRY(holds(folder, to, aside.content()));
  if (there && !in_both_places) return false;
  TRY(in_both_places ? folder.remove(from) : folder.rename(from, to, os::Existing::keep));
  TRY(folder.sync(to.folder()));
  TRY(folder.sync(from.folder()));
  return true;
}

}  // namespace

Result<bool> holds(os::Folder& folder,
                   const RelativePath& path,
                   const photo::Content& content,
                   os::Reading reading) {
  const auto entry = TRY(folder.look(path));
  if (!entry || entry->type != os::Entry::Type::file || entry->size != content.size) return false;
  const auto file = TRY(folder.open(path, reading));
  crypto::Sha256 sha256;
  ByteCount size;
  std::vector<std::byte> block(block_bytes);
  for (;;) {
    const auto count = TRY(file->read(block));
    if (count == 0) return photo::Content{sha256.finish(), size} == content;
    sha256.add(ByteView(block).first(count));
    size += ByteCount{count};
  }
}

Result<std::vector<std::string>> what_happened(os::Folder& folder,
                                               std::span<const Manifest::Intent> intended) {
  std::vector<std::string> happened;
  std::set<std::string> not_moved;
  std::map<std::string, photo::Content> moved;  // from these places
  for (const Manifest::Intent& intent : intended) {
    if (const auto removed = path_in_removal(intent.line)) {
      const auto place = RelativePath::known(*removed);
      if (const auto it = moved.find(*removed); it != moved.end()) {
        const bool in_both_places = TRY(holds(folder, place, it->second));
        if (in_both_places) TRY(folder.remove(place));
      }
      const auto there = TRY(folder.look(place));
      if (!there && !not_moved.contains(*removed)) happened.push_back(intent.line);
      continue;
    }
    const auto record = records::parse_line(intent.line);
    if (!record) continue;
    const auto path = TRY(RelativePath::parse(record->path));
    const bool there = TRY(holds(folder, path, record->content()));
    if (!there) not_moved.insert(photo::other_place(record->path));
    if (!there) continue;
    moved.emplace(photo::other_place(record->path), record->content());
    const bool is_back = TRY(put_back(folder, intent, *record));
    if (!is_back) happened.push_back(intent.line);
  }
  return happened;
}

}  // namespace keepsake::destination::tree
