// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/pending.h"

#include "destination/vault/album_list.h"
#include "destination/vault/places.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace keepsake::destination::in_vault {

namespace {

constexpr ByteCount most_album_list{256 << 20};

bool is_damage(const Error& error) {
  return error.cause == Cause::corrupt || error.cause == Cause::not_found;
}

/// A file of ours below a tree, or null where there is none. One that is damaged counts as none,
/// and is told of.
Result<std::unique_ptr<RandomAccess>> open_own(const Pending::Tools& tools,
                                               const std::optional<vault::BlobId>& base,
                                               const std::string& place) {
  std::unique_ptr<RandomAccess> none;
  if (!base) return none;
  const auto node = tools.folders.find(*base, place);
  if (!node && !is_damage(node.error())) return fail(node.error());
  if (!node || !*node) return none;
  auto file = tools.repository.open_file(**node);
  if (file) return file;
  if (!is_damage(file.error())) return file;
  tools.warnings.push_back(place + " is damaged: " + file.error().what);
  return none;
}

/// Whether all of a file's bytes can be had.
Result<bool> reads_well(RandomAccess& file) {
  Bytes block(std::size_t{1} << 20U);
  for (std::uint64_t at = 0; at < file.size().value; at += block.size()) {
    const auto count = file.read_at(at, block);
    if (!count && is_damage(count.error())) return false;
    if (!count) return fail(count.error());
  }
  return true;
}

Result<std::string> text_of_own(const Pending::Tools& tools,
                                const std::optional<vault::BlobId>& base,
                                const std::string& place) {
  const auto file = TRY(open_own(tools, base, place));
  std::string text;
  if (!file || file->size() > most_album_list) return text;
  text.resize(file->size().value);
  const auto count = file->read_at(0, std::as_writable_bytes(std::span<char>(text)));
  if (!count && !is_damage(count.error())) return fail(count.error());
  if (!count) {
    tools.warnings.push_back(place + " is damaged: " + count.error().what);
    text.clear();
  }
  return text;
}

}  // namespace

void Pending::keep(const std::string& place, vault::Node node) { files_[place] = std::move(node); }

void Pending::describe(const records::FileRecord& record, const Spot& at) {
  records_[{record.source_name, record.month}][record.path] = at;
  sources_[record.source_name] = record.asset.key.source;
}

void Pending::show(const Album& album) { albums_.push_back(album); }

void Pending::begin_records_anew() {
  records_.clear();
  records_anew_ = true;
}

bool Pending::empty() const {
  return files_.empty() && records_.empty() && albums_.empty() && !records_anew_;
}

const vault::Node* Pending::find(const std::string& place) const {
  const auto found = files_.find(place);
  return found == files_.end() ? nullptr : &found->second;
}

std::vector<std::string> Pending::sources() const {
  std::vector<std::string> names;
  for (const auto& [name, id] : sources_) names.push_back(name);
  return names;
}

Result<TreeEdit> Pending::write(const Tools& tools,
                                const std::optional<vault::BlobId>& base) const {
  TreeEdit edit;
  for (const auto& [place, node] : files_) edit.put(place, node);
  TRY(write_months(tools, base, edit));
  TRY(write_albums(tools, base, edit));
  TRY(write_sources(tools, edit));
  return edit;
}

Result<> Pending::write_months(const Tools& tools,
                               const std::optional<vault::BlobId>& base,
                               TreeEdit& edit) const {
  if (records_anew_ && base) {
    const auto sources = tools.folders.sources(*base);
    if (!sources && !is_damage(sources.error())) return fail(sources.error());
    for (const std::string& source : sources.value_or(std::vector<std::string>())) {
      const auto months = tools.folders.names_in(*base, assets_of(source));
      if (!months && !is_damage(months.error())) return fail(months.error());
      for (const std::string& month : months.value_or(std::vector<std::string>()))
        edit.remove(assets_of(source) + "/" + month);
    }
  }
  for (const auto& [month, news] : records_) {
    const auto place = month_place(month.source, month.month);
    std::unique_ptr<RandomAccess> before;
    if (!records_anew_) before = TRY(open_own(tools, base, place));
    bool whole = true;
    if (before) whole = TRY(reads_well(*before));
    if (!whole) {
      tools.warnings.push_back(place + " is damaged; what it alone told is lost");
      before.reset();
    }
    auto node = TRY(write_month(std::move(before), news, tools.journal, tools.writer));
    edit.put(place, std::move(node));
  }
  return {};
}

Result<> Pending::write_albums(const Tools& tools,
                               const std::optional<vault::BlobId>& base,
                               TreeEdit& edit) const {
  if (albums_.empty()) return {};
  std::set<std::string> sources;
  for (const Album& album : albums_)
    for (const AlbumMember& member : album.members) sources.insert(member.source);
  if (base) {
    const auto before = tools.folders.sources(*base);
    if (!before && !is_damage(before.error())) return fail(before.error());
    if (before) sources.insert(before->begin(), before->end());
  }
  for (const std::string& source : sources) {
    const auto place = own_place(source, albums_file);
    const auto text = TRY(text_of_own(tools, base, place));
    auto list = AlbumList::parse(text);
    for (const Album& album : albums_) {
      std::vector<std::string> assets;
      for (const AlbumMember& member : album.members)
        if (member.source == source) assets.push_back(member.id);
      list.show(album.titles, std::move(assets));
    }
    if (text.empty() && list.empty()) continue;
    const auto now = list.to_json();
    if (now == text) continue;
    auto node = TRY(write_own_file(now, tools.writer));
    edit.put(place, std::move(node));
  }
  return {};
}

Result<> Pending::write_sources(const Tools& tools, TreeEdit& edit) const {
  for (const auto& [name, id] : sources_) {
    nlohmann::ordered_json object;
    object["format"] = "keepsake-source";
    object["version"] = 1;
    object["id"] = id.hex();
    object["name"] = name;
    object["catalog"] = tools.identity.catalog.hex();
    object["zone"] = tools.identity.zone;
    auto node = TRY(write_own_file(object.dump() + "\n", tools.writer));
    edit.put(own_place(name, source_file), std::move(node));
  }
  return {};
}

}  // namespace keepsake::destination::in_vault
