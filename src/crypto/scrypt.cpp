// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/scrypt.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/secret.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace keepsake::crypto {

namespace {

/// What OpenSSL may take: the table of 128 * n * r bytes and a little beside it.
constexpr std::uint64_t beside_the_table = std::uint64_t{64} << 20U;

}  // namespace

Result<> check(const ScryptCost& cost) {
  if (cost.n < 2 || !std::has_single_bit(cost.n) || cost.r == 0 || cost.p == 0)
    return fail(Cause::invalid,
                "a key derivation with N={}, r={}, p={} makes no sense",
                cost.n,
                cost.r,
                cost.p);
  // In this order nothing overflows.
  const bool too_large = cost.n > max_scrypt_memory.value || cost.r > max_scrypt_memory.value ||
                         cost.n * 128 > max_scrypt_memory.value / cost.r;
  if (too_large || cost.p > max_scrypt_work / (cost.n * cost.r))
    return fail(Cause::invalid,
                "a key derivation with N={}, r={}, p={} takes too much memory or time",
                cost.n,
                cost.r,
                cost.p);
  return {};
}

Result<std::array<std::byte, 64>> scrypt(const Secret& password,
                                         ByteView salt,
                                         const ScryptCost& cost) {
  TRY(check(cost));
  std::array<std::byte, 64> derived{};
  const auto text = password.reveal();
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  const int done = EVP_PBE_scrypt(text.data(),
                                  text.size(),
                                  reinterpret_cast<const unsigned char*>(salt.data()),
                                  salt.size(),
                                  cost.n,
                                  cost.r,
                                  cost.p,
                                  max_scrypt_memory.value + beside_the_table,
                                  reinterpret_cast<unsigned char*>(derived.data()),
                                  derived.size());
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  if (done != 1)
    return fail(
        Cause::invalid, "a key cannot be derived with N={}, r={}, p={}", cost.n, cost.r, cost.p);
  return derived;
}

}  // namespace keepsake::crypto
