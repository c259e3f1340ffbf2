// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/month_file.h"

#include "destination/folder_tree/manifest.h"
#include "destination/lines.h"
#include "destination/vault/places.h"

#include <utility>

namespace keepsake::destination::in_vault {

namespace {

constexpr std::string_view own_time = "1980-01-01T00:00:00Z";

vault::Node own_node(vault::StoredFile stored) {
  vault::Node node;
  node.modified = own_time;
  node.size = stored.size;
  node.content = std::move(stored.content);
  return node;
}

}  // namespace

Result<vault::Node> write_month(std::unique_ptr<RandomAccess> before,
                                const News& news,
                                Journal& journal,
                                vault::Writer& writer) {
  const auto file = TRY(writer.open_file(ByteCount{}, vault::Sum::none));
  LineWriter out([&](ByteView block) { return file->write(block); });
  TRY(out.add(records_header));
  auto next = news.begin();
  const auto add_next = [&]() -> Result<> {
    const auto& spot = (next++)->second;
    if (!spot) return {};
    const auto line = TRY(journal.line_at(*spot));
    return out.add(line);
  };
  const auto merge = [&](std::string_view line) -> Result<> {
    const auto path = tree::path_in_record(line);
    if (!path) return {};
    while (next != news.end() && next->first < *path) TRY(add_next());
    const bool replaced = next != news.end() && next->first == *path;
    return replaced ? Result<>() : out.add(line);
  };
  if (before) TRY(each_line(std::move(before), merge));
  while (next != news.end()) TRY(add_next());
  TRY(out.flush());
  auto stored = TRY(file->finish(std::nullopt));
  return own_node(std::move(stored));
}

Result<> each_line(std::unique_ptr<RandomAccess> month,
                   const std::function<Result<>(std::string_view line)>& take) {
  LineReader lines(std::move(month));
  for (bool first = true;; first = false) {
    const auto line = TRY(lines.next());
    if (!line) return {};
    if (!first || *line != records_header) TRY(take(*line));
  }
}

Result<vault::Node> write_own_file(std::string_view text, vault::Writer& writer) {
  const auto file = TRY(writer.open_file(ByteCount{}, vault::Sum::none));
  TRY(file->write(bytes_of(text)));
  auto stored = TRY(file->finish(std::nullopt));
  return own_node(std::move(stored));
}

}  // namespace keepsake::destination::in_vault
