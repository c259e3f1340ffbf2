// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/library_scan.h"

#include "base/text.h"
#include "media/facts.h"
#include "source/file_stream.h"
#include "source/photos_library/bundle.h"
#include "source/photos_library/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace keepsake::source::photos {

namespace {

constexpr std::size_t page = 1024;  // rows of memory read at once

/// Whatever the copy's own path, a person knows the library by the original.
Error of_database(Error error) {
  error.where = "database/Photos.sqlite";
  error.scope = Scope::source;
  return error;
}

bool is_media(media::Family family) {
  return family == media::Family::still || family == media::Family::raw ||
         family == media::Family::video;
}

const KnownFile* known_at(const KnownAsset& asset, std::string_view place) {
  const auto found = std::find_if(asset.files.begin(), asset.files.end(), [&](const auto& file) {
    return file.place == place;
  });
  return found == asset.files.end() ? nullptr : &*found;
}

/// Whether the library still means the bytes that it meant then.
bool is_same_state(const Member& member, const KnownFile& known) {
  return member.state == known.state || member.state.empty() || known.state.empty();
}

}  // namespace

Result<Listing> Listing::begin(sqlite::Database& database) {
  TRY(database.run("CREATE TEMP TABLE listed(id TEXT PRIMARY KEY) WITHOUT ROWID"));
  auto add = TRY(sqlite::Statement::prepare(
      database, "INSERT INTO listed VALUES(?) ON CONFLICT DO NOTHING RETURNING 1"));
  auto has = TRY(sqlite::Statement::prepare(database, "SELECT 1 FROM listed WHERE id = ?"));
  return Listing(std::move(add), std::move(has));
}

Result<bool> Listing::add(std::string_view id) {
  TRY(add_.bind(id));
  const bool added = TRY(add_.step());
  // A statement takes effect for good only at its end.
  if (added) TRY(add_.step());
  return added;
}

Result<bool> Listing::has(std::string_view id) {
  TRY(has_.bind(id));
  return has_.step();
}

Result<> LibraryScan::run() {
  auto copy =
      TRY(DatabaseCopy::take(places_.bundle(), work_, stop_).map_error(reaching(Scope::source)));
  TRY(refuse_damage(copy.database, copy.stamp).map_error(of_database));
  TRY(list(copy.database));
  TRY(memory_.note_listed(copy.stamp));
  return changes_.commit();
}

/// The check reads the whole file; what was found whole once is not checked again.
Result<> LibraryScan::refuse_damage(sqlite::Database& database, const std::string& stamp) {
  const auto listed = TRY(memory_.listed());
  if (listed == stamp) return {};
  const auto damage = TRY(database.damage());
  if (!damage) return {};
  return fail(Cause::corrupt,
              "the library's database is damaged ({}). Photos can repair it: hold Option and "
              "Command while it starts",
              *damage);
}

Result<> LibraryScan::list(sqlite::Database& database) {
  const auto model = TRY(Model::discover(database).map_error(of_database));
  TRY(warn_of(model));
  auto listing = TRY(Listing::begin(database));
  TRY(note_rows(database, model, listing));
  TRY(note_missing(listing));
  return reconcile(listing);
}

Result<> LibraryScan::warn_of(const Model& model) {
  const auto& version = model.version();
  if (!version) {
    changes_.warn("it does not say which model it is of; it is read as far as it is understood");
  } else if (*version > newest_tried_model) {
    changes_.warn(
        fmt::format("it was made by a newer Photos (model {}) than this program was tried with "
                    "({}); please check that albums and edits are all there",
                    *version,
                    newest_tried_model));
  }
  for (const std::string& what : model.lost())
    TRY(changes_.unreadable(
        what,
        Error{Cause::unsupported,
              "this library does not keep them in a way that is known; everything else is read",
              {},
              Scope::source}));
  return {};
}

Result<> LibraryScan::note_rows(sqlite::Database& database, const Model& model, Listing& listing) {
  auto rows = TRY(Rows::open(database, model).map_error(of_database));
  for (;;) {
    const auto assets = TRY(rows.next_page().map_error(of_database));
    if (assets.empty()) return {};
    for (const AssetRow& row : assets) {
      if (stop_.stop_requested()) return fail(Cause::cancelled, "interrupted");
      TRY(note_asset(row, rows, listing));
    }
    TRY(changes_.commit());
  }
}

Result<> LibraryScan::note_asset(const AssetRow& row, const Rows& rows, Listing& listing) {
  const auto unusable = [&](std::string_view why) {
    return changes_.unreadable(
        fmt::format(
            "photo {} of the database ({})", row.row, shown(row.original_name.value_or(""))),
        Error{Cause::corrupt, std::string(why), {}, Scope::asset});
  };
  if (!is_plain_id(row.uuid)) return unusable("its id is none: " + shown(row.uuid));
  const bool is_first = TRY(listing.add(row.uuid));
  if (!is_first) return unusable("another photo has the same id");
  auto asset = asset_of(row, rows.albums(), source_, now_);
  const auto known = TRY(memory_.asset(row.uuid));
  KnownAsset noted{asset.key.library, {}, {}};
  for (const Member& member : members_of(row)) {
    auto seen = look_at(member, asset, known);
    if (!seen && (seen.error().cause == Cause::absent || seen.error().cause == Cause::cancelled))
      return fail(seen.error());
    // What cannot be looked at is named; what is known of the photo stays as it is.
    if (!seen) return changes_.unreadable(row.uuid + " (" + shown(asset.name) + ")", seen.error());
    if (!*seen) continue;
    for (const std::string& warning : (*seen)->known.warnings)
      asset.warnings.push_back(shown((*seen)->rendition.name) + ": " + warning);
    asset.renditions.push_back(std::move((*seen)->rendition));
    noted.files.push_back(std::move((*seen)->known));
  }
  const KnownFile& original = noted.files.front();
  if (!asset.taken) asset.taken = original.taken;
  if (original.camera) asset.camera = original.camera;
  noted.told = sum_of(asset);
  if (known && known->told == noted.told && known->library == noted.library) return {};
  if (known && known->library != noted.library) TRY(changes_.gone(known->library, row.uuid));
  TRY(changes_.put(asset));
  return memory_.remember(row.uuid, noted);
}

Result<std::optional<LibraryScan::Seen>> LibraryScan::look_at(
    const Member& member, const photo::Asset& asset, const std::optional<KnownAsset>& known) {
  for (const std::string& place : member.places) {
    const auto file = TRY(places_.find(place));
    if (!file) continue;
    auto seen = TRY(found(member, *file, asset, known ? known_at(*known, file->place) : nullptr));
    return seen;
  }
  if (!member.expected) return std::nullopt;
  return missing(member, asset, known ? &*known : nullptr);
}

Result<LibraryScan::Seen> LibraryScan::found(const Member& member,
                                             const FoundFile& file,
                                             const photo::Asset& asset,
                                             const KnownFile* known) {
  Seen seen;
  photo::Rendition& rendition = seen.rendition;
  rendition.role = member.role;
  rendition.key = file.place;
  rendition.name = name_of(member, file.place, asset.name);
  const auto stamp = stamp_of(file.entry);
  rendition.size = ByteCount{stamp.size};
  rendition.source_version = to_text(stamp);
  rendition.modified = modified_of(stamp);
  rendition.apple_checksum = member.claim;
  const bool unchanged = known != nullptr && known->version == rendition.source_version;
  if (unchanged) seen.known = *known;
  if (!unchanged) seen.known = TRY(look_into(file, rendition.name));
  seen.known.place = file.place;
  seen.known.version = rendition.source_version;
  seen.known.state = member.state;
  rendition.unavailable = seen.known.hollow;
  return seen;
}

Result<KnownFile> LibraryScan::look_into(const FoundFile& file, const std::string& name) {
  KnownFile known;
  const auto opened = TRY(places_.open(file.place));
  auto facts = TRY(media::look(*opened, name, now_));
  if (is_outside(file.place) && !is_media(facts.family)) {
    // The library may say what it likes: not every file of this machine is a photo.
    known.hollow = Cause::not_found;
    known.warnings = {"what lies there is no picture or video; it was left alone"};
    return known;
  }
  if (!facts.by_content) known.hollow = TRY(why_hollow(*opened, file.entry));
  known.warnings = std::move(facts.warnings);
  known.taken = facts.taken;
  known.camera = std::move(facts.camera);
  return known;
}

/// A file that was there before and only went to the cloud, or was lost, is still the version that
/// it was: what is held of it stays held.
LibraryScan::Seen LibraryScan::missing(const Member& member,
                                       const photo::Asset& asset,
                                       const KnownAsset* known) {
  Seen seen;
  for (const std::string& place : member.places) {
    const KnownFile* before = known == nullptr ? nullptr : known_at(*known, place);
    if (before != nullptr && is_same_state(member, *before)) seen.known = *before;
    if (before != nullptr) break;
  }
  photo::Rendition& rendition = seen.rendition;
  if (seen.known.place.empty()) {
    seen.known.place =
        member.places.empty() ? std::string(photo::name(member.role)) : member.places.front();
    seen.known.version = "library " + member.state;
  }
  if (member.places.empty())
    seen.known.warnings = {"the library names a place for it where no file can be"};
  seen.known.state = member.state;
  rendition.role = member.role;
  rendition.key = seen.known.place;
  rendition.name = name_of(member, rendition.key, asset.name);
  rendition.size = ByteCount{static_cast<std::uint64_t>(std::max<std::int64_t>(member.size, 0))};
  rendition.source_version = seen.known.version;
  rendition.apple_checksum = member.claim;
  rendition.unavailable = member.if_missing;
  return seen;
}

/// What was reported once and is not in the database any more is gone.
Result<> LibraryScan::note_missing(Listing& listing) {
  std::string last;
  for (;;) {
    const auto reported = TRY(memory_.reported_after(last, page));
    for (const std::string& id : reported) {
      const bool listed = TRY(listing.has(id));
      if (listed) continue;
      const auto known = TRY(memory_.asset(id));
      if (known) TRY(changes_.gone(known->library, id));
      TRY(memory_.forget(id));
    }
    if (reported.size() < page) return {};
    last = reported.back();
  }
}

/// After the first whole listing that this memory knows: the catalog may know assets from before it
/// (after a rebuild) that are no longer there.
Result<> LibraryScan::reconcile(Listing& listing) {
  const auto listed_before = TRY(memory_.listed());
  if (listed_before) return {};
  return changes_.keep_only(
      [&](const std::string& /*library*/,
          const std::string& id,
          const std::vector<std::string>& /*keys*/) { return listing.has(id); });
}

}  // namespace keepsake::source::photos
