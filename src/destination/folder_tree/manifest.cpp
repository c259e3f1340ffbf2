// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/manifest.h"

#include "base/task_scope.h"
#include "destination/folder_tree/layout.h"
#include "destination/lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

namespace keepsake::destination::tree {

namespace {

constexpr std::string_view confirmation = "-- done";
constexpr std::string_view moved = "-- moved from ";  // then a path as JSON, of the next record
constexpr std::string_view removed = "-- removed ";   // then ["<month>","<path>"]
constexpr std::string_view record_begin = R"({"path":)";
constexpr std::size_t digest_digits = 64;

RelativePath own(std::string_view path) { return RelativePath::known(path); }

Result<std::optional<LineReader>> open_lines(os::Folder& folder, const RelativePath& file) {
  auto opened = folder.open(file, os::Reading::cached);
  if (!opened && opened.error().cause == Cause::not_found) return std::nullopt;
  if (!opened) return fail(std::move(opened).error());
  return LineReader(*std::move(opened));
}

struct Removal {
  std::string month;
  std::string path;
};

std::optional<Removal> removal_in(std::string_view line) {
  if (!line.starts_with(removed)) return std::nullopt;
  const auto parts = nlohmann::json::parse(line.substr(removed.size()), nullptr, false);
  if (!parts.is_array() || parts.size() != 2 || !parts[0].is_string() || !parts[1].is_string())
    return std::nullopt;
  Removal removal{parts[0].get<std::string>(), parts[1].get<std::string>()};
  if (!records::is_month(removal.month) || !RelativePath::parse(removal.path)) return std::nullopt;
  return removal;
}

}  // namespace

std::optional<std::string> path_in_removal(std::string_view line) {
  auto removal = removal_in(line);
  return removal ? std::optional(std::move(removal->path)) : std::nullopt;
}

std::optional<std::string> path_in_record(std::string_view line) {
  if (!line.starts_with(record_begin) || !line.ends_with('}')) return std::nullopt;
  auto end = record_begin.size() + 1;
  while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
  if (end >= line.size()) return std::nullopt;
  const auto quoted = line.substr(record_begin.size(), end + 1 - record_begin.size());
  const auto text = nlohmann::json::parse(quoted, nullptr, false);
  if (!text.is_string()) return std::nullopt;
  return text.get<std::string>();
}

std::optional<std::string> path_in_sum(std::string_view line) {
  if (line.size() < digest_digits + 3 || line.substr(digest_digits, 2) != "  ") return std::nullopt;
  return std::string(line.substr(digest_digits + 2));
}

std::string_view digest_in_sum(std::string_view line) { return line.substr(0, digest_digits); }

std::string Manifest::removal(std::string_view month, std::string_view path) {
  return std::string(removed) + nlohmann::json::array({month, path}).dump();
}

Result<> Manifest::intend(const std::vector<Intent>& intents) {
  std::string block;
  for (const Intent& intent : intents) {
    if (intent.moved_from)
      block += std::string(moved) + nlohmann::json(*intent.moved_from).dump() + "\n";
    block += intent.line + "\n";
  }
  journal_size_ += ByteCount{block.size()};
  return folder_.append(own(journal), bytes_of(block));
}

Result<> Manifest::confirm() {
  return folder_.append(own(journal), bytes_of(std::string(confirmation) + "\n"));
}

Result<Manifest::Journal> Manifest::read_journal() {
  Journal found;
  auto lines = TRY(open_lines(folder_, own(journal)));
  if (!lines) return found;
  std::optional<std::string> moved_from;
  for (;;) {
    auto line = TRY(lines->next());
    if (!line) break;
    if (*line == confirmation) {
      for (Intent& intent : found.intended) found.confirmed.push_back(std::move(intent.line));
      found.intended.clear();
    } else if (line->starts_with(moved)) {
      const auto path = nlohmann::json::parse(line->substr(moved.size()), nullptr, false);
      if (path.is_string()) moved_from = path.get<std::string>();
    } else if (path_in_record(*line) || removal_in(*line)) {
      found.intended.push_back({*std::move(line), std::exchange(moved_from, std::nullopt)});
    }
  }
  found.torn = lines->torn();
  return found;
}

Result<> Manifest::merge() {
  const auto there = TRY(folder_.look(own(journal)));
  if (!there) return {};
  const auto found = TRY(read_journal());
  if (!found.intended.empty()) return {};
  std::map<std::string, Lines> months;
  Lines digests;
  for (const std::string& line : found.confirmed) {
    if (const auto removal = removal_in(line)) {
      months[removal->month][removal->path] = std::nullopt;
      digests[removal->path] = std::nullopt;
      continue;
    }
    const auto record = records::parse_line(line);
    if (!record) continue;
    months[record->month][record->path] = line;
    digests[record->path] = record->content().sha256.hex() + "  " + record->path;
  }
  if (months.empty()) return empty_journal();
  TRY(folder_.make_folders(own(manifest_folder)));
  TRY(folder_.make_folders(own(work_folder)));
  std::vector<decltype(months)::const_iterator> in_order;
  for (auto month = months.cbegin(); month != months.cend(); ++month) in_order.push_back(month);
  TRY(do_at_once(folder_.at_once(), in_order.size(), [&](std::size_t i) {
    return merge_month(in_order[i]->first, in_order[i]->second);
  }));
  TRY(merge_sums(digests));
  return empty_journal();
}

Result<> Manifest::merge_month(const std::string& month, const Lines& news) {
  return merge_file(
      own(manifest_folder) / (month + ".jsonl"), manifest_header, news, &path_in_record);
}

Result<> Manifest::merge_sums(const Lines& news) {
  return merge_file(own(sums), {}, news, &path_in_sum);
}

/// Old lines and news, both in the order of paths, into a new file; news win, removals too. Old
/// lines that cannot be read are left out.
Result<> Manifest::merge_file(const RelativePath& file,
                              std::string_view header,
                              const Lines& news,
                              PathOf path_of) {
  const auto work = own(work_folder) / fmt::format("merge-{}", ++merged_files_);
  auto old = TRY(open_lines(folder_, file));
  const auto out = TRY(folder_.create(work, ByteCount{}));
  LineWriter writer([&](ByteView block) { return out->write(block); });
  if (!header.empty()) TRY(writer.add(header));
  auto next = news.begin();
  const auto add_next = [&]() -> Result<> {
    const auto& line = (next++)->second;
    return line ? writer.add(*line) : Result<>();
  };
  while (old) {
    const auto line = TRY(old->next());
    if (!line) break;
    const auto path = path_of(*line);
    if (!path) continue;
    while (next != news.end() && next->first < *path) TRY(add_next());
    const bool replaced = next != news.end() && next->first == *path;
    if (!replaced) TRY(writer.add(*line));
  }
  while (next != news.end()) TRY(add_next());
  TRY(writer.flush());
  TRY(out->finish(std::nullopt));
  TRY(folder_.rename(work, file, os::Existing::replace));
  return folder_.sync(file.folder());
}

Result<> Manifest::empty_journal() {
  TRY(folder_.remove(own(journal)));
  journal_size_ = ByteCount{};
  return folder_.sync(own(own_folder));
}

std::vector<std::string> Manifest::in_force(const std::vector<std::string>& lines) {
  std::set<std::string> gone;
  std::vector<std::string> left;
  for (const std::string& line : std::views::reverse(lines)) {
    if (auto removal = removal_in(line)) gone.insert(std::move(removal->path));
    const auto path = path_in_record(line);
    if (path && !gone.contains(*path)) left.push_back(line);
  }
  std::reverse(left.begin(), left.end());
  return left;
}

Result<std::size_t> Manifest::each_line(const std::function<Result<>(std::string_view)>& take) {
  std::size_t unreadable = 0;
  const auto found = TRY(read_journal());
  std::set<std::string> gone;
  for (const std::string& line : found.confirmed)
    if (auto removal = removal_in(line)) gone.insert(std::move(removal->path));
  const auto months = folder_.list(own(manifest_folder));
  if (!months && months.error().cause != Cause::not_found) return fail(months.error());
  for (const os::Entry& month : months.value_or(std::vector<os::Entry>())) {
    if (month.type != os::Entry::Type::file || extension_of(month.name) != "jsonl") continue;
    auto lines = TRY(open_lines(folder_, own(manifest_folder) / month.name));
    for (bool first = true; lines; first = false) {
      const auto line = TRY(lines->next());
      if (!line) break;
      if (first && *line == manifest_header) continue;
      const auto path = gone.empty() ? std::nullopt : path_in_record(*line);
      if (path && gone.contains(*path)) continue;
      const auto result = take(*line);
      if (!result && result.error().cause != Cause::corrupt) return fail(result.error());
      if (!result) ++unreadable;
    }
    if (lines && lines->torn()) ++unreadable;
  }
  for (const std::string& line : in_force(found.confirmed)) {
    const auto result = take(line);
    if (!result && result.error().cause != Cause::corrupt) return fail(result.error());
    if (!result) ++unreadable;
  }
  return unreadable;
}

Result<bool> Manifest::each_sum(
    const std::function<Result<>(std::string_view path, std::string_view sha256)>& take) {
  const auto unmerged = TRY(folder_.look(own(journal)));
  if (unmerged) return false;
  auto lines = TRY(open_lines(folder_, own(sums)));
  while (lines) {
    const auto line = TRY(lines->next());
    if (!line) break;
    const auto path = path_in_sum(*line);
    TRY(take(path.value_or(std::string()), path ? digest_in_sum(*line) : std::string_view(*line)));
  }
  if (lines && lines->torn()) TRY(take({}, "a torn last line"));
  return true;
}

Result<> Manifest::begin_anew() {
  const auto months = folder_.list(own(manifest_folder));
  if (months) {
    for (const os::Entry& month : *months) TRY(folder_.remove(own(manifest_folder) / month.name));
  } else if (months.error().cause != Cause::not_found) {
    return fail(months.error());
  }
  TRY(folder_.remove(own(sums)));
  return empty_journal();
}

}  // namespace keepsake::destination::tree
