// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/take_down.h"

#include "catalog/noting.h"

#include <map>

namespace keepsake::job {

namespace {

/// A source that the settings do not know any more keeps the name that the records give it.
catalog::Place source_of(const config::Settings& settings, const records::FileRecord& record) {
  for (const config::Source& source : settings.sources)
    if (source.id == record.asset.key.source)
      return {0, source.id, source.name, std::string(config::name(source.kind))};
  return {0, record.asset.key.source, record.source_name, "folder"};
}

}  // namespace

Result<> take_down(Home& home,
                   std::int64_t destination,
                   std::span<const records::FileRecord> records) {
  auto* catalog = TRY(home.catalog());
  std::map<Id128, std::vector<const records::FileRecord*>> by_source;
  for (const records::FileRecord& record : records)
    by_source[record.asset.key.source].push_back(&record);
  for (const auto& [id, list] : by_source) {
    const auto row = TRY(catalog->know_source(source_of(home.settings(), *list.front())));
    auto noting = TRY(catalog::Noting::begin(*catalog, row));
    for (const records::FileRecord* record : list)
      TRY(noting->put_kept({destination,
                            record->path,
                            record->file_time,
                            record->quarantined_at,
                            record->asked_back_at,
                            record->asset,
                            record->gone_at,
                            record->moved_from,
                            {record->folder, record->stem, record->month},
                            record->role,
                            record->key,
                            record->name,
                            record->present,
                            record->version}));
    TRY(noting->commit());
  }
  return {};
}

}  // namespace keepsake::job
