// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/seal.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/cipher.h"
#include "vault/blob.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace keepsake::vault {

namespace {

constexpr ByteCount max_key_json{4096};
constexpr std::size_t iv_size = 16;
constexpr std::size_t mac_size = 16;

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{}; });
}

template <std::size_t size>
Result<> take(const json::object& object,
              std::string_view field,
              std::array<std::byte, size>& key) {
  const auto value = TRY(json::needed(object, field));
  auto bytes = TRY(json::base64(value, field));
  const bool fits = bytes.size() == size;
  if (fits) std::copy(bytes.begin(), bytes.end(), key.begin());
  wipe(bytes.data(), bytes.size());
  if (!fits) return fail(Cause::corrupt, "the key \"{}\" has another length than {}", field, size);
  return {};
}

/// Poly1305-AES: the one-time key is r and then the IV encrypted with k.
std::array<std::byte, 32> one_time_key(const MasterKey& key, const std::array<std::byte, 16>& iv) {
  std::array<std::byte, 32> both{};
  const auto s = crypto::aes128(key.mac_k(), iv);
  std::copy(s.begin(), s.end(), std::copy(key.mac_r().begin(), key.mac_r().end(), both.begin()));
  return both;
}

/// A sealed run's parts.
template <class Byte>
struct Parts {
  std::array<std::byte, 16> iv{};
  std::span<Byte> ciphertext;
  std::span<Byte> mac;
};

template <class Byte>
Result<Parts<Byte>> parts_of(std::span<Byte> sealed) {
  if (sealed.size() < seal_overhead)
    return fail(Cause::corrupt, "it has {} bytes, too few for a seal", sealed.size());
  Parts<Byte> parts;
  std::copy_n(sealed.begin(), iv_size, parts.iv.begin());
  parts.ciphertext = sealed.subspan(iv_size, sealed.size() - seal_overhead);
  parts.mac = sealed.last(mac_size);
  return parts;
}

Result<> check_mac(const MasterKey& key,
                   const std::array<std::byte, 16>& iv,
                   ByteView ciphertext,
                   ByteView mac) {
  crypto::Poly1305 poly;
  poly.begin(one_time_key(key, iv));
  poly.add(ciphertext);
  const auto expected = poly.finish();
  // restic refuses an IV of zeros too.
  if (!crypto::equal_in_constant_time(expected, mac) || all_zero(iv))
    return fail(Cause::corrupt,
                "its seal is broken: it is damaged, or was sealed with another key");
  return {};
}

}  // namespace

MasterKey MasterKey::random() {
  MasterKey key;
  crypto::fill_random(key.encrypt_);
  crypto::fill_random(key.mac_k_);
  crypto::fill_random(key.mac_r_);
  return key;
}

Result<MasterKey> MasterKey::from_derived(ByteView bytes) {
  expect(bytes.size() == 64, "a derived key has 64 bytes");
  MasterKey key;
  std::copy_n(bytes.begin(), 32, key.encrypt_.begin());
  std::copy_n(bytes.begin() + 32, 16, key.mac_k_.begin());
  std::copy_n(bytes.begin() + 48, 16, key.mac_r_.begin());
  TRY(key.check());
  return key;
}

Result<MasterKey> MasterKey::parse(std::string_view text) {
  const auto document = TRY(json::Document::parse(text, max_key_json));
  const auto mac_field = TRY(json::needed(document.root(), "mac"));
  json::object mac;
  if (mac_field.get(mac) != simdjson::SUCCESS)
    return fail(Cause::corrupt, "the key \"mac\" is no object");
  MasterKey key;
  TRY(take(document.root(), "encrypt", key.encrypt_));
  TRY(take(mac, "k", key.mac_k_));
  TRY(take(mac, "r", key.mac_r_));
  TRY(key.check());
  return key;
}

Secret MasterKey::to_json() const {
  return Secret(fmt::format(R"({{"mac":{{"k":"{}","r":"{}"}},"encrypt":"{}"}})",
                            to_base64(mac_k_),
                            to_base64(mac_r_),
                            to_base64(encrypt_)));
}

MasterKey::~MasterKey() {
  wipe(encrypt_.data(), encrypt_.size());
  wipe(mac_k_.data(), mac_k_.size());
  wipe(mac_r_.data(), mac_r_.size());
}

MasterKey MasterKey::copy() const {
  MasterKey other;
  other.encrypt_ = encrypt_;
  other.mac_k_ = mac_k_;
  other.mac_r_ = mac_r_;
  return other;
}

Result<> MasterKey::check() const {
  if (all_zero(encrypt_) || all_zero(mac_k_) || all_zero(mac_r_))
    return fail(Cause::corrupt, "a part of its key is all zeros");
  return {};
}

Sealing::Sealing(const MasterKey& key) : key_(key) {}

std::array<std::byte, 16> Sealing::begin() {
  std::array<std::byte, 16> iv{};
  while (all_zero(iv)) crypto::fill_random(iv);
  cipher_.begin(key_.encrypt(), iv);
  mac_.begin(one_time_key(key_, iv));
  return iv;
}

void Sealing::add(ByteView plain, std::span<std::byte> sealed) {
  cipher_.apply(plain, sealed);
  mac_.add(sealed);
}

std::array<std::byte, 16> Sealing::finish() { return mac_.finish(); }

void Opening::begin(const std::array<std::byte, 16>& iv) {
  iv_is_zero_ = all_zero(iv);
  cipher_.begin(key_.encrypt(), iv);
  mac_.begin(one_time_key(key_, iv));
}

void Opening::add(std::span<std::byte> bytes) {
  mac_.add(bytes);
  cipher_.apply(bytes, bytes);
}

bool Opening::finish(ByteView mac) {
  const auto expected = mac_.finish();
  return crypto::equal_in_constant_time(expected, mac) && !iv_is_zero_;
}

Bytes seal(const MasterKey& key, ByteView plain) {
  Bytes sealed(plain.size() + seal_overhead);
  Sealing sealing(key);
  const auto iv = sealing.begin();
  std::copy(iv.begin(), iv.end(), sealed.begin());
  sealing.add(plain, std::span(sealed).subspan(iv_size, plain.size()));
  const auto mac = sealing.finish();
  std::copy(mac.begin(), mac.end(), sealed.end() - mac_size);
  return sealed;
}

Result<Bytes> open_sealed(const MasterKey& key, ByteView sealed) {
  const auto parts = TRY(parts_of(sealed));
  TRY(check_mac(key, parts.iv, parts.ciphertext, parts.mac));
  Bytes plain(parts.ciphertext.size());
  crypto::Aes256Ctr cipher;
  cipher.begin(key.encrypt(), parts.iv);
  cipher.apply(parts.ciphertext, plain);
  return plain;
}

Result<ByteView> open_in_place(const MasterKey& key, std::span<std::byte> sealed) {
  const auto parts = TRY(parts_of(sealed));
  TRY(check_mac(key, parts.iv, parts.ciphertext, parts.mac));
  crypto::Aes256Ctr cipher;
  cipher.begin(key.encrypt(), parts.iv);
  cipher.apply(parts.ciphertext, parts.ciphertext);
  return ByteView(parts.ciphertext);
}

}  // namespace keepsake::vault
