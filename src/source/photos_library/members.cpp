// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/members.h"

#include "base/path.h"
#include "base/text.h"
#include "media/kinds.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <utility>

namespace keepsake::source::photos {

namespace {

using photo::Role;

// Values of columns (ZASSET, ZINTERNALRESOURCE); what they stand for was found in real libraries.
constexpr std::int64_t video = 1;
constexpr std::int64_t live_photo = 2;
constexpr std::int64_t slow_motion = 101;
constexpr std::int64_t referenced = 10;
constexpr std::int64_t slow_motion_as_taken = 3;

constexpr std::string_view originals = "originals";

/// Raw extensions as libraries write them, the most usual first.
constexpr std::array<std::string_view, 20> raw_extensions{
    "dng", "cr2", "cr3", "nef", "arw", "raf", "rw2", "orf", "pef", "srw",
    "crw", "nrw", "sr2", "rwl", "mrw", "raw", "3fr", "iiq", "erf", "x3f"};

/// One kind of resource, found by any of its numbers.
struct Wanted {
  std::int64_t type = -1;
  std::int64_t version = -1;
  std::int64_t subtype = -1;
};

/// The row that speaks of a file: one that says it is here outranks the others.
const Resource* resource_of(const AssetRow& asset, const Wanted& wanted) {
  const auto fits = [](std::int64_t value, std::int64_t of) { return of < 0 || value == of; };
  const Resource* best = nullptr;
  for (const Resource& it : asset.resources) {
    if (!fits(it.type, wanted.type) || !fits(it.version, wanted.version) ||
        !fits(it.subtype, wanted.subtype))
      continue;
    if (best == nullptr || (it.is_local && !best->is_local) ||
        (it.is_remote && !best->is_local && !best->is_remote))
      best = &it;
  }
  return best;
}

/// The extension of a raw format: "com.canon.cr2-raw-image" says it itself. The short forms are
/// those that were seen.
std::string_view raw_extension_of(std::string_view format) {
  if (format == "9" || format == "com.adobe.raw-image") return "dng";
  if (format == "11") return "cr2";
  for (const std::string_view extension : raw_extensions)
    if (format.find(fmt::format(".{}-", extension)) != std::string_view::npos) return extension;
  return {};
}

bool is_below(std::string_view place) {
  const auto path = RelativePath::parse(place);
  return path && !path->is_root();
}

bool is_name(std::string_view name) {
  return is_below(name) && name.find('/') == std::string_view::npos;
}

class Members {
 public:
  explicit Members(const AssetRow& asset)
      : asset_(asset),
        letter_(upper_case(std::string_view(asset.uuid).substr(0, 1))),
        directory_(asset.directory.value_or(letter_)) {}

  std::vector<Member> all() {
    add_original();
    if (is_shared()) return std::move(members_);
    add_raw();
    add_live_video();
    add_edits();
    add_helpers();
    return std::move(members_);
  }

 private:
  [[nodiscard]] bool is_shared() const { return asset_.is_shared_item; }

  [[nodiscard]] bool is_live() const {
    return asset_.kind != video &&
           (asset_.sub_kind == live_photo || resource_of(asset_, {3, 0, 18}) != nullptr);
  }

  [[nodiscard]] bool is_referenced() const {
    return asset_.saved_as == referenced && is_outside(directory_);
  }

  /// What the library says of edits; nothing where it has no word for them.
  [[nodiscard]] std::optional<bool> is_edited() const {
    if (!asset_.adjustment) return std::nullopt;
    return *asset_.adjustment != 0 && *asset_.adjustment != slow_motion_as_taken;
  }

  /// The folders that the library keeps files in, the one where this asset's are first.
  [[nodiscard]] std::vector<std::string_view> roots() const {
    if (is_shared()) return {"scopes/cloudsharing/data", "resources/cloudsharing/data"};
    if (asset_.from_message) return {"scopes/syndication/originals", originals};
    if (asset_.of_shared_moment) return {originals, "scopes/momentshared/originals"};
    return {originals};
  }

  void add_original() {
    Member original{Role::original, {}, true, Cause::not_found, std::nullopt, 0, {}};
    for (const std::string& name : original_names()) {
      if (!is_name(name)) continue;
      if (is_referenced()) {
        add_outside(original, directory_, name);
        continue;
      }
      for (const std::string_view root : roots()) add_inside(original, root, directory_, name);
    }
    const Resource* resource = is_shared() ? resource_of(asset_, {-1, -1, 3}) : nullptr;
    if (resource == nullptr) resource = resource_of(asset_, {0, 0, 1});
    if (resource == nullptr) resource = resource_of(asset_, {video, 0, 1});
    finish(std::move(original), resource, asset_.checksum);
  }

  /// A shared album's video may be named after its poster.
  [[nodiscard]] std::vector<std::string> original_names() const {
    std::vector<std::string> names{asset_.file_name};
    if (is_shared() && asset_.kind == video) {
      const auto movie = asset_.uuid + ".medium.MP4";
      if (asset_.file_name.ends_with(".poster.JPG")) names.insert(names.begin(), movie);
      names.push_back(movie);
    }
    return names;
  }

  void add_raw() {
    const Resource* resource = resource_of(asset_, {-1, -1, 17});
    if (resource == nullptr) return;
    Member raw{Role::raw, {}, true, Cause::not_found, std::nullopt, 0, {}};
    const auto add = [&](std::string_view extension) {
      add_beside(raw, fmt::format("_4.{}", extension), extension);
    };
    const auto likely = raw_extension_of(resource->format);
    if (!likely.empty()) add(likely);
    for (const std::string_view extension : raw_extensions)
      if (extension != likely) add(extension);
    finish(std::move(raw), resource, std::nullopt);
  }

  void add_live_video() {
    if (!is_live()) return;
    Member movie{Role::live_video, {}, true, Cause::not_found, std::nullopt, 0, {}};
    add_beside(movie, "_3.mov", "mov");
    finish(std::move(movie), resource_of(asset_, {3, 0, 18}), std::nullopt);
  }

  void add_edits() {
    if (is_edited() == false) return;
    const bool surely = is_edited().value_or(false);
    Member edit{Role::edited, {}, surely, Cause::not_found, std::nullopt, 0, {}};
    const Resource* resource = nullptr;
    if (asset_.kind == video) {
      // Slow motion is an edit to the library, which needs no render.
      edit.expected = surely && asset_.sub_kind != slow_motion;
      add_render(edit, "_2_0_a.mov");
      resource = resource_of(asset_, {video, 2, -1});
    } else {
      const bool heic = asset_.type_identifier == "public.heic";
      add_render(edit, heic ? "_1_201_a.heic" : "_1_201_a.jpeg");
      add_render(edit, heic ? "_1_201_a.jpeg" : "_1_201_a.heic");
      resource = resource_of(asset_, {0, 2, 2});
    }
    finish(std::move(edit), resource, std::nullopt);
    if (!is_live()) return;
    const Resource* movie_resource = resource_of(asset_, {3, 2, 19});
    const bool movie_expected = surely && movie_resource != nullptr;
    Member movie{
        Role::edited_live_video, {}, movie_expected, Cause::not_found, std::nullopt, 0, {}};
    add_render(movie, "_2_100_a.mov");
    finish(std::move(movie), movie_resource, std::nullopt);
  }

  /// Recipes, and sidecars that came with the original.
  void add_helpers() {
    if (asset_.adjustment.value_or(1) != 0 || asset_.sub_kind == slow_motion) {
      Member recipe{Role::adjustment, {}, false, Cause::not_found, std::nullopt, 0, {}};
      add_render(recipe, ".plist");
      finish(std::move(recipe), nullptr, std::nullopt);
    }
    if (is_referenced()) return;
    const Resource* recipe_resource = resource_of(asset_, {5, 0, 22});
    Member recipe{Role::adjustment, {}, recipe_resource != nullptr, Cause::not_found, {}, 0, {}};
    add_beside(recipe, "_5.aae", "aae");
    finish(std::move(recipe), recipe_resource, std::nullopt);
    const Resource* sidecar_resource = resource_of(asset_, {5, 0, 9});
    Member sidecar{Role::sidecar, {}, sidecar_resource != nullptr, Cause::not_found, {}, 0, {}};
    add_beside(sidecar, "_5.xmp", "xmp");
    finish(std::move(sidecar), sidecar_resource, std::nullopt);
  }

  /// A companion of the original: named by the id inside the bundle, by the same stem outside.
  void add_beside(Member& member, std::string_view ending, std::string_view extension) const {
    if (is_referenced()) {
      const std::string stem(stem_of(asset_.file_name));
      for (const auto& ending_there : {std::string(extension), upper_case(extension)})
        if (const auto name = fmt::format("{}.{}", stem, ending_there); is_name(name))
          add_outside(member, directory_, name);
      return;
    }
    for (const std::string_view root : roots())
      add_inside(member, root, directory_, fmt::format("{}{}", asset_.uuid, ending));
  }

  void add_render(Member& member, std::string_view ending) const {
    add_inside(member, "resources/renders", letter_, fmt::format("{}{}", asset_.uuid, ending));
  }

  static void add_inside(Member& member,
                         std::string_view root,
                         std::string_view folder,
                         std::string_view name) {
    auto place = fmt::format("{}/{}/{}", root, folder, name);
    if (is_below(folder) && is_below(place)) member.places.push_back(std::move(place));
  }

  static void add_outside(Member& member, std::string_view folder, std::string_view name) {
    while (folder.ends_with('/')) folder.remove_suffix(1);
    auto place = fmt::format("{}/{}", folder, name);
    if (is_below(std::string_view(place).substr(1))) member.places.push_back(std::move(place));
  }

  void finish(Member member,
              const Resource* resource,
              const std::optional<AppleChecksum>& otherwise_claimed) {
    member.claim = otherwise_claimed;
    if (resource != nullptr) {
      if (resource->checksum) member.claim = resource->checksum;
      member.size = resource->size;
      if (!resource->is_local && resource->is_remote) member.if_missing = Cause::absent;
    } else if (asset_.in_cloud) {
      member.if_missing = Cause::absent;
    }
    if (member.claim) member.state = to_text(*member.claim);
    const bool follows_edits = member.role == Role::edited ||
                               member.role == Role::edited_live_video ||
                               member.role == Role::adjustment;
    if (follows_edits && asset_.adjusted) member.state += fmt::format(" {:.3f}", *asset_.adjusted);
    members_.push_back(std::move(member));
  }

  const AssetRow& asset_;
  std::string letter_;     ///< of the folder that the library sorts it into
  std::string directory_;  ///< where the database says the original is
  std::vector<Member> members_;
};

}  // namespace

std::vector<Member> members_of(const AssetRow& asset) { return Members(asset).all(); }

bool is_plain_id(std::string_view id) {
  constexpr std::size_t longest = 64;
  if (id.empty() || id.size() > longest) return false;
  for (const char letter : id)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-') return false;
  return true;
}

bool is_outside(std::string_view place) { return place.starts_with('/'); }

std::string name_of(const Member& member, std::string_view place, const std::string& asset_name) {
  const auto extension = extension_of(place.substr(place.rfind('/') + 1));
  const auto known = media::kind_by_extension(asset_name);
  if (member.role == Role::original) {
    const auto found = media::kind_by_extension(place);
    const bool agrees = folded(extension_of(asset_name)) == folded(extension) ||
                        (known && found && media::may_be_named(found->format, known->format));
    if (agrees || extension.empty()) return asset_name;
  }
  // What looks like an extension and is none of media's belongs to the name: "Mr. Smith".
  const std::string stem(known ? stem_of(asset_name) : std::string_view(asset_name));
  return extension.empty() ? stem : fmt::format("{}.{}", stem, extension);
}

}  // namespace keepsake::source::photos
