// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/cipher.h"

#include "base/bytes.h"
#include "base/result.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/types.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace keepsake::crypto {

namespace {

// Looking algorithms up by name is slow, so it is done once each; they live as long as the program.
// OpenSSL's work in memory fails only where memory ran out or its library is broken: bytes that
// might be wrongly encrypted must never leave the program, so such a failure ends it.

const EVP_CIPHER* aes256_ctr() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  expect(algorithm != nullptr, "OpenSSL has AES-256-CTR");
  return algorithm;
}

const EVP_CIPHER* aes128_ecb() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  expect(algorithm != nullptr, "OpenSSL has AES-128-ECB");
  return algorithm;
}

EVP_MAC* poly1305() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "POLY1305", nullptr);
  expect(algorithm != nullptr, "OpenSSL has Poly1305");
  return algorithm;
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* raw(const std::byte* bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  return reinterpret_cast<const unsigned char*>(bytes);
}

unsigned char* raw(std::byte* bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  return reinterpret_cast<unsigned char*>(bytes);
}

/// The library counts in int.
constexpr std::size_t most_at_once = std::size_t{1} << 30U;

}  // namespace

struct Aes256Ctr::Context {
  CipherContext cipher{EVP_CIPHER_CTX_new()};
};

Aes256Ctr::Aes256Ctr() : context_(std::make_unique<Context>()) {}

Aes256Ctr::Aes256Ctr(Aes256Ctr&&) noexcept = default;
Aes256Ctr& Aes256Ctr::operator=(Aes256Ctr&&) noexcept = default;
Aes256Ctr::~Aes256Ctr() = default;

void Aes256Ctr::begin(const std::array<std::byte, 32>& key, const std::array<std::byte, 16>& iv) {
  expect(EVP_EncryptInit_ex2(
             context_->cipher.get(), aes256_ctr(), raw(key.data()), raw(iv.data()), nullptr) == 1,
         "AES-256-CTR begins");
}

void Aes256Ctr::apply(ByteView from, std::span<std::byte> to) {
  expect(from.size() == to.size(), "encrypting does not change how many bytes there are");
  while (!from.empty()) {
    const auto size = std::min(from.size(), most_at_once);
    int written = 0;
    expect(EVP_EncryptUpdate(context_->cipher.get(),
                             raw(to.data()),
                             &written,
                             raw(from.data()),
                             static_cast<int>(size)) == 1,
           "AES-256-CTR takes bytes");
    from = from.subspan(size);
    to = to.subspan(size);
  }
}

struct Poly1305::Context {
  std::unique_ptr<EVP_MAC_CTX, FreeMac> mac{EVP_MAC_CTX_new(poly1305())};
};

Poly1305::Poly1305() : context_(std::make_unique<Context>()) {}

Poly1305::Poly1305(Poly1305&&) noexcept = default;
Poly1305& Poly1305::operator=(Poly1305&&) noexcept = default;
Poly1305::~Poly1305() = default;

void Poly1305::begin(const std::array<std::byte, 32>& key) {
  expect(EVP_MAC_init(context_->mac.get(), raw(key.data()), key.size(), nullptr) == 1,
         "Poly1305 begins");
}

void Poly1305::add(ByteView bytes) {
  expect(EVP_MAC_update(context_->mac.get(), raw(bytes.data()), bytes.size()) == 1,
         "Poly1305 takes bytes");
}

std::array<std::byte, 16> Poly1305::finish() {
  std::array<std::byte, 16> tag{};
  std::size_t size = 0;
  expect(EVP_MAC_final(context_->mac.get(), raw(tag.data()), &size, tag.size()) == 1 &&
             size == tag.size(),
         "Poly1305 ends");
  return tag;
}

std::array<std::byte, 16> aes128(const std::array<std::byte, 16>& key,
                                 const std::array<std::byte, 16>& block) {
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  std::array<std::byte, 16> out{};
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(cipher.get(), aes128_ecb(), raw(key.data()), nullptr, nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(cipher.get(), 0) == 1 &&
      EVP_EncryptUpdate(cipher.get(),
                        raw(out.data()),
                        &written,
                        raw(block.data()),
                        static_cast<int>(block.size())) == 1;
  expect(done && written == static_cast<int>(out.size()), "AES-128 encrypts a block");
  return out;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto size = std::min(bytes.size(), most_at_once);
    expect(RAND_bytes(raw(bytes.data()), static_cast<int>(size)) == 1, "there is randomness");
    bytes = bytes.subspan(size);
  }
}

}  // namespace keepsake::crypto
