// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/album_folder.h"

#include "base/text.h"

#include <map>
#include <set>

namespace keepsake::destination::tree {

namespace {

constexpr ByteCount most_list_bytes{64 << 20};

/// From a folder back to the root, then down to the file.
std::string relative_target(const RelativePath& folder, const std::string& path) {
  std::string up;
  for (RelativePath at = folder; !at.is_root(); at = at.folder()) up += "../";
  return up + path;
}

/// Equal names of different files get ` (2)`, ` (3)`… in the order given.
std::map<std::string, std::string> targets_by_name(const RelativePath& album,
                                                   std::span<const AlbumFile> files) {
  std::map<std::string, std::string> targets;
  std::set<std::string> taken;
  for (const AlbumFile& file : files) {
    std::string name = file.name;
    for (int number = 2; !taken.insert(folded(name)).second; ++number) {
      const auto extension = extension_of(file.name);
      name = fmt::format("{} ({})", stem_of(file.name), number);
      if (!extension.empty()) name += "." + std::string(extension);
    }
    targets[name] = relative_target(album, file.path);
  }
  return targets;
}

/// Nothing but paths of photos; a text of the owner's under that name stays what it is.
bool is_our_list(std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.size() == text.size() || line.find('/') == std::string_view::npos) return false;
    text.remove_prefix(line.size() + 1);
  }
  return true;
}

bool points_at_photos(std::string_view target) { return target.starts_with("../"); }

}  // namespace

Result<> AlbumFolder::show(const RelativePath& album,
                           std::span<const AlbumFile> files,
                           Albums how) {
  switch (how) {
    case Albums::none:
      return {};
    case Albums::list:
      return show_list(album, files);
    case Albums::links:
      return show_links(album, files);
  }
  return {};
}

Result<> AlbumFolder::show_links(const RelativePath& album, std::span<const AlbumFile> files) {
  const auto targets = targets_by_name(album, files);
  std::set<std::string> right;
  const auto entries = folder_.list(album);
  if (!entries && entries.error().cause != Cause::not_found) return fail(entries.error());
  for (const os::Entry& entry : entries.value_or(std::vector<os::Entry>())) {
    if (entry.type != os::Entry::Type::link) continue;
    const auto target = TRY(folder_.read_link(album / entry.name));
    const auto wanted = targets.find(entry.name);
    if (wanted != targets.end() && wanted->second == target) {
      right.insert(entry.name);
    } else if (points_at_photos(target)) {
      TRY(folder_.remove(album / entry.name));
    }
  }
  if (!targets.empty()) TRY(folder_.make_folders(album));
  for (const auto& [name, target] : targets) {
    if (right.contains(name)) continue;
    auto linked = folder_.symlink(target, album / name);
    if (!linked && linked.error().cause == Cause::unsupported) return show_list(album, files);
    // A file of the owner's under that name stays what it is.
    if (!linked && linked.error().cause != Cause::conflict) return linked;
  }
  if (!targets.empty()) return folder_.sync(album);
  if (entries) {
    const bool is_gone = folder_.remove(album).has_value();
    TRY(folder_.sync(is_gone ? album.folder() : album));
  }
  return show_list(album, files);
}

Result<> AlbumFolder::show_list(const RelativePath& album, std::span<const AlbumFile> files) {
  std::string text;
  for (const AlbumFile& file : files) text += file.path + "\n";
  const auto list = album.folder() / (std::string(album.name()) + ".txt");
  const auto old = folder_.read_all(list, most_list_bytes);
  if (old && (text_of(*old) == text || !is_our_list(text_of(*old)))) return {};
  if (!old && old.error().cause != Cause::not_found) return {};  // none that we wrote
  if (files.empty()) {
    if (!old) return {};
    TRY(folder_.remove(list));
    return folder_.sync(list.folder());
  }
  TRY(folder_.make_folders(list.folder()));
  return os::write_whole(folder_, list, bytes_of(text));
}

}  // namespace keepsake::destination::tree
