// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/sha.h"

#include "base/bytes.h"
#include "base/result.h"

#include <openssl/evp.h>
#include <openssl/types.h>

#include <memory>

namespace keepsake::crypto {

namespace {

/// Looking an algorithm up by name takes longer than hashing a small file, so it is done once. What
/// comes back never changes and lives as long as the program.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  expect(algorithm != nullptr, "OpenSSL has SHA-256");
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

// OpenSSL's hashing in memory fails only where memory ran out or its library is broken; a sum that
// might be wrong must never be taken for one, so such a failure ends the program.
struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> hash{EVP_MD_CTX_new()};

  Context() { begin(); }

  Context(const Context& other) {
    expect(EVP_MD_CTX_copy_ex(hash.get(), other.hash.get()) == 1, "SHA-256 can be copied");
  }

  Context& operator=(const Context&) = delete;
  ~Context() = default;

  void begin() const {
    expect(EVP_DigestInit_ex2(hash.get(), sha256_algorithm(), nullptr) == 1, "SHA-256 begins");
  }
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

void Sha256::add(ByteView bytes) {
  expect(EVP_DigestUpdate(context_->hash.get(), bytes.data(), bytes.size()) == 1,
         "SHA-256 takes bytes");
}

Digest Sha256::finish() {
  Digest sum;
  auto* const out = reinterpret_cast<unsigned char*>(sum.bytes.data());
  expect(EVP_DigestFinal_ex(context_->hash.get(), out, nullptr) == 1, "SHA-256 ends");
  context_->begin();
  return sum;
}

Digest sha256(ByteView bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.finish();
}

}  // namespace keepsake::crypto
