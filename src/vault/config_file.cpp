// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/config_file.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "crypto/cipher.h"

#include <fmt/core.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace keepsake::vault {

namespace {

int degree(std::uint64_t polynomial) { return 63 - std::countl_zero(polynomial); }

std::uint64_t remainder(std::uint64_t dividend, std::uint64_t divisor) {
  while (degree(dividend) >= degree(divisor))
    dividend ^= divisor << static_cast<unsigned>(degree(dividend) - degree(divisor));
  return dividend;
}

std::uint64_t common_divisor(std::uint64_t a, std::uint64_t b) {
  while (b != 0) {
    const auto rest = remainder(a, b);
    a = b;
    b = rest;
  }
  return a;
}

/// a * b modulo a polynomial; both are already reduced by it.
std::uint64_t product(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  const auto top = std::uint64_t{1} << static_cast<unsigned>(degree(modulus));
  std::uint64_t sum = 0;
  for (; b != 0; b >>= 1U) {
    if ((b & 1U) != 0) sum ^= a;
    a <<= 1U;
    if ((a & top) != 0) a ^= modulus;
  }
  return sum;
}

Result<std::uint64_t> polynomial_of(std::string_view hex) {
  std::uint64_t value = 0;
  const auto* const begin = hex.data();
  const auto* const end = begin + hex.size();
  const auto [stopped, error] = std::from_chars(begin, end, value, 16);
  if (hex.empty() || error != std::errc() || stopped != end)
    return fail(Cause::corrupt, "its chunker_polynomial is no hexadecimal number of 64 bits");
  return value;
}

}  // namespace

bool is_irreducible(std::uint64_t polynomial) {
  // The products need one bit above the polynomial.
  if (polynomial < 4 || degree(polynomial) > 62) return polynomial == 2 || polynomial == 3;
  constexpr std::uint64_t x = 2;
  std::uint64_t power = x;
  for (int i = 1; i <= degree(polynomial) / 2; ++i) {
    power = product(power, power, polynomial);
    const auto difference = power ^ x;
    if (difference == 0 || common_divisor(polynomial, difference) != 1) return false;
  }
  return true;
}

Result<ConfigFile> parse_config(std::string_view text) {
  const auto document = TRY(json::Document::parse(text, max_config_file));
  const auto& root = document.root();
  const auto version_field = TRY(json::needed(root, "version"));
  const auto version = TRY(json::number(version_field, "version"));
  if (version != 1 && version != 2)
    return fail(Cause::unsupported,
                "it is a repository of version {}, and only 1 and 2 are known",
                version);
  ConfigFile config;
  config.version = static_cast<int>(version);
  const auto id = TRY(json::needed(root, "id"));
  config.id = TRY(json::digest(id, "id"));
  const auto polynomial_field = TRY(json::needed(root, "chunker_polynomial"));
  const auto polynomial = TRY(json::text(polynomial_field, "chunker_polynomial"));
  config.chunker_polynomial = TRY(polynomial_of(polynomial));
  if (const auto append_only = json::field(root, "append_only"))
    config.append_only = TRY(json::truth(*append_only, "append_only"));
  return config;
}

std::string to_json(const ConfigFile& config) {
  return fmt::format(R"({{"version":{},"id":"{}","chunker_polynomial":"{:x}"}})",
                     config.version,
                     config.id.hex(),
                     config.chunker_polynomial);
}

ConfigFile make_config() {
  ConfigFile config;
  crypto::fill_random(config.id.bytes);
  do {
    std::array<std::byte, 8> random{};
    crypto::fill_random(random);
    constexpr std::uint64_t degree_53 = std::uint64_t{1} << 53U;
    const auto bits = std::bit_cast<std::uint64_t>(random) & (degree_53 - 1);
    config.chunker_polynomial = bits | degree_53 | 1U;
  } while (!is_irreducible(config.chunker_polynomial));
  return config;
}

}  // namespace keepsake::vault
