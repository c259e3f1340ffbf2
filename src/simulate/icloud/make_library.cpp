// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/make_library.h"

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "simulate/dice.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/zone.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t hundred = 100;
constexpr std::uint64_t seed = 0x1C10'0D;
constexpr std::string_view heic_type = "public.heic";
constexpr std::string_view jpeg_type = "public.jpeg";
constexpr std::string_view movie_type = "com.apple.quicktime-movie";
constexpr std::string_view raw_type = "com.adobe.raw-image";

/// When everything in a made library came there.
constexpr Instant made_at = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};

/// How many places of the past nothing is left of.
constexpr std::uint64_t forgotten_past = 12'000;

/// What the slots of each hundred assets are, from the first to before `end`.
enum class Make { heic, jpeg, live, video, raw, edited, edited_live, edited_video, burst };

struct Share {
  Make make;
  std::uint64_t end;
};

constexpr std::array shares{Share{Make::heic, 52},
                            Share{Make::jpeg, 67},
                            Share{Make::live, 85},
                            Share{Make::video, 90},
                            Share{Make::raw, 92},
                            Share{Make::edited, 93},
                            Share{Make::edited_live, 94},
                            Share{Make::edited_video, 95},
                            Share{Make::burst, 100}};

/// Neighbours are of different kinds: 37 and a hundred have no divisor in common.
Make make_of(std::uint64_t i) {
  const auto slot = i % hundred * 37 % hundred;
  for (const Share& share : shares)
    if (slot < share.end) return share.make;
  return Make::heic;
}

/// Every n-th, but not the first.
bool is_one_of(std::uint64_t i, std::uint64_t n, std::uint64_t at) { return i % n == at; }

Instant taken_of(std::uint64_t i, std::uint64_t count) {
  if (count >= 10 && i + 1 == count)
    return std::chrono::sys_days{std::chrono::year{1965} / 7 / 4} + hours{15};
  return made_at - hours{24} - minutes{97} * static_cast<std::int64_t>(i);
}

minutes offset_of(std::uint64_t i) {
  constexpr std::array zones{minutes{60}, minutes{-480}, minutes{540}, minutes{345}};
  return zones[i / 40 % zones.size()];
}

std::string name_of(std::uint64_t i, Make make) {
  if (is_one_of(i, 80, 21)) return fmt::format("Cafe\u0301 \U0001F30B {}.JPG", i);
  const std::string_view extension = make == Make::jpeg || make == Make::raw             ? "JPG"
                                     : make == Make::video || make == Make::edited_video ? "MOV"
                                                                                         : "HEIC";
  const auto number = is_one_of(i, 60, 59) ? i - 1 : i;  // some names come twice
  return fmt::format("IMG_{:04}.{}", 1 + number % 9999, extension);
}

Result<Resource> resource(Slot slot, std::string_view type, const MadeFile& file) {
  const auto measured = TRY(measure(file));
  return Resource{slot, std::string(type), measured, 4032, 3024, file};
}

/// Makes the files of one asset; each has a seed of its own.
class Files {
 public:
  Files(std::uint64_t i, std::uint64_t count) : dice_(seed_of(seed, i)) {
    file_.taken = taken_of(i, count);
    file_.offset = offset_of(i);
  }

  Files& live(std::uint64_t i) {
    file_.live = seed_of(seed + 1, i) | 1U;
    return *this;
  }

  /// Makes another one and puts it with its record's.
  Result<> add(std::vector<Resource>& resources, Slot slot, std::string_view type) {
    MadeFile file = file_;
    file.kind = type == movie_type  ? MadeFile::Kind::movie
                : type == heic_type ? MadeFile::Kind::heic
                : type == raw_type  ? MadeFile::Kind::raw
                                    : MadeFile::Kind::jpeg;
    file.seed = dice_.roll();
    file.payload = type == movie_type ? dice_.between(1000, 4000) : dice_.between(200, 1500);
    auto made = TRY(resource(slot, type, file));
    resources.push_back(std::move(made));
    return {};
  }

 private:
  Dice dice_;
  MadeFile file_;
};

/// A photo as it is before it is put into a zone.
struct Photo {
  std::string master_name;
  Master master;
  Asset asset;
};

Result<> add_files(Photo& photo, Make make, Files& files) {
  auto& originals = photo.master.resources;
  auto& edits = photo.asset.resources;
  const bool is_video = make == Make::video || make == Make::edited_video;
  const bool is_jpeg =
      make == Make::jpeg || make == Make::raw || photo.master.filename.ends_with("JPG");
  TRY(files.add(originals,
                Slot::original,
                is_video  ? movie_type
                : is_jpeg ? jpeg_type
                          : heic_type));
  if (make == Make::raw) TRY(files.add(originals, Slot::alternative, raw_type));
  if (make == Make::live || make == Make::edited_live)
    TRY(files.add(originals, Slot::live_video, movie_type));
  if (make == Make::edited || make == Make::edited_live)
    TRY(files.add(edits, Slot::edited_still, jpeg_type));
  if (make == Make::edited_video || make == Make::edited_live)
    TRY(files.add(edits, Slot::edited_video, movie_type));
  originals.insert(originals.end(), previews().begin(), previews().end());
  return {};
}

void add_state(Asset& asset, std::uint64_t i, Make make) {
  asset.favorite = is_one_of(i, 20, 3);
  asset.hidden = is_one_of(i, 50, 7);
  if (is_one_of(i, 50, 13)) asset.trashed = made_at - hours{24 * 5};
  if (make == Make::live || make == Make::edited_live) asset.subtype = Subtype::live;
  if (make == Make::video)
    asset.subtype = is_one_of(i, 3, 0) ? Subtype::slow_motion : Subtype::none;
  if (make == Make::video || make == Make::edited_video) asset.duration = std::chrono::seconds{7};
  if (is_one_of(i, 90, 30)) asset.subtype = Subtype::panorama;
  if (make == Make::burst) {
    asset.burst = uuid_of(seed_of(seed + 2, i / hundred));
    asset.burst_picked = i % hundred * 37 % hundred == 96;  // the first to be made
  }
  if (!asset.resources.empty()) asset.edited_with = "com.apple.photo";
}

void add_labels(Asset& asset, std::uint64_t i) {
  Dice dice(seed_of(seed + 3, i));
  if (is_one_of(i, 3, 1))
    asset.place = photo::Place{dice.fraction() * 120 - 60, dice.fraction() * 340 - 170};
  if (!is_one_of(i, 30, 5)) return;
  asset.title = fmt::format("Photo {}", i);
  asset.caption = "Grüße aus Kyōto";
  asset.keywords = {"garden", "日本"};
}

Result<Photo> make_photo(std::uint64_t i, std::uint64_t count) {
  const Make make = make_of(i);
  Files files(i, count);
  if (make == Make::live || make == Make::edited_live) files.live(i);
  Photo photo;
  photo.master.filename = name_of(i, make);
  TRY(add_files(photo, make, files));
  photo.master_name = to_text(photo.master.resources.front().measure.checksum);
  photo.asset.master = photo.master_name;
  photo.asset.taken = taken_of(i, count);
  photo.asset.added = photo.asset.taken < made_at - hours{24 * 365 * 20}
                          ? made_at - hours{24}
                          : photo.asset.taken + minutes{2};
  photo.asset.offset = offset_of(i);
  add_state(photo.asset, i, make);
  add_labels(photo.asset, i);
  photo.master.trashed = photo.asset.trashed;
  return photo;
}

/// Puts photos into zones so that some pairs come apart: every fourth asset follows its master only
/// much later.
class Filling {
 public:
  explicit Filling(Library& library) : library_(library) {}

  void add(Zone& zone, std::uint64_t i, Photo photo) {
    if (photo.asset.master == photo.master_name)
      zone.put(photo.master_name, std::move(photo.master), made_at);
    late_.push_back(
        {i + (i % 4 == 0 ? 150 : 0), zone.name(), asset_name(i), std::move(photo.asset)});
    if (is_one_of(i, 20, 0)) add_others(zone, i);
    release(i);
  }

  void finish() { release(std::uint64_t(-1)); }

  static std::string asset_name(std::uint64_t i) { return uuid_of(seed_of(seed + 4, i)); }

 private:
  struct Late {
    std::uint64_t due = 0;
    std::string zone;
    std::string name;
    Asset asset;
  };

  static void add_others(Zone& zone, std::uint64_t i) {
    constexpr std::array types{"CPLFaceCrop", "CPLPerson", "CPLMemory", "CPLSuggestion"};
    const auto* const type = types[i / 20 % types.size()];
    zone.put(uuid_of(seed_of(seed + 5, i)), Other{type}, made_at);
    zone.put(uuid_of(seed_of(seed + 6, i)), Removed{}, made_at);
    zone.put(uuid_of(seed_of(seed + 7, i)), Removed{}, made_at);
  }

  void release(std::uint64_t reached) {
    std::deque<Late> still_late;
    for (Late& late : late_) {
      if (late.due <= reached)
        library_.find(late.zone)->put(late.name, std::move(late.asset), made_at);
      else
        still_late.push_back(std::move(late));
    }
    late_ = std::move(still_late);
  }

  Library& library_;
  std::deque<Late> late_;
};

struct AlbumPlan {
  std::string_view title;
  std::string_view folder;  ///< one of the two below, or none
};

constexpr std::array album_plans{AlbumPlan{"Hawaii", "Travels"},
                                 AlbumPlan{"Kyōto", "Asia"},
                                 AlbumPlan{"Family", ""},
                                 AlbumPlan{"Family", ""},
                                 AlbumPlan{"Favorites", ""},
                                 AlbumPlan{"2019/2020", ""}};

std::string folder_name(std::string_view title) {
  return title.empty() ? std::string() : uuid_of(seed_of(seed + 8, title.size()));
}

/// Six albums, two of them in folders; each has some of the own library's first assets.
void add_albums(Zone& zone, std::uint64_t assets) {
  zone.put(folder_name("Travels"), Album{"Travels", AlbumType::folder, {}, 1, false}, made_at);
  zone.put(folder_name("Asia"),
           Album{"Asia", AlbumType::folder, folder_name("Travels"), 2, false},
           made_at);
  for (std::size_t k = 0; k < album_plans.size(); ++k) {
    const auto& plan = album_plans[k];
    const auto album = uuid_of(seed_of(seed + 9, k));
    zone.put(album,
             Album{std::string(plan.title),
                   AlbumType::album,
                   folder_name(plan.folder),
                   static_cast<std::int64_t>(10 + k),
                   false},
             made_at);
    for (std::uint64_t i = k; i < assets; i += 17 + k) {
      const auto asset = Filling::asset_name(i);
      if (zone.find(asset) == nullptr) continue;
      zone.put(membership_name(asset, album),
               Membership{asset, album, static_cast<std::int64_t>(1024 * (i + 1))},
               made_at);
    }
  }
}

}  // namespace

const std::vector<Resource>& previews() {
  static const std::vector<Resource> both = [] {
    MadeFile file;
    file.payload = 64;
    std::vector<Resource> made;
    for (const Slot slot : {Slot::preview, Slot::thumbnail})
      made.push_back(resource(slot, jpeg_type, file).value());
    return made;
  }();
  return both;
}

void begin(Library& library, Instant now) {
  Zone& own = library.own();
  own.put("----Root-Folder----", Album{{}, AlbumType::folder, {}, 0, false}, now);
  own.put("PrimarySync-0000-LI", LibraryInfo{}, now);
}

Result<> generate(Library& library, std::uint64_t assets) {
  constexpr std::uint64_t large_enough_to_share = 50;
  library.own().skip(forgotten_past);
  begin(library, made_at);
  if (assets >= large_enough_to_share)
    library.zones.emplace_back(
        Database::own, std::string(shared_zone_prefix) + uuid_of(seed), library.user);
  Filling filling(library);
  std::string previous_master;
  for (std::uint64_t i = 0; i < assets; ++i) {
    auto photo = TRY(make_photo(i, assets));
    if (is_one_of(i, hundred, 41)) photo.asset.master = previous_master;
    const bool shares_master = is_one_of(i, hundred, 40) || is_one_of(i, hundred, 41);
    const bool shared = library.zones.size() > 1 && is_one_of(i, 25, 9) && !shares_master;
    previous_master = photo.master_name;
    filling.add(shared ? library.zones.back() : library.own(), i, std::move(photo));
  }
  filling.finish();
  add_albums(library.own(), assets);
  return {};
}

}  // namespace keepsake::simulate::icloud
