// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/pictures.h"

#include "base/path.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/sha.h"
#include "media/facts.h"
#include "os/folder.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/record.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

enum class Half { still, raw, video };

struct Type {
  std::string_view extension;
  std::string_view identifier;
  Half half;
};

constexpr std::array types{
    Type{"jpg", "public.jpeg", Half::still},
    Type{"jpeg", "public.jpeg", Half::still},
    Type{"heic", "public.heic", Half::still},
    Type{"heif", "public.heif", Half::still},
    Type{"png", "public.png", Half::still},
    Type{"gif", "com.compuserve.gif", Half::still},
    Type{"tif", "public.tiff", Half::still},
    Type{"tiff", "public.tiff", Half::still},
    Type{"webp", "org.webmproject.webp", Half::still},
    Type{"avif", "public.avif", Half::still},
    Type{"dng", "com.adobe.raw-image", Half::raw},
    Type{"cr2", "com.canon.cr2-raw-image", Half::raw},
    Type{"cr3", "com.canon.cr3-raw-image", Half::raw},
    Type{"nef", "com.nikon.raw-image", Half::raw},
    Type{"arw", "com.sony.arw-raw-image", Half::raw},
    Type{"raf", "com.fuji.raw-image", Half::raw},
    Type{"mov", "com.apple.quicktime-movie", Half::video},
    Type{"mp4", "public.mpeg-4", Half::video},
    Type{"m4v", "com.apple.m4v-video", Half::video},
};

const Type* type_of_file(std::string_view name) {
  const auto extension = lower_case(extension_of(name));
  const auto* const found = std::ranges::find(types, extension, &Type::extension);
  return found == types.end() ? nullptr : found;
}

/// A picture file in its folder.
struct Picture {
  std::string name;
  const Type* type = nullptr;
};

/// Files of one name: what becomes one photo.
struct Group {
  std::vector<Picture> pictures;
  std::vector<Picture> edits;
};

/// "IMG_0042" for "IMG_E0042", as phones export edits.
std::optional<std::string> edited_stem(std::string_view stem) {
  const auto mark = stem.find("_E");
  if (mark == std::string_view::npos || mark + 2 >= stem.size()) return std::nullopt;
  return std::string(stem.substr(0, mark + 1)) + std::string(stem.substr(mark + 2));
}

std::map<std::string, Group> grouped(const std::vector<os::Entry>& entries) {
  std::map<std::string, Group> groups;
  std::vector<Picture> later;
  for (const os::Entry& entry : entries) {
    const Type* type = type_of_file(entry.name);
    if (entry.type != os::Entry::Type::file || type == nullptr) continue;
    const auto stem = std::string(stem_of(entry.name));
    if (edited_stem(stem))
      later.push_back({entry.name, type});
    else
      groups[stem].pictures.push_back({entry.name, type});
  }
  for (Picture& picture : later) {
    const std::string stem(stem_of(picture.name));
    const auto original = groups.find(edited_stem(stem).value_or(stem));
    if (original != groups.end())
      original->second.edits.push_back(std::move(picture));
    else
      groups[stem].pictures.push_back(std::move(picture));
  }
  return groups;
}

const Picture* first_of(const std::vector<Picture>& pictures, Half half) {
  const auto found = std::ranges::find_if(
      pictures, [&](const Picture& picture) { return picture.type->half == half; });
  return found == pictures.end() ? nullptr : &*found;
}

std::uint64_t seed_in(const Digest& sum) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, sum.bytes.data(), sizeof seed);
  return seed;
}

/// Walks a folder and those below it, and writes an act for each photo and album.
class Walk {
 public:
  Walk(os::Folder& root, Instant now) : root_(root), now_(now) {}

  Result<> enter(const RelativePath& path, const std::string& parent) {
    const auto entries = TRY(root_.list(path));
    std::string album;
    for (const auto& [stem, group] : grouped(entries)) {
      if (!path.is_root() && album.empty()) album = add_album(path, parent, "album");
      TRY(add_photo(path, group, album));
    }
    std::string folder;
    for (const os::Entry& entry : entries) {
      if (entry.type != os::Entry::Type::folder || entry.name.starts_with('.')) continue;
      if (!path.is_root() && folder.empty()) folder = add_album(path, parent, "folder");
      TRY(enter(path / entry.name, folder));
    }
    return {};
  }

  [[nodiscard]] std::vector<json> take() && { return std::move(acts_); }

 private:
  [[nodiscard]] std::string name_for(std::string_view kind, std::string_view path) const {
    const auto text = std::string(kind) + " " + std::string(path);
    return uuid_of(seed_in(crypto::sha256(bytes_of(text))));
  }

  std::string add_album(const RelativePath& path,
                        const std::string& parent,
                        std::string_view kind) {
    auto name = name_for(kind, path.text());
    acts_.push_back({{"do", "make-album"},
                     {"album", name},
                     {"title", shown(path.name())},
                     {"parent", parent},
                     {"folder", kind == "folder"}});
    return name;
  }

  Result<> add_photo(const RelativePath& folder, const Group& group, const std::string& album) {
    const Picture* still = first_of(group.pictures, Half::still);
    const Picture* raw = first_of(group.pictures, Half::raw);
    const Picture* video = first_of(group.pictures, Half::video);
    const Picture* original = still != nullptr ? still : raw != nullptr ? raw : video;
    json act = {{"do", "import"},
                {"asset", name_for("photo", (folder / original->name).text())},
                {"filename", shown(original->name)},
                {"files", json::array()}};
    TRY(add_file(act, folder, *original, Slot::original));
    if (still != nullptr && raw != nullptr) TRY(add_file(act, folder, *raw, Slot::alternative));
    if (original != video && video != nullptr) TRY(add_file(act, folder, *video, Slot::live_video));
    for (const Picture& edit : group.edits)
      TRY(add_file(act,
                   folder,
                   edit,
                   edit.type->half == Half::video ? Slot::edited_video : Slot::edited_still));
    const auto asset = act["asset"];
    acts_.push_back(std::move(act));
    if (!album.empty())
      acts_.push_back({{"do", "put-in-album"}, {"asset", asset}, {"album", album}});
    return {};
  }

  Result<> add_file(json& act, const RelativePath& folder, const Picture& picture, Slot slot) {
    const auto path = folder / picture.name;
    const DiskFile file{(root_.where() / path.text()).native()};
    const auto measured = TRY(measure(file));
    if (slot == Slot::original) TRY(add_date(act, path));
    act["files"].push_back({{"slot", name(slot)},
                            {"type", picture.type->identifier},
                            {"path", shown(file.path)},
                            {"size", measured.size.value},
                            {"checksum", to_text(measured.checksum)}});
    return {};
  }

  Result<> add_date(json& act, const RelativePath& path) {
    const auto file = TRY(root_.open(path, os::Reading::cached));
    const auto facts = TRY(media::look(*file, path.name(), now_));
    const auto entry = TRY(file->look());
    Instant taken{std::chrono::milliseconds(entry.modified_ns / 1'000'000)};
    if (facts.taken) {
      const auto& time = facts.taken->time;
      taken = instant_of(time).value_or(Instant(time.wall.time_since_epoch()));
      act["offset"] = time.offset.count();
    }
    act["taken"] = taken.time_since_epoch().count();
    return {};
  }

  os::Folder& root_;
  Instant now_;
  std::vector<json> acts_{{{"do", "begin"}}};
};

}  // namespace

std::string_view uniform_type(std::string_view name) {
  const Type* type = type_of_file(name);
  return type == nullptr ? std::string_view() : type->identifier;
}

Result<std::vector<json>> acts_of_pictures(const std::filesystem::path& folder, Instant now) {
  const auto root = TRY(os::open_folder(folder));
  Walk walk(*root, now);
  TRY(walk.enter(RelativePath(), {}));
  return std::move(walk).take();
}

}  // namespace keepsake::simulate::icloud
