// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/report.h"

#include "catalog/connection.h"

#include <nlohmann/json.hpp>

namespace keepsake::catalog {

namespace {

std::string json_list(std::span<const std::int64_t> numbers) {
  return nlohmann::json(std::vector<std::int64_t>(numbers.begin(), numbers.end())).dump();
}

std::string every_source() { return "[]"; }

// SQLite takes a column of many equal values, such as `destination`, for one of few. INDEXED BY, a
// unary plus and CROSS JOIN keep it from walking through all that a destination holds where a few
// rows would do.

/// Current versions that lie undamaged in the destination: of all sources by counting what lies
/// there less the superseded (two small indexes), of some sources one by one.
Result<std::int64_t> count_held(Connection& connection,
                                const std::string& sources,
                                std::int64_t destination) {
  if (sources != every_source()) {
    const auto some = TRY(
        connection.number("SELECT count(*) FROM path p JOIN version v ON v.id = p.version "
                          "JOIN rendition r ON r.id = v.rendition JOIN asset a ON a.id = r.asset "
                          "WHERE p.destination = ? AND p.damaged = 0 AND v.superseded_at IS NULL "
                          "AND a.source IN (SELECT value FROM json_each(?))",
                          destination,
                          sources));
    return some.value_or(0);
  }
  const auto all =
      TRY(connection.number("SELECT count(*) FROM path INDEXED BY path_kept "
                            "WHERE destination = ? AND version IS NOT NULL AND damaged = 0",
                            destination));
  const auto superseded = TRY(connection.number(
      "SELECT count(*) FROM version v CROSS JOIN path p ON p.version = v.id AND +p.destination = ? "
      "WHERE v.superseded_at IS NOT NULL AND p.damaged = 0",
      destination));
  return all.value_or(0) - superseded.value_or(0);
}

Result<> sum_renditions(Connection& connection,
                        const std::string& sources,
                        std::int64_t destination,
                        DestinationSum& sum) {
  sum.held = TRY(count_held(connection, sources, destination));
  TRY(connection.each(
      "SELECT o.state, count(*) FROM outcome o JOIN version v ON v.id = o.version "
      "JOIN rendition r ON r.id = v.rendition JOIN asset a ON a.id = r.asset "
      "WHERE o.destination = ?1 AND v.superseded_at IS NULL "
      "AND (?2 = '[]' OR a.source IN (SELECT value FROM json_each(?2))) GROUP BY o.state",
      [&](const sqlite::Statement& row) {
        if (row.text(0) == "failed") sum.failed = row.integer(1);
        if (row.text(0) == "pending") sum.pending = row.integer(1);
        if (row.text(0) == "excluded") sum.excluded = row.integer(1);
      },
      destination,
      sources));
  // Owed and not looked at yet, as when the destination was absent.
  const auto waiting = TRY(connection.number(
      "SELECT count(*) FROM owed w JOIN asset a ON a.id = w.asset JOIN rendition r ON r.asset = "
      "a.id "
      "JOIN version v ON v.rendition = r.id AND v.superseded_at IS NULL "
      "WHERE w.destination = ?1 AND (a.gone_at IS NULL OR EXISTS (SELECT 1 FROM path p WHERE "
      "p.version = v.id AND p.damaged = 0)) "
      "AND (?2 = '[]' OR a.source IN (SELECT value FROM json_each(?2))) "
      "AND NOT EXISTS (SELECT 1 FROM outcome o WHERE o.destination = ?1 AND o.version = v.id) "
      "AND NOT EXISTS (SELECT 1 FROM path p WHERE +p.destination = ?1 AND p.version = v.id "
      "AND p.damaged = 0)",
      destination,
      sources));
  sum.pending += waiting.value_or(0);
  return {};
}

Result<std::vector<DestinationSum>> destination_sums(Connection& connection) {
  std::vector<std::pair<std::int64_t, DestinationSum>> rows;
  TRY(connection.each(
      "SELECT id, name, kind, last_success, last_verified FROM destination ORDER BY name",
      [&](const sqlite::Statement& row) {
        DestinationSum sum;
        sum.name = row.text(1);
        sum.kind = row.text(2);
        sum.last_success = maybe_instant_in(row, 3);
        sum.last_verified = maybe_instant_in(row, 4);
        rows.emplace_back(row.integer(0), std::move(sum));
      }));
  std::vector<DestinationSum> sums;
  for (auto& [id, sum] : rows) {
    TRY(sum_renditions(connection, every_source(), id, sum));
    const auto verified = TRY(connection.number(
        "SELECT count(*) FROM path p JOIN version v ON v.id = p.version WHERE p.destination = ? "
        "AND p.damaged = 0 AND p.verified_at IS NOT NULL AND v.superseded_at IS NULL",
        id));
    sum.verified = verified.value_or(0);
    const auto bytes = TRY(
        connection.number("SELECT sum(c.size) FROM holding h JOIN content c ON c.id = h.content "
                          "WHERE h.destination = ?",
                          id));
    sum.bytes = ByteCount{static_cast<std::uint64_t>(bytes.value_or(0))};
    sums.push_back(std::move(sum));
  }
  return sums;
}

/// Assets that are present, or gone but still held: no other gone one is owed to anybody.
constexpr std::string_view count_seen =
    "SELECT count(*) FROM asset a WHERE a.source IN (SELECT value FROM json_each(?)) AND "
    "(a.gone_at IS NULL OR EXISTS (SELECT 1 FROM rendition r JOIN path p ON p.rendition = r.id "
    "WHERE r.asset = a.id AND p.version IS NOT NULL))";

/// Assets of which some destination of the run lacks something, and whether for a failure: first
/// from the outcomes, then what is owed and was not looked at.
constexpr std::string_view short_assets =
    "SELECT asset, max(failed) FROM ("
    "SELECT r.asset AS asset, o.state = 'failed' AS failed FROM outcome o "
    "JOIN version v ON v.id = o.version AND v.superseded_at IS NULL "
    "JOIN rendition r ON r.id = v.rendition JOIN asset a ON a.id = r.asset "
    "WHERE o.state <> 'excluded' AND o.destination IN (SELECT value FROM json_each(?1)) "
    "AND a.source IN (SELECT value FROM json_each(?2)) "
    "UNION ALL SELECT w.asset, 0 FROM owed w JOIN asset a ON a.id = w.asset "
    "JOIN rendition r ON r.asset = a.id JOIN version v ON v.rendition = r.id "
    "AND v.superseded_at IS NULL WHERE w.destination IN (SELECT value FROM json_each(?1)) "
    "AND a.source IN (SELECT value FROM json_each(?2)) "
    "AND (a.gone_at IS NULL OR EXISTS (SELECT 1 FROM path p WHERE p.version = v.id AND p.damaged = "
    "0)) AND NOT EXISTS (SELECT 1 FROM outcome o WHERE o.destination = w.destination AND o.version "
    "= "
    "v.id) "
    "AND NOT EXISTS (SELECT 1 FROM path p WHERE +p.destination = w.destination AND p.version = "
    "v.id "
    "AND p.damaged = 0)) GROUP BY asset";

/// Assets that a rule keeps out of some destination of the run, and of which no other has or is
/// owed anything as it is now.
std::string count_excluded() {
  return fmt::format(
      "SELECT count(*) FROM (SELECT DISTINCT r.asset AS asset FROM outcome o "
      "JOIN version v ON v.id = o.version AND v.superseded_at IS NULL "
      "JOIN rendition r ON r.id = v.rendition JOIN asset a ON a.id = r.asset "
      "WHERE o.state = 'excluded' AND o.destination IN (SELECT value FROM json_each(?1)) "
      "AND a.source IN (SELECT value FROM json_each(?2)) AND a.gone_at IS NULL) x "
      "WHERE NOT EXISTS (SELECT 1 FROM rendition r JOIN version v ON v.rendition = r.id "
      "AND v.superseded_at IS NULL JOIN path p ON p.version = v.id "
      "WHERE r.asset = x.asset AND p.destination IN (SELECT value FROM json_each(?1))) "
      "AND x.asset NOT IN (SELECT asset FROM ({}))",
      short_assets);
}

}  // namespace

Result<Status> status(Catalog& catalog) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  Status status;
  const auto assets = TRY(connection.number("SELECT count(*) FROM asset WHERE gone_at IS NULL"));
  status.assets = assets.value_or(0);
  const auto renditions = TRY(connection.number(
      "SELECT count(*) FROM version v JOIN rendition r ON r.id = v.rendition "
      "JOIN asset a ON a.id = r.asset WHERE v.superseded_at IS NULL AND a.gone_at IS NULL"));
  status.renditions = renditions.value_or(0);
  const auto at_risk = TRY(connection.number(
      "SELECT count(*) FROM asset a WHERE a.gone_at IS NULL AND (SELECT count(DISTINCT "
      "p.destination) FROM rendition r JOIN version v ON v.rendition = r.id AND v.superseded_at IS "
      "NULL JOIN path p ON p.version = v.id AND p.damaged = 0 WHERE r.asset = a.id AND "
      "r.role = 'original') < 2"));
  status.at_risk = at_risk.value_or(0);
  TRY(connection.each(
      "SELECT s.name, s.kind, s.last_success, (SELECT count(*) FROM asset a WHERE a.source = s.id "
      "AND a.gone_at IS NULL) FROM source s ORDER BY s.name",
      [&](const sqlite::Statement& row) {
        status.sources.push_back({std::string(row.text(0)),
                                  std::string(row.text(1)),
                                  row.integer(3),
                                  maybe_instant_in(row, 2)});
      }));
  status.destinations = TRY(destination_sums(connection));
  return status;
}

Result<AssetSum> sum_assets(Catalog& catalog,
                            std::span<const std::int64_t> sources,
                            std::span<const std::int64_t> destinations) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  AssetSum sum;
  const auto seen = TRY(connection.number(count_seen, json_list(sources)));
  TRY(connection.each(
      short_assets,
      [&](const sqlite::Statement& row) { ++(row.integer(1) != 0 ? sum.failed : sum.pending); },
      json_list(destinations),
      json_list(sources)));
  const auto excluded =
      TRY(connection.number(count_excluded(), json_list(destinations), json_list(sources)));
  sum.seen = seen.value_or(0);
  sum.excluded = excluded.value_or(0);
  sum.held = sum.seen - sum.pending - sum.failed - sum.excluded;
  return sum;
}

Result<DestinationSum> sum_destination(Catalog& catalog,
                                       std::span<const std::int64_t> sources,
                                       std::int64_t destination) {
  const auto lock = catalog.connection().lock();
  DestinationSum sum;
  const auto known = TRY(catalog.connection().number("SELECT count(*) FROM source"));
  const bool every = known == static_cast<std::int64_t>(sources.size());
  TRY(sum_renditions(
      catalog.connection(), every ? every_source() : json_list(sources), destination, sum));
  return sum;
}

Result<std::vector<NotSafe>> not_safe(Catalog& catalog,
                                      std::span<const std::int64_t> sources,
                                      std::span<const std::int64_t> destinations) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  std::vector<NotSafe> rows;
  TRY(connection.each(
      "SELECT a.source_id, r.name, d.name, o.cause, o.message FROM outcome o "
      "JOIN version v ON v.id = o.version AND v.superseded_at IS NULL "
      "JOIN rendition r ON r.id = v.rendition "
      "JOIN asset a ON a.id = r.asset JOIN destination d ON d.id = o.destination "
      "WHERE o.state <> 'excluded' AND o.destination IN (SELECT value FROM json_each(?)) "
      "AND a.source IN (SELECT value FROM json_each(?)) ORDER BY a.source, a.source_id, d.name",
      [&](const sqlite::Statement& row) {
        rows.push_back({bytes_in(row, 0),
                        bytes_in(row, 1),
                        std::string(row.text(2)),
                        cause_named(row.text(3)).value_or(Cause::internal),
                        std::string(row.text(4))});
      },
      json_list(destinations),
      json_list(sources)));
  return rows;
}

}  // namespace keepsake::catalog
