// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"
#include "destination/vault/journal.h"
#include "vault/tree.h"
#include "vault/writer.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// A file of a month's records: a header, then one record a line in the order of paths.
namespace keepsake::destination::in_vault {

/// News of one month: the new records' lines in the journal, by path; none for one that is removed.
using News = std::map<std::string, std::optional<Spot>>;

/// Writes a month anew, from the records before (null: none) and the news, which win. Lines that
/// cannot be read are left out. Unchanged records give the same bytes again.
Result<vault::Node> write_month(std::unique_ptr<RandomAccess> before,
                                const News& news,
                                Journal& journal,
                                vault::Writer& writer);

/// Calls back for every record's line.
Result<> each_line(std::unique_ptr<RandomAccess> month,
                   const std::function<Result<>(std::string_view line)>& take);

/// Stores a small file of ours; its time is always the same, so that equal files are equal nodes.
Result<vault::Node> write_own_file(std::string_view text, vault::Writer& writer);

}  // namespace keepsake::destination::in_vault
