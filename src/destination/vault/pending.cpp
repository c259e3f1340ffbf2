// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/pending.h"

#include "destination/vault/album_list.h"
#include "destination/vault/places.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace keepsake::destination::in_vault {

namespace {

constexpr ByteCount most_album_list{256 << 20};

/// Damage counts as none being there, where it was reckoned with; it is told of.
Result<> pass_over(const Pending::Tools& tools, const std::string& place, const Error& error) {
  if (!is_damage(error.cause)) return fail(error);
  if (tools.care == Care::where_changed) return fail(needs_repair(error));
  tools.warnings.push_back(place + " is damaged; what it alone told is lost: " + error.what);
  return {};
}

/// Fails if not all of a file's bytes can be had.
Result<> read_through(RandomAccess& file) {
  Bytes block(std::size_t{1} << 20U);
  for (std::uint64_t at = 0; at < file.size().value; at += block.size()) {
    const auto count = TRY(file.read_at(at, block));
    if (count == 0) return fail(Cause::corrupt, "it ends too early");
  }
  return {};
}

/// A file of ours below a tree, all of which can be read; null where there is none.
Result<std::unique_ptr<RandomAccess>> open_own(const Pending::Tools& tools,
                                               const std::optional<vault::BlobId>& base,
                                               const std::string& place) {
  std::unique_ptr<RandomAccess> none;
  if (!base) return none;
  const auto open = [&]() -> Result<std::unique_ptr<RandomAccess>> {
    const auto node = TRY(tools.folders.find(*base, place));
    if (!node) return std::unique_ptr<RandomAccess>();
    auto file = TRY(tools.repository.open_file(*node));
    TRY(read_through(*file));
    return file;
  };
  auto file = open();
  if (file) return file;
  TRY(pass_over(tools, place, file.error()));
  return none;
}

Result<std::string> text_of_own(const Pending::Tools& tools,
                                const std::optional<vault::BlobId>& base,
                                const std::string& place) {
  const auto file = TRY(open_own(tools, base, place));
  std::string text;
  if (!file) return text;
  if (file->size() > most_album_list)
    return fail(Cause::corrupt, "{} is larger than any of ours", place);
  text.resize(file->size().value);
  const auto count = TRY(file->read_at(0, std::as_writable_bytes(std::span<char>(text))));
  text.resize(count);
  return text;
}

/// The sources and what their folders hold, of a tree that may be damaged.
Result<std::vector<std::string>> sources_of(const Pending::Tools& tools,
                                            const std::optional<vault::BlobId>& base) {
  std::vector<std::string> none;
  if (!base) return none;
  auto sources = tools.folders.sources(*base);
  if (sources) return sources;
  TRY(pass_over(tools, "the list of sources", sources.error()));
  return none;
}

Result<std::vector<std::string>> months_of(const Pending::Tools& tools,
                                           const vault::BlobId& base,
                                           const std::string& source) {
  auto months = tools.folders.names_in(base, assets_of(source));
  if (months) return months;
  TRY(pass_over(tools, assets_of(source), months.error()));
  return std::vector<std::string>();
}

}  // namespace

void Pending::keep(const std::string& place, vault::Node node) { files_[place] = std::move(node); }

void Pending::remove(const records::FileRecord& record) {
  files_[place_in_vault(record.source_name, record.path)] = std::nullopt;
  const bool is_new = records_[{record.source_name, record.month}]
                          .insert_or_assign(record.path, std::nullopt)
                          .second;
  record_count_ += is_new ? 1 : 0;
}

void Pending::describe(const records::FileRecord& record, const Spot& at) {
  const bool is_new =
      records_[{record.source_name, record.month}].insert_or_assign(record.path, at).second;
  record_count_ += is_new ? 1 : 0;
  sources_[record.source_name] = record.asset.key.source;
}

void Pending::show(const Album& album) {
  albums_.push_back({album.titles, {}, {}, album.members});
  member_count_ += 1 + album.members.size();
}

void Pending::begin_records_anew() {
  records_.clear();
  record_count_ = 0;
  records_anew_ = true;
}

bool Pending::empty() const {
  return files_.empty() && records_.empty() && albums_.empty() && !records_anew_;
}

std::size_t Pending::weight() const {
  return records_anew_ ? 0 : files_.size() + record_count_ + member_count_;
}

const std::optional<vault::Node>* Pending::find(const std::string& place) const {
  const auto found = files_.find(place);
  return found == files_.end() ? nullptr : &found->second;
}

std::vector<std::string> Pending::sources() const {
  std::vector<std::string> names;
  names.reserve(sources_.size());
  for (const auto& [name, id] : sources_) names.push_back(name);
  return names;
}

Result<TreeEdit> Pending::write(const Tools& tools,
                                const std::optional<vault::BlobId>& base) const {
  TreeEdit edit;
  for (const auto& [place, node] : files_) {
    if (node) edit.put(place, *node);
    if (!node) edit.remove(place);
  }
  TRY(write_months(tools, base, edit));
  TRY(write_albums(tools, base, edit));
  TRY(write_sources(tools, edit));
  return edit;
}

Result<> Pending::write_months(const Tools& tools,
                               const std::optional<vault::BlobId>& base,
                               TreeEdit& edit) const {
  if (records_anew_ && base) {
    const auto sources = TRY(sources_of(tools, base));
    for (const std::string& source : sources) {
      const auto months = TRY(months_of(tools, *base, source));
      for (const std::string& month : months) edit.remove(assets_of(source) + "/" + month);
    }
  }
  for (const auto& [month, news] : records_) {
    const auto place = month_place(month.source, month.month);
    std::unique_ptr<RandomAccess> before;
    if (!records_anew_) before = TRY(open_own(tools, base, place));
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
  const auto before = TRY(sources_of(tools, base));
  sources.insert(before.begin(), before.end());
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
