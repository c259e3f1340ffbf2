// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "source/source.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

/// What a look at a source came to, besides what went into the catalog.
struct Noted {
  std::int64_t ignored = 0;

  struct Unreadable {
    std::string path;
    Error error;
  };

  std::vector<Unreadable> unreadable;
  std::vector<std::string> warnings;  ///< about the source as a whole
};

/// What a look at a source tells while it looks.
struct LookWatcher {
  std::function<void(std::string_view path)> ignored;  ///< a file that is no photo
  std::function<void(const photo::Asset& asset)> odd;  ///< a new or changed photo with warnings
};

/// Lets a source tell the catalog what changed; what it remembers moves with what it reports.
Result<Noted> note_changes(source::Source& source,
                           catalog::Catalog& catalog,
                           std::int64_t source_row,
                           const LookWatcher& watcher,
                           std::stop_token stop);

}  // namespace keepsake::job
