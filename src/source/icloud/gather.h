// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/page.h"

#include <functional>
#include <stop_token>

namespace keepsake::source::icloud {

/// Hands a page on; false when nobody takes any more.
using EmitPage = std::function<bool(Page)>;

/// Runs the same work on as many threads as politeness allows, and takes their pages here, one at a
/// time, as they come. The first error ends all.
Result<> gather(const std::function<Result<>(const EmitPage&, const std::stop_token&)>& work,
                const std::function<Result<>(Page)>& take,
                const std::stop_token& stop);

}  // namespace keepsake::source::icloud
