// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/storage.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// Every storage that there is, over a place that the test can look into past it.
namespace keepsake::tests {

/// A fresh place for a storage: a folder of this machine, a bucket of a server.
class Ground {
 public:
  virtual ~Ground() = default;

  [[nodiscard]] virtual std::unique_ptr<storage::Storage> open() const = 0;

  /// All files that lie there, also unfinished ones.
  [[nodiscard]] virtual std::size_t files() const = 0;

  /// By several threads at once, if need be.
  virtual void write(const std::string& name, const std::string& text) const = 0;

  /// The place itself goes away.
  virtual void take_away() = 0;
};

struct StorageKind {
  /// What can be stored there: the files of a repository, whose folder is never known to be away;
  /// or files of any name in folders of any name.
  enum class Holds { repositories, anything };

  std::string name;
  std::function<std::unique_ptr<Ground>()> prepare;
  Holds holds = Holds::anything;
  std::set<std::string> breaks{};  ///< promises that the server itself cannot keep
};

/// Those that can be run here; the others are named on standard output with the reason.
const std::vector<StorageKind>& storages();

}  // namespace keepsake::tests
