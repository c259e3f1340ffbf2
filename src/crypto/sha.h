// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <cstddef>
#include <memory>

/// Hashes over bytes (OpenSSL). It knows nothing above bytes.
namespace keepsake::crypto {

/// SHA-256 of bytes that arrive in pieces. A copy goes on from the same bytes on its own.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256& other);
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void add(ByteView bytes);

  /// The sum of everything added; begins anew.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest sha256(ByteView bytes);

/// HMAC-SHA-256 (RFC 2104).
Digest hmac_sha256(ByteView key, ByteView bytes);

/// MD5, where a protocol wants it against errors on the way. It protects against nobody who means
/// harm.
std::array<std::byte, 16> md5(ByteView bytes);

/// Apple's checksum of a photo's file, of bytes that arrive in pieces: 0x01 and the SHA-1 of a salt
/// and the bytes. Photos libraries and iCloud remember it in base64, 28 characters. It tells files
/// that were changed from those that were not; it protects against nobody who means harm.
class AppleSum {
 public:
  AppleSum();
  AppleSum(AppleSum&&) noexcept;
  AppleSum& operator=(AppleSum&&) noexcept;
  ~AppleSum();

  void add(ByteView bytes);

  /// The sum of everything added; begins anew.
  AppleChecksum finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

AppleChecksum apple_checksum(ByteView bytes);

}  // namespace keepsake::crypto
