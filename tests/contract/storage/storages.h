// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/storage.h"
#include "tests/support/temp_folder.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Every storage that there is, over a folder of this machine that the test can look into.
namespace keepsake::tests {

struct StorageKind {
  /// What can be stored there: the files of a repository, whose folder is never known to be away;
  /// or files of any name in folders of any name.
  enum class Holds { repositories, anything };

  std::string name;
  std::function<std::unique_ptr<storage::Storage>(const TempFolder&)> open;
  Holds holds = Holds::anything;
};

/// Those that can be run here; the others are named on standard output with the reason.
const std::vector<StorageKind>& storages();

}  // namespace keepsake::tests
