// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/note_changes.h"

#include "catalog/noting.h"

namespace keepsake::job {

namespace {

class NotedMemory final : public source::Memory {
 public:
  explicit NotedMemory(catalog::Noting& noting) : noting_(noting) {}

  Result<std::optional<std::string>> get(std::string_view key) override {
    return noting_.recall(key);
  }

  Result<> put(std::string_view key, std::string_view value) override {
    return noting_.remember(key, value);
  }

  Result<> erase(std::string_view key) override { return noting_.forget(key); }

  Result<std::vector<Row>> after(std::string_view key,
                                 std::string_view prefix,
                                 std::size_t most) override {
    auto found = TRY(noting_.recall_after(key, prefix, most));
    std::vector<Row> rows;
    rows.reserve(found.size());
    for (auto& [row_key, value] : found) rows.push_back({std::move(row_key), std::move(value)});
    return rows;
  }

 private:
  catalog::Noting& noting_;
};

class NotedChanges final : public source::Changes {
 public:
  NotedChanges(catalog::Noting& noting, const LookWatcher& watcher)
      : noting_(noting), memory_(noting), watcher_(watcher) {}

  source::Memory& memory() override { return memory_; }

  Result<> put(const photo::Asset& asset) override {
    if (watcher_.odd && !asset.warnings.empty()) watcher_.odd(asset);
    return noting_.put(asset);
  }

  Result<> gone(std::string_view library, std::string_view id) override {
    return noting_.gone(library, id);
  }

  Result<std::optional<std::string>> record_of(std::string_view library,
                                               std::string_view id) override {
    return noting_.record_of(library, id);
  }

  Result<> keep_only(const IsThere& is_there) override { return noting_.keep_only(is_there); }

  Result<> ignored(std::string_view path) override {
    ++noted.ignored;
    if (watcher_.ignored) watcher_.ignored(path);
    return {};
  }

  Result<> unreadable(std::string_view path, const Error& error) override {
    noted.unreadable.push_back({std::string(path), error});
    return {};
  }

  void warn(std::string_view message) override { noted.warnings.emplace_back(message); }

  Result<> commit() override { return noting_.commit(); }

  Noted noted;

 private:
  catalog::Noting& noting_;
  NotedMemory memory_;
  const LookWatcher& watcher_;
};

}  // namespace

Result<Noted> note_changes(source::Source& source,
                           catalog::Catalog& catalog,
                           std::int64_t source_row,
                           const LookWatcher& watcher,
                           std::stop_token stop) {
  auto noting = TRY(catalog::Noting::begin(catalog, source_row));
  NotedChanges changes(*noting, watcher);
  TRY(source.note_changes(changes, std::move(stop)));
  return std::move(changes.noted);
}

}  // namespace keepsake::job
