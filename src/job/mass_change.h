// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "plan/mass_change.h"
#include "source/source.h"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace keepsake::job {

/// Shows a kept photo that the run would put aside.
using ShowUpset = std::function<void(const photo::Account& account, plan::Upset upset)>;

/// A source of the run: its number in the ledger, and what can read it.
struct WatchedSource {
  std::int64_t row = 0;
  source::Source* source = nullptr;
};

/// Ends a run that would upset too many of a source's photos, before it writes anything; the first
/// hundred of each such source are shown. Where many files look changed, those of the same length
/// are read, so that files that were only touched or copied over stop nobody.
/// Causes: safety_stop, cancelled.
Result<> stop_at_mass_change(catalog::Catalog& catalog,
                             std::span<const WatchedSource> sources,
                             const std::vector<plan::Target>& targets,
                             const ShowUpset& show,
                             const std::stop_token& stop);

}  // namespace keepsake::job
