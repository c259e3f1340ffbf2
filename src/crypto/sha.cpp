// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/sha.h"

#include "base/bytes.h"
#include "base/result.h"

#include <openssl/evp.h>
#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace keepsake::crypto {

namespace {

/// Looking an algorithm up by name takes longer than hashing a small file, so it is done once. What
/// comes back never changes and lives as long as the program.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  expect(algorithm != nullptr, "OpenSSL has SHA-256");
  return algorithm;
}

const EVP_MD* sha1_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  expect(algorithm != nullptr, "OpenSSL has SHA-1");
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// OpenSSL's hashing in memory fails only where memory ran out or its library is broken; a sum that
/// might be wrong must never be taken for one, so such a failure ends the program.
class Hash {
 public:
  explicit Hash(const EVP_MD* algorithm) : algorithm_(algorithm) { begin(); }

  Hash(const Hash& other) : algorithm_(other.algorithm_) {
    expect(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1, "a hash can be copied");
  }

  Hash& operator=(const Hash&) = delete;
  ~Hash() = default;

  void begin() {
    expect(EVP_DigestInit_ex2(context_.get(), algorithm_, nullptr) == 1, "a hash begins");
  }

  void add(ByteView bytes) {
    expect(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "a hash takes bytes");
  }

  void finish(std::span<std::byte> sum) {
    expect(static_cast<std::size_t>(EVP_MD_get_size(algorithm_)) == sum.size(),
           "a sum has room for its hash");
    auto* const out = reinterpret_cast<unsigned char*>(sum.data());
    expect(EVP_DigestFinal_ex(context_.get(), out, nullptr) == 1, "a hash ends");
    begin();
  }

 private:
  const EVP_MD* algorithm_;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_{EVP_MD_CTX_new()};
};

/// Apple hashes this before the file: two names of its own, each with the NUL that ends it.
constexpr char salt_text[] = "com.apple.XattrObjectSalt\0com.apple.DataObjectSalt";
constexpr std::string_view salt(salt_text, sizeof(salt_text));
static_assert(salt.size() == 51);

}  // namespace

struct Sha256::Context {
  Hash hash{sha256_algorithm()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}

Sha256::Sha256(const Sha256& other) : context_(std::make_unique<Context>(*other.context_)) {}

Sha256& Sha256::operator=(const Sha256& other) {
  if (this != &other) context_ = std::make_unique<Context>(*other.context_);
  return *this;
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(ByteView bytes) { context_->hash.add(bytes); }

Digest Sha256::finish() {
  Digest sum;
  context_->hash.finish(sum.bytes);
  return sum;
}

Digest sha256(ByteView bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.finish();
}

Digest hmac_sha256(ByteView key, ByteView bytes) {
  Digest sum;
  std::size_t size = 0;
  const bool done = EVP_Q_mac(nullptr,
                              "HMAC",
                              nullptr,
                              "SHA256",
                              nullptr,
                              key.data(),
                              key.size(),
                              reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size(),
                              reinterpret_cast<unsigned char*>(sum.bytes.data()),
                              sum.bytes.size(),
                              &size) != nullptr;
  expect(done && size == sum.bytes.size(), "OpenSSL has HMAC-SHA-256");
  return sum;
}

std::array<std::byte, 16> md5(ByteView bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
  expect(algorithm != nullptr, "OpenSSL has MD5");
  std::array<std::byte, 16> sum{};
  Hash hash(algorithm);
  hash.add(bytes);
  hash.finish(sum);
  return sum;
}

struct AppleSum::Context {
  Hash hash{sha1_algorithm()};

  Context() { hash.add(bytes_of(salt)); }
};

AppleSum::AppleSum() : context_(std::make_unique<Context>()) {}

AppleSum::AppleSum(AppleSum&&) noexcept = default;
AppleSum& AppleSum::operator=(AppleSum&&) noexcept = default;
AppleSum::~AppleSum() = default;

void AppleSum::add(ByteView bytes) { context_->hash.add(bytes); }

AppleChecksum AppleSum::finish() {
  AppleChecksum sum;
  sum.bytes.front() = std::byte{1};
  context_->hash.finish(std::span(sum.bytes).subspan(1));
  context_->hash.add(bytes_of(salt));
  return sum;
}

AppleChecksum apple_checksum(ByteView bytes) {
  AppleSum sum;
  sum.add(bytes);
  return sum.finish();
}

}  // namespace keepsake::crypto
