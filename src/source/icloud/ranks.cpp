// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/ranks.h"

#include <algorithm>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t most_records = 200;

}  // namespace

std::int64_t ranks_of(const Page& page) {
  const auto photos = page.assets.empty() ? page.masters.size() : page.assets.size();
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(photos));
}

bool is_last(const Page& page, std::int64_t rank, std::optional<std::int64_t> length) {
  if (page.records == 0) return true;
  if (page.continuation) return false;
  if (length) return rank + ranks_of(page) >= *length;
  return page.records < most_records && ranks_of(page) < photos_a_page;
}

}  // namespace keepsake::source::icloud
