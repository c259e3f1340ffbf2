// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "simulate/icloud/record.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keepsake::simulate::icloud {

/// Whose databases a zone lies in.
enum class Database { own, shared };

/// "private", "shared": as addresses name them.
std::string_view name(Database database);

/// One library: its records by name, and the order in which they last changed. Changing a record
/// moves it to the end of that order, as its name appears there only once.
class Zone {
 public:
  Zone(Database database, std::string name, std::string owner);

  [[nodiscard]] Database database() const { return database_; }

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] const std::string& owner() const { return owner_; }

  /// Counts every change; what was computed from the records stays true until it differs.
  [[nodiscard]] std::uint64_t position() const { return position_; }

  /// Puts a record in, or in place of the one of that name, as its latest change.
  Record& put(std::string name, Value value, Instant now);

  /// Marks it as changed now.
  void touch(Record& record, Instant now);

  /// Leaves places in the order that no record has, as if what had been there were gone.
  void skip(std::uint64_t places) { position_ += places; }

  /// Null when there is none; what was removed is still there as such.
  [[nodiscard]] const Record* find(std::string_view name) const;
  [[nodiscard]] Record* find(std::string_view name);

  /// The record as that kind of value; null when there is none or it is of another kind.
  template <class T>
  [[nodiscard]] const T* find_as(std::string_view name) const {
    const Record* record = find(name);
    return record == nullptr ? nullptr : std::get_if<T>(&record->value);
  }

  template <class T>
  [[nodiscard]] T* find_as(std::string_view name) {
    Record* record = find(name);
    return record == nullptr ? nullptr : std::get_if<T>(&record->value);
  }

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

  /// What changed after a position, in that order: the number of a record in `records`.
  [[nodiscard]] const std::map<std::uint64_t, std::size_t>& changes() const { return changes_; }

 private:
  Database database_;
  std::string name_;
  std::string owner_;
  std::uint64_t position_ = 0;
  std::vector<Record> records_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::map<std::uint64_t, std::size_t> changes_;
};

}  // namespace keepsake::simulate::icloud
