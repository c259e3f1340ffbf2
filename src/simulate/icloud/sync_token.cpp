// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/sync_token.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "crypto/sha.h"
#include "simulate/binary.h"
#include "simulate/icloud/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

// As the recorded ones of zones look: a version, a position, eight bytes that never differ, sixteen
// that belong to the zone. Those of databases have a position for each zone.

constexpr std::size_t number_size = 8;
constexpr std::size_t owner_size = 16;
constexpr std::uint64_t never_differs = 0x7FFF'FFFF'FFFF'FFFF;

std::uint64_t number_at(ByteView bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (const std::byte byte : bytes.subspan(at, number_size))
    number = (number << 8U) | std::to_integer<std::uint64_t>(byte);
  return number;
}

}  // namespace

Bytes SyncTokens::owner(std::string_view of) const {
  const auto sum = crypto::sha256(bytes_of(fmt::format("{} {} {}", library_, generation_, of)));
  const auto first = std::span(sum.bytes).first(owner_size);
  return {first.begin(), first.end()};
}

std::string SyncTokens::of_zone(const Zone& zone, std::uint64_t position) const {
  BinaryWriter token;
  token.u8(1).u64(position).u64(never_differs).bytes(owner("zone " + zone.name()));
  return to_base64(std::move(token).take());
}

Result<std::uint64_t> SyncTokens::position_in(const Zone& zone, std::string_view token) const {
  const auto bytes = from_base64(token);
  if (!bytes || bytes->size() != 1 + 2 * number_size + owner_size)
    return fail(Cause::invalid, "Invalid continuation format");
  if (!std::ranges::equal(ByteView(*bytes).last(owner_size), owner("zone " + zone.name())))
    return fail(Cause::invalid, "Unknown sync continuation type");
  return number_at(*bytes, 1);
}

std::string SyncTokens::of_database(Database database,
                                    const std::vector<std::uint64_t>& positions) const {
  BinaryWriter token;
  token.u8(2).u64(never_differs);
  for (const std::uint64_t position : positions) token.u64(position);
  token.bytes(owner(name(database)));
  return to_base64(std::move(token).take());
}

Result<std::vector<std::uint64_t>> SyncTokens::positions_in(Database database,
                                                            std::string_view token) const {
  const auto bytes = from_base64(token);
  constexpr auto without_positions = 1 + number_size + owner_size;
  if (!bytes || bytes->size() < without_positions ||
      (bytes->size() - without_positions) % number_size != 0)
    return fail(Cause::invalid, "Invalid continuation format");
  if (!std::ranges::equal(ByteView(*bytes).last(owner_size), owner(name(database))))
    return fail(Cause::invalid, "Unknown sync continuation type");
  std::vector<std::uint64_t> positions;
  for (auto at = 1 + number_size; at + owner_size < bytes->size(); at += number_size)
    positions.push_back(number_at(*bytes, at));
  return positions;
}

}  // namespace keepsake::simulate::icloud
