// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/zone.h"

#include "base/time.h"
#include "simulate/icloud/record.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate::icloud {

std::string_view name(Database database) {
  return database == Database::own ? "private" : "shared";
}

Zone::Zone(Database database, std::string name, std::string owner)
    : database_(database), name_(std::move(name)), owner_(std::move(owner)) {}

Record& Zone::put(std::string name, Value value, Instant now) {
  const auto [place, is_new] = by_name_.try_emplace(name, records_.size());
  if (is_new) records_.push_back(Record{.name = std::move(name), .value = {}, .created = now});
  Record& record = records_[place->second];
  record.value = std::move(value);
  touch(record, now);
  return record;
}

void Zone::touch(Record& record, Instant now) {
  const auto index = static_cast<std::size_t>(&record - records_.data());
  changes_.erase(record.position);
  record.position = ++position_;
  record.modified = now;
  changes_.emplace_hint(changes_.end(), record.position, index);
}

const Record* Zone::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &records_[found->second];
}

Record* Zone::find(std::string_view name) {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &records_[found->second];
}

}  // namespace keepsake::simulate::icloud
