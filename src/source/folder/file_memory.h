// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "media/facts.h"
#include "source/file_stream.h"
#include "source/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source {

/// A file of the folder with all that grouping needs to know of it.
struct KnownFile {
  RelativePath path;
  Stamp stamp;
  media::Facts facts;
  std::optional<Cause> unavailable;  ///< empty, zeros, or never looked into
  std::string asset;                 ///< the id of the asset it belongs to; empty for none
  std::optional<photo::Role> role;   ///< in that asset
  bool unread = false;               ///< it could not be looked at; it is tried again by every scan
};

/// The rows of source::Memory that the folder source keeps (docs/formats/catalog.md):
///   f <path>                            -> stamp, and whether it is ignored: read by every scan
///   s <folder> NUL <stem key> NUL <name> -> the KnownFile, read when its group changes
///   w                                    -> a first whole listing began and has not ended
///   c <folder> NUL <content id> NUL <name> -> stem key: which groups share a content id
///   i <id>                               -> the path of its original, where that is another one
class FileMemory {
 public:
  explicit FileMemory(Memory& memory) : memory_(memory) {}

  /// A listing without any memory is the first; it stays the first until it is done.
  Result<> note_listing_begun();
  Result<bool> is_listing_first();
  Result<> note_listing_done();

  /// Files seen, in the order of their paths.
  struct Seen {
    std::string path;
    Stamp stamp;
    bool ignored = false;  ///< it belongs to no asset
  };

  Result<std::vector<Seen>> seen_after(std::string_view path, std::size_t most);

  Result<std::optional<KnownFile>> file(const RelativePath& path);
  Result<> remember(const KnownFile& file);
  Result<> forget(const KnownFile& file);

  /// All files of a folder with this stem key, in the order of their names.
  Result<std::vector<KnownFile>> with_stem(const RelativePath& folder, std::string_view stem_key);

  /// The stem keys of a folder's files with this content id.
  Result<std::vector<std::string>> stems_with_content_id(const RelativePath& folder,
                                                         std::string_view content_id);

  /// An asset keeps its id when it comes to go by another file; a new file at the old path must
  /// not get that id again.
  Result<> note_id(std::string_view id, const RelativePath& original);
  Result<bool> is_id_of_another(std::string_view id);
  Result<> forget_id(std::string_view id);

 private:
  Memory& memory_;
};

/// What the files of one asset have in common in their names: the stem, case-folded, without the E
/// of an edit or the O of a camera's own recipe, and of `name.ext.xmp` without both extensions.
std::string stem_key(std::string_view name);

/// `IMG_E1234` or `IMG_O1234`: the marker, else 0.
char stem_marker(std::string_view name);

}  // namespace keepsake::source
