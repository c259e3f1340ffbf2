// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/query.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The keys of the query language, each with what its value asks. A new key is one more row.
namespace keepsake::photo {

using Test = std::function<bool(const Candidate&)>;

enum class ValueText {
  closed,  ///< dates, names of ours or words of a list: never a blank
  free     ///< what people write
};

struct QueryKey {
  std::string_view name;
  ValueText text;
  Result<Test> (*test)(const std::string& value);
};

/// The key of that name; null when there is none. The empty name is that of a term without a key.
const QueryKey* query_key(std::string_view name);

/// The key nearest to a mistyped one.
std::optional<std::string> nearest_query_key(std::string_view name);

}  // namespace keepsake::photo
