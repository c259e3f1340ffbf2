// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/cipher.h"

#include <array>
#include <span>
#include <string_view>

namespace keepsake::vault {

/// What all of a vault is sealed with: AES-256-CTR and Poly1305-AES keys. Wiped when it goes.
class MasterKey {
 public:
  /// From the system's random numbers.
  static MasterKey random();

  /// 64 bytes: encrypt 32, mac k 16, mac r 16, as scrypt gives them. Causes: corrupt (all zeros).
  static Result<MasterKey> from_derived(ByteView bytes);

  /// `{"mac":{"k":…,"r":…},"encrypt":…}`. Causes: corrupt.
  static Result<MasterKey> parse(std::string_view text);
  [[nodiscard]] Secret to_json() const;

  MasterKey(MasterKey&&) noexcept = default;
  MasterKey& operator=(MasterKey&&) noexcept = default;
  MasterKey(const MasterKey&) = delete;
  MasterKey& operator=(const MasterKey&) = delete;
  ~MasterKey();

  [[nodiscard]] MasterKey copy() const;

  // For Sealing and open_sealed.
  [[nodiscard]] const std::array<std::byte, 32>& encrypt() const { return encrypt_; }

  [[nodiscard]] const std::array<std::byte, 16>& mac_k() const { return mac_k_; }

  [[nodiscard]] const std::array<std::byte, 16>& mac_r() const { return mac_r_; }

 private:
  MasterKey() = default;

  [[nodiscard]] Result<> check() const;

  std::array<std::byte, 32> encrypt_{};
  std::array<std::byte, 16> mac_k_{};
  std::array<std::byte, 16> mac_r_{};
};

/// Seals a run of bytes piece by piece: `begin` gives the IV that goes first, `add` turns plain
/// bytes into as many sealed ones, `finish` gives the MAC that goes last. Reusable: `begin` starts
/// the next run. For one thread.
class Sealing {
 public:
  explicit Sealing(const MasterKey& key);

  std::array<std::byte, 16> begin();

  /// `sealed` is as long as `plain`; they may be the same memory.
  void add(ByteView plain, std::span<std::byte> sealed);
  std::array<std::byte, 16> finish();

 private:
  const MasterKey& key_;
  crypto::Aes256Ctr cipher_;
  crypto::Poly1305 mac_;
};

/// Opens a sealed run piece by piece, for who only looks at the plain bytes: they must not be
/// believed before `finish` says that the seal is whole. Reusable. For one thread.
class Opening {
 public:
  explicit Opening(const MasterKey& key) : key_(key) {}

  void begin(const std::array<std::byte, 16>& iv);

  /// Turns sealed bytes into plain ones where they lie.
  void add(std::span<std::byte> bytes);

  /// Whether the seal is whole.
  bool finish(ByteView mac);

 private:
  const MasterKey& key_;
  crypto::Aes256Ctr cipher_;
  crypto::Poly1305 mac_;
  bool iv_is_zero_ = false;
};

/// IV || ciphertext || MAC.
Bytes seal(const MasterKey& key, ByteView plain);

/// The plain bytes. The MAC is compared before anything is decrypted. Causes: corrupt ("damaged, or
/// sealed with another key").
Result<Bytes> open_sealed(const MasterKey& key, ByteView sealed);

/// The same within one buffer: the plain bytes come to lie in it, after the IV's place. Returns
/// where. Causes: corrupt.
Result<ByteView> open_in_place(const MasterKey& key, std::span<std::byte> sealed);

}  // namespace keepsake::vault
