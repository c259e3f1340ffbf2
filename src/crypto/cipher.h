// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <memory>
#include <span>

namespace keepsake::crypto {

/// AES-256 in counter mode; the whole IV is the first counter block. For one thread.
class Aes256Ctr {
 public:
  Aes256Ctr();
  Aes256Ctr(Aes256Ctr&&) noexcept;
  Aes256Ctr& operator=(Aes256Ctr&&) noexcept;
  ~Aes256Ctr();

  void begin(const std::array<std::byte, 32>& key, const std::array<std::byte, 16>& iv);

  /// Encrypts or decrypts the next bytes; `to` is as long as `from` and may be the same memory.
  void apply(ByteView from, std::span<std::byte> to);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Poly1305 with a one-time key. For one thread.
class Poly1305 {
 public:
  Poly1305();
  Poly1305(Poly1305&&) noexcept;
  Poly1305& operator=(Poly1305&&) noexcept;
  ~Poly1305();

  void begin(const std::array<std::byte, 32>& key);
  void add(ByteView bytes);
  std::array<std::byte, 16> finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// One block of AES-128, encrypted.
std::array<std::byte, 16> aes128(const std::array<std::byte, 16>& key,
                                 const std::array<std::byte, 16>& block);

/// Compares in a time that does not depend on where they differ.
bool equal_in_constant_time(ByteView a, ByteView b);

/// Fills it from the system's random numbers.
void fill_random(std::span<std::byte> bytes);

}  // namespace keepsake::crypto
