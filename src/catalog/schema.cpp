// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/schema.h"

#include "catalog/schema_sql.h"

#include <array>
#include <string_view>

namespace keepsake::catalog {

namespace {

/// Step n brings version n to version n + 1; step 0 makes the tables. A released step never
/// changes.
constexpr std::array<std::string_view, schema_version> steps{
    version_1, version_2, version_3, version_4, version_5};

}  // namespace

Result<> bring_up_to_date(sqlite::Database& database) {
  const int found = TRY(database.version());
  if (found > schema_version)
    return fail(
        Cause::unsupported,
        "the catalog was made by a newer version of keepsake (schema {}, this one knows {})",
        found,
        schema_version);
  for (int version = found; version < schema_version; ++version) {
    auto transaction = TRY(sqlite::Transaction::begin(database));
    TRY(database.run(steps.at(static_cast<std::size_t>(version))));
    TRY(database.set_version(version + 1));
    TRY(transaction.commit());
  }
  return {};
}

}  // namespace keepsake::catalog
