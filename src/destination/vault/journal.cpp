// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/journal.h"

#include "base/text.h"
#include "destination/lines.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace keepsake::destination::in_vault {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_fields = 4;

RelativePath journal_file() { return RelativePath::known("journal"); }

RelativePath held_file() { return RelativePath::known("journal.held"); }

std::string dump(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json node_object(const vault::Node& node) {
  Json object;
  object["modified"] = node.modified;
  object["size"] = node.size.value;
  object["content"] = Json::array();
  for (const vault::BlobId& id : node.content) object["content"].push_back(id.hex());
  return object;
}

std::optional<vault::Node> node_in(std::string_view text) {
  const auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  vault::Node node;
  try {
    node.modified = object.at("modified").get<std::string>();
    node.size = ByteCount{object.at("size").get<std::uint64_t>()};
    for (const Json& text_of_id : object.at("content")) {
      const auto id = vault::BlobId::from_hex(text_of_id.get<std::string>());
      if (!id) return std::nullopt;
      node.content.push_back(*id);
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return node;
}

Json album_object(const Album& album) {
  Json object;
  object["titles"] = album.titles;
  object["members"] = Json::array();
  for (const AlbumMember& member : album.members)
    object["members"].push_back({member.source, shown(member.id)});
  return object;
}

std::optional<Album> album_in(std::string_view text) {
  const auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  Album album;
  try {
    album.titles = object.at("titles").get<std::vector<std::string>>();
    for (const Json& member : object.at("members"))
      album.members.push_back(
          {member.at(0).get<std::string>(), unshown(member.at(1).get<std::string>())});
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return album;
}

/// A line's fields and where each begins.
struct Fields {
  std::array<std::string_view, most_fields> text;
  std::array<std::size_t, most_fields> at{};
  std::size_t count = 0;
};

Fields fields_of(std::string_view line) {
  Fields fields;
  std::size_t at = 0;
  while (fields.count < most_fields) {
    const auto end = std::min(line.find('\t', at), line.size());
    fields.text[fields.count] = line.substr(at, end - at);
    fields.at[fields.count++] = at;
    if (end == line.size()) break;
    at = end + 1;
  }
  return fields;
}

Result<> read_entries(os::Folder& state,
                      const RelativePath& journal,
                      const Journal::Reader& reader) {
  auto opened = state.open(journal, os::Reading::cached);
  if (!opened && opened.error().cause == Cause::not_found) return {};
  if (!opened) return fail(std::move(opened).error());
  LineReader lines(*std::move(opened));
  for (;;) {
    const auto begin = lines.position();
    const auto line = TRY(lines.next());
    if (!line) return {};
    const auto fields = fields_of(*line);
    const auto spot = [&](std::size_t field) {
      return Spot{begin + fields.at[field], static_cast<std::uint32_t>(fields.text[field].size())};
    };
    if (fields.text[0] == "file" && fields.count >= 3) {
      const auto node = node_in(fields.text[1]);
      if (!node) continue;
      Journal::File file{*node, std::string(fields.text[2]), spot(2), std::nullopt, {}};
      if (fields.count > 3) {
        file.aside = fields.text[3];
        file.aside_at = spot(3);
      }
      TRY(reader.file(file));
    } else if (fields.text[0] == "record" && fields.count == 2 && reader.record) {
      TRY(reader.record(std::string(fields.text[1]), spot(1)));
    } else if (fields.text[0] == "album" && fields.count == 2 && reader.album) {
      const auto album = album_in(fields.text[1]);
      if (album) TRY(reader.album(*album));
    }
  }
}

/// Adds all of one file to another, durably, from a new line on.
Result<> add_file_to(os::Folder& state, const RelativePath& from, const RelativePath& to) {
  const auto in = TRY(state.open(from, os::Reading::cached));
  Bytes block(std::size_t{1} << 20U);
  TRY(state.append(to, bytes_of("\n")));
  for (;;) {
    const auto count = TRY(in->read(block));
    if (count == 0) return {};
    TRY(state.append(to, ByteView(block).first(count)));
  }
}

}  // namespace

Result<bool> Journal::exists() const {
  for (const auto& file : {journal_file(), held_file()}) {
    const auto there = TRY(state_.look(file));
    if (there) return true;
  }
  return false;
}

Result<> Journal::read(const Reader& reader) {
  return read_entries(state_, journal_file(), reader);
}

Result<> Journal::read_held(const std::function<Result<>(const File&)>& file) {
  return read_entries(state_, held_file(), {file, nullptr, nullptr});
}

/// After an append that failed, whatever it left is ended by a newline.
Result<> Journal::begin() {
  gathered_.clear();
  if (size_) return {};
  const auto there = TRY(state_.look(journal_file()));
  size_ = there ? there->size.value : 0;
  if (*size_ > 0) gathered_ = "\n";
  return {};
}

void Journal::add_text(std::string_view text, Spot& at) {
  at = {size_.value_or(0) + gathered_.size(), static_cast<std::uint32_t>(text.size())};
  gathered_ += text;
}

void Journal::add_file(const vault::Node& node,
                       const records::FileRecord& record,
                       const std::optional<records::FileRecord>& aside,
                       Spot& record_at,
                       Spot& aside_at) {
  gathered_ += "file\t" + dump(node_object(node)) + "\t";
  add_text(records::to_line(record), record_at);
  if (aside) {
    gathered_ += '\t';
    add_text(records::to_line(*aside), aside_at);
  }
  gathered_ += '\n';
}

void Journal::add_record(const records::FileRecord& record, Spot& at) {
  gathered_ += "record\t";
  add_text(records::to_line(record), at);
  gathered_ += '\n';
}

void Journal::add_album(const Album& album) {
  gathered_ += "album\t" + dump(album_object(album)) + "\n";
}

Result<> Journal::append() {
  const auto size = std::exchange(size_, std::nullopt).value_or(0);
  TRY(state_.append(journal_file(), bytes_of(gathered_)));
  size_ = size + gathered_.size();
  gathered_.clear();
  return {};
}

Result<std::string> Journal::line_at(const Spot& spot) {
  if (!reading_) reading_ = TRY(state_.open(journal_file(), os::Reading::cached));
  std::string line(spot.length, '\0');
  const auto count =
      TRY(reading_->read_at(spot.offset, std::as_writable_bytes(std::span<char>(line))));
  if (count != line.size())
    return fail(Cause::corrupt, "the journal of this vault's runs was cut off by somebody else");
  return line;
}

Result<> Journal::begin_anew() {
  TRY(state_.sync(RelativePath()));
  size_ = 0;
  return {};
}

/// Interrupted, it does the same again the next time: that an entry stands there twice is no harm.
Result<> Journal::hold() {
  reading_.reset();
  size_.reset();
  const auto there = TRY(state_.look(journal_file()));
  const auto held = TRY(state_.look(held_file()));
  if (there && !held) {
    TRY(state_.rename(journal_file(), held_file(), os::Existing::keep));
  } else if (there) {
    TRY(add_file_to(state_, journal_file(), held_file()));
    TRY(state_.remove(journal_file()));
  }
  return begin_anew();
}

Result<> Journal::settle() {
  const auto held = TRY(state_.look(held_file()));
  if (!held) return {};
  TRY(state_.remove(held_file()));
  return state_.sync(RelativePath());
}

Result<> Journal::remove() {
  reading_.reset();
  size_.reset();
  TRY(state_.remove(journal_file()));
  return begin_anew();
}

}  // namespace keepsake::destination::in_vault
