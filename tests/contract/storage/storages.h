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
  std::string name;
  std::function<std::unique_ptr<storage::Storage>(const TempFolder&)> open;
};

/// Those that can be run here; the others are named on standard output with the reason.
const std::vector<StorageKind>& storages();

}  // namespace keepsake::tests
