// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/memory.h"

#include "base/time.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t page = 1024;  // rows read at once
constexpr char parting = '\0';

/// The part of a key after the last parting.
std::string last_part(std::string_view key) {
  return std::string(key.substr(key.rfind(parting) + 1));
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Calls back for every row of a prefix; it may erase the row that it is given.
template <class Take>
Result<> each_row(Memory& memory, std::string_view prefix, Take take) {
  std::string last;
  for (;;) {
    const auto rows = TRY(memory.after(last, prefix, page));
    if (rows.empty()) return {};
    for (const Memory::Row& row : rows) TRY(take(row));
    last = rows.back().key;
  }
}

/// Of a row of members, whose keys begin with `prefix`.
MemberRecord member_of(const Memory::Row& row, std::string_view prefix) {
  const auto end = row.key.rfind(parting);
  return {row.key.substr(prefix.size(), end - prefix.size()), last_part(row.key)};
}

std::string text_of(const AlbumRecord& album) {
  return nlohmann::json{
      {"title", album.title}, {"parent", album.parent}, {"kind", static_cast<int>(album.kind)}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

AlbumRecord album_in(std::string name, std::string_view text) {
  AlbumRecord album;
  album.name = std::move(name);
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return album;
  album.title = object.value("title", "");
  album.parent = object.value("parent", "");
  album.kind = static_cast<AlbumRecord::Kind>(object.value("kind", 0));
  return album;
}

}  // namespace

Result<std::optional<std::string>> AccountMemory::token(Database database) {
  return memory_.get("t" + std::string(name(database)));
}

Result<> AccountMemory::note_token(Database database, std::string_view token) {
  return memory_.put("t" + std::string(name(database)), token);
}

Result<> AccountMemory::forget_token(Database database) {
  return memory_.erase("t" + std::string(name(database)));
}

Result<std::optional<Instant>> AccountMemory::moment(std::string_view key) {
  const auto text = TRY(memory_.get(key));
  return text ? parse_instant(*text) : std::nullopt;
}

Result<std::optional<Instant>> AccountMemory::last_storage_look() { return moment("y"); }

Result<> AccountMemory::note_storage_look(Instant when) {
  return memory_.put("y", to_rfc3339(when));
}

Result<std::optional<Instant>> AccountMemory::last_album_look() { return moment("s"); }

Result<> AccountMemory::note_album_look(Instant when) { return memory_.put("s", to_rfc3339(when)); }

Result<std::map<std::string, std::string>> AccountMemory::shared_albums() {
  std::map<std::string, std::string> tags;
  TRY(each_row(memory_, "e", [&](const Memory::Row& row) -> Result<> {
    tags.emplace(row.key.substr(1), row.value);
    return {};
  }));
  return tags;
}

Result<> AccountMemory::note_shared_album(std::string_view id, std::string_view tag) {
  return memory_.put("e" + std::string(id), tag);
}

Result<> AccountMemory::forget_shared_album(std::string_view id) {
  return memory_.erase("e" + std::string(id));
}

std::string LibraryMemory::key(char table, std::initializer_list<std::string_view> parts) const {
  std::string key = table + library_;
  for (const std::string_view part : parts) {
    key += parting;
    key += part;
  }
  return key;
}

Result<> LibraryMemory::erase_all(std::string_view prefix) {
  return each_row(memory_, prefix, [&](const Memory::Row& row) { return memory_.erase(row.key); });
}

Result<> LibraryMemory::forget() {
  for (const char table : {'a', 'm', 'w', 'p', 'f', 'n', 'd', 'r'})
    TRY(erase_all(key(table, {""})));
  for (const char table : {'z', 'g'}) TRY(memory_.erase(key(table, {})));
  return {};
}

Result<std::optional<std::string>> LibraryMemory::token() { return memory_.get(key('z', {})); }

Result<> LibraryMemory::note_token(std::string_view token) {
  return memory_.put(key('z', {}), token);
}

Result<> LibraryMemory::forget_token() { return memory_.erase(key('z', {})); }

Result<std::int64_t> LibraryMemory::listing() {
  const auto text = TRY(memory_.get(key('g', {})));
  return text ? number_in(*text) : 0;
}

Result<> LibraryMemory::note_listing(std::int64_t number) {
  return memory_.put(key('g', {}), std::to_string(number));
}

Result<std::optional<LibraryMemory::KnownAsset>> LibraryMemory::asset(std::string_view name) {
  const auto text = TRY(memory_.get(key('a', {name})));
  if (!text) return std::nullopt;
  const auto blank = text->find(' ');
  if (blank == std::string::npos) return KnownAsset{number_in(*text), {}};
  return KnownAsset{number_in(*text), text->substr(blank + 1)};
}

Result<> LibraryMemory::remember(std::string_view asset, const KnownAsset& known) {
  const auto before = TRY(this->asset(asset));
  if (before && before->master != known.master)
    TRY(memory_.erase(key('m', {before->master, asset})));
  if (!before || before->master != known.master)
    TRY(memory_.put(key('m', {known.master, asset}), ""));
  if (before && before->master == known.master && before->listing == known.listing) return {};
  return memory_.put(key('a', {asset}), std::to_string(known.listing) + " " + known.master);
}

Result<> LibraryMemory::forget_asset(std::string_view name) {
  const auto known = TRY(asset(name));
  if (known) TRY(memory_.erase(key('m', {known->master, name})));
  TRY(memory_.erase(key('a', {name})));
  TRY(memory_.erase(key('d', {name})));
  TRY(memory_.erase(key('r', {name})));
  return erase_all(key('n', {name, ""}));
}

Result<std::vector<std::string>> LibraryMemory::assets_of(std::string_view master) {
  std::vector<std::string> assets;
  TRY(each_row(memory_, key('m', {master, ""}), [&](const Memory::Row& row) -> Result<> {
    assets.push_back(last_part(row.key));
    return {};
  }));
  return assets;
}

Result<> LibraryMemory::keep_waiting(const AssetRecord& asset) {
  return memory_.put(key('w', {asset.master, asset.name}), asset.text);
}

Result<std::vector<AssetRecord>> LibraryMemory::waiting_for(std::string_view master) {
  std::vector<AssetRecord> assets;
  TRY(each_row(memory_, key('w', {master, ""}), [&](const Memory::Row& row) -> Result<> {
    assets.push_back({last_part(row.key), std::string(master), row.value});
    return {};
  }));
  return assets;
}

Result<std::vector<AssetRecord>> LibraryMemory::waiting(std::size_t most) {
  const auto prefix = key('w', {""});
  const auto rows = TRY(memory_.after("", prefix, most));
  std::vector<AssetRecord> assets;
  for (const Memory::Row& row : rows) {
    const auto end = row.key.rfind(parting);
    assets.push_back(
        {last_part(row.key), row.key.substr(prefix.size(), end - prefix.size()), row.value});
  }
  return assets;
}

Result<> LibraryMemory::stop_waiting(const AssetRecord& asset) {
  return memory_.erase(key('w', {asset.master, asset.name}));
}

Result<> LibraryMemory::keep_alone(const MasterRecord& master) {
  return memory_.put(key('p', {master.name}), master.text);
}

Result<std::optional<std::string>> LibraryMemory::alone(std::string_view master) {
  return memory_.get(key('p', {master}));
}

Result<> LibraryMemory::no_longer_alone(std::string_view master) {
  return memory_.erase(key('p', {master}));
}

Result<LibraryMemory::Albums> LibraryMemory::albums() {
  Albums albums;
  TRY(each_row(memory_, key('f', {""}), [&](const Memory::Row& row) -> Result<> {
    auto name = last_part(row.key);
    auto album = album_in(name, row.value);
    albums.emplace(std::move(name), std::move(album));
    return {};
  }));
  return albums;
}

Result<> LibraryMemory::remember_album(const AlbumRecord& album) {
  return memory_.put(key('f', {album.name}), text_of(album));
}

Result<> LibraryMemory::forget_album(std::string_view name) {
  return memory_.erase(key('f', {name}));
}

Result<std::vector<std::string>> LibraryMemory::albums_of(std::string_view asset) {
  std::vector<std::string> albums;
  TRY(each_row(memory_, key('n', {asset, ""}), [&](const Memory::Row& row) -> Result<> {
    albums.push_back(last_part(row.key));
    return {};
  }));
  return albums;
}

Result<> LibraryMemory::remember_member(const MemberRecord& member, std::int64_t listing) {
  return memory_.put(key('n', {member.asset, member.album}), std::to_string(listing));
}

Result<> LibraryMemory::forget_member(const MemberRecord& member) {
  return memory_.erase(key('n', {member.asset, member.album}));
}

Result<> LibraryMemory::each_member_not_seen_by(std::int64_t listing,
                                                const std::function<Result<>(MemberRecord)>& take) {
  const auto prefix = key('n', {""});
  return each_row(memory_, prefix, [&](const Memory::Row& row) -> Result<> {
    return number_in(row.value) == listing ? Result<>() : take(member_of(row, prefix));
  });
}

Result<> LibraryMemory::forget_albums() { return erase_all(key('f', {""})); }

Result<> LibraryMemory::mark_members(const std::optional<std::string>& album) {
  const auto prefix = key('n', {""});
  return each_row(memory_, prefix, [&](const Memory::Row& row) -> Result<> {
    const auto member = member_of(row, prefix);
    return album && member.album != *album ? Result<>() : mark(member.asset);
  });
}

Result<> LibraryMemory::mark(std::string_view asset) {
  const auto known = TRY(this->asset(asset));
  return known ? memory_.put(key('d', {asset}), "") : Result<>();
}

Result<> LibraryMemory::unmark(std::string_view asset) { return memory_.erase(key('d', {asset})); }

Result<std::vector<std::string>> LibraryMemory::marked(std::size_t most) {
  return assets_in('d', most);
}

Result<> LibraryMemory::note_return(std::string_view asset) {
  return memory_.put(key('r', {asset}), "");
}

Result<> LibraryMemory::forget_return(std::string_view asset) {
  return memory_.erase(key('r', {asset}));
}

Result<std::vector<std::string>> LibraryMemory::returned(std::size_t most) {
  return assets_in('r', most);
}

Result<std::vector<std::string>> LibraryMemory::assets_in(char table, std::size_t most) {
  const auto rows = TRY(memory_.after("", key(table, {""}), most));
  std::vector<std::string> assets;
  assets.reserve(rows.size());
  for (const Memory::Row& row : rows) assets.push_back(last_part(row.key));
  return assets;
}

}  // namespace keepsake::source::icloud
