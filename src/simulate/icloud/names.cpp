// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/names.h"

#include "base/bytes.h"
#include "crypto/cipher.h"
#include "simulate/dice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace keepsake::simulate::icloud {

std::string uuid_of(std::uint64_t seed) {
  Dice dice(seed);
  const auto high = dice.roll();
  const auto low = dice.roll();
  return fmt::format("{:08X}-{:04X}-4{:03X}-{:04X}-{:012X}",
                     high >> 32U,
                     (high >> 16U) & 0xFFFFU,
                     high & 0xFFFU,
                     0x8000U | ((low >> 48U) & 0x3FFFU),
                     low & 0xFFFF'FFFF'FFFFU);
}

std::string random_uuid() {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  crypto::fill_random(bytes);
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return uuid_of(seed);
}

std::string random_token() {
  std::array<std::byte, 24> bytes{};
  crypto::fill_random(bytes);
  return to_base64url(bytes);
}

std::string to_base64url(ByteView bytes) {
  auto text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::string to_base36(std::uint64_t number) {
  std::string digits;
  do {
    digits += "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    number /= 36;
  } while (number > 0);
  std::ranges::reverse(digits);
  return digits;
}

}  // namespace keepsake::simulate::icloud
