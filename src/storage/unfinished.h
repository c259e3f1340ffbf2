// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "storage/storage.h"

#include <set>
#include <string>
#include <string_view>

namespace keepsake::storage {

/// How names of unfinished files begin; no program takes them for anything else. Then come digits
/// that tell their writer, if it said who it is, and random ones.
inline constexpr std::string_view unfinished_prefix = "keepsake-tmp-";

/// The files that a storage is writing, all directly in its root.
class UnfinishedFiles {
 public:
  /// From now on they are this writer's (Storage::begin_writing_as).
  Result<> belong_to(std::string_view writer, Storage& storage);

  /// A new name for one; nobody else has it.
  [[nodiscard]] std::string name() const;

 private:
  std::string prefix_{unfinished_prefix};
};

/// Of several writers of one name in this program, one gets it. (Writers elsewhere choose names
/// that nobody else has, as every file of a repository but its config is named by its content.)
class NamesBeingWritten {
 public:
  bool begin(const std::string& name) {
    return names_.with([&](std::set<std::string>& names) { return names.insert(name).second; });
  }

  void end(const std::string& name) {
    names_.with([&](std::set<std::string>& names) { names.erase(name); });
  }

 private:
  Guarded<std::set<std::string>> names_;
};

}  // namespace keepsake::storage
