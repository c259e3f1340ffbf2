// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "config/settings.h"
#include "photo/query.h"

#include <functional>
#include <string>
#include <vector>

namespace keepsake::job {

/// How many destinations hold the asset's original undamaged.
std::size_t copies_of(const photo::Account& account);

/// Destinations (by row and name) that should hold the asset and lack a current file of it.
struct NamedDestination {
  std::int64_t row = 0;
  std::string name;
};

std::vector<std::string> missing_from(const photo::Account& account,
                                      const std::vector<NamedDestination>& destinations);

enum class Gone { included, only_if_asked };

/// Calls back for every account that the query matches. Causes: invalid for a destination in the
/// query that there is not, and what the callback fails with.
Result<> each_matching(catalog::Catalog& catalog,
                       const config::Settings& settings,
                       const photo::Query& query,
                       Gone gone,
                       const std::function<Result<>(const photo::Account&)>& take);

}  // namespace keepsake::job
