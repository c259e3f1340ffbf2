// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "source/icloud/page.h"

#include <cstdint>
#include <optional>

/// How a list is read page by page: by rank, which counts photos. Pure.
namespace keepsake::source::icloud {

/// The most photos that a page of 200 records can have: each is two.
inline constexpr std::int64_t photos_a_page = 100;

/// How many ranks a page covers. A master whose asset is missing counts only where nothing else
/// would move on.
std::int64_t ranks_of(const Page& page);

/// Whether nothing comes after a page that began at this rank. `length` is what the service says of
/// the list, if it was asked; lists are believed before lengths.
bool is_last(const Page& page, std::int64_t rank, std::optional<std::int64_t> length);

}  // namespace keepsake::source::icloud
