// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/srp.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/promised.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/cipher.h"
#include "crypto/sha.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace keepsake::crypto {

namespace {

/// RFC 5054, appendix A, the group of 2048 bits; its generator is 2.
constexpr std::string_view group_prime =
    "ac6bdb41324a9a9bf166de5e1389582faf72b6651987ee07fc3192943db56050"
    "a37329cbb4a099ed8193e0757767a13dd52312ab4b03310dcd7f48a9da04fd50"
    "e8083969edb767b0cf6095179a163ab3661a05fbd5faaae82918a9962f0b93b8"
    "55f97993ec975eeaa80d740adbf4ff747359d041d5c33ea71d281e446b14773b"
    "ca97b43a23fb801676bd207a436c6481f1d2b9078717461a5b9d32e688f87748"
    "544523b524b0d57d5ea77a2775d2ecfa032cfbdbf52fb3786160279004e57ae6"
    "af874e7303ce53299ccc041c7bc308d82a5698f3a8d0c38271ae35f8e9dbfbb6"
    "94b5c803d89f7ae435de236d525f54759b65e372fcd68ef20fa7111f9e4aff73";

constexpr std::size_t secret_value_size = 32;

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};

struct FreeScratch {
  void operator()(BN_CTX* scratch) const { BN_CTX_free(scratch); }
};

using Number = std::unique_ptr<BIGNUM, FreeNumber>;

const unsigned char* raw(ByteView bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* writable(std::span<std::byte> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// Arithmetic fails only where memory ran out: nothing could go on from there.

Number empty() {
  Number number(BN_new());
  expect(number != nullptr, "there is memory for a number");
  return number;
}

Number number_of(ByteView bytes) {
  Number number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
  expect(number != nullptr, "there is memory for a number");
  return number;
}

/// Filled with zeros from the left: the standard's PAD.
Bytes padded(const Number& number) {
  Bytes bytes(srp_value_size);
  expect(BN_bn2binpad(number.get(), writable(bytes), static_cast<int>(bytes.size())) > 0,
         "what is computed in the group has its length");
  return bytes;
}

Number hash_of(std::initializer_list<ByteView> parts) {
  Sha256 hash;
  for (const ByteView part : parts) hash.add(part);
  return number_of(hash.finish().bytes);
}

Digest digest_of(std::initializer_list<ByteView> parts) {
  Sha256 hash;
  for (const ByteView part : parts) hash.add(part);
  return hash.finish();
}

/// Numbers modulo the prime, and the constants that follow from it.
class Group {
 public:
  Group() {
    const auto prime = from_hex(group_prime);
    prime_ = number_of(promised(prime, "the prime is written in hexadecimal"));
    const std::array<std::byte, 1> two{std::byte{2}};
    generator_ = number_of(two);
    multiplier_ = hash_of({padded(prime_), padded(generator_)});
  }

  [[nodiscard]] Number plus(const Number& a, const Number& b) const {
    auto sum = empty();
    expect(BN_mod_add(sum.get(), a.get(), b.get(), prime_.get(), scratch_.get()) == 1, "adds");
    return sum;
  }

  [[nodiscard]] Number minus(const Number& a, const Number& b) const {
    auto rest = empty();
    expect(BN_mod_sub(rest.get(), a.get(), b.get(), prime_.get(), scratch_.get()) == 1,
           "subtracts");
    return rest;
  }

  [[nodiscard]] Number times(const Number& a, const Number& b) const {
    auto product = empty();
    expect(BN_mod_mul(product.get(), a.get(), b.get(), prime_.get(), scratch_.get()) == 1,
           "multiplies");
    return product;
  }

  /// Takes as long for one exponent as for another: they are secret.
  [[nodiscard]] Number power(const Number& base, const Number& exponent) const {
    auto power = empty();
    expect(BN_mod_exp_mont_consttime(
               power.get(), base.get(), exponent.get(), prime_.get(), scratch_.get(), nullptr) == 1,
           "raises to a power");
    return power;
  }

  [[nodiscard]] Number power_of_generator(const Number& exponent) const {
    return power(generator_, exponent);
  }

  /// a + u * x, an exponent and thus no number of the group.
  [[nodiscard]] Number exponent(const Number& a, const Number& u, const Number& x) const {
    auto product = empty();
    auto sum = empty();
    expect(BN_mul(product.get(), u.get(), x.get(), scratch_.get()) == 1 &&
               BN_add(sum.get(), a.get(), product.get()) == 1,
           "computes an exponent");
    return sum;
  }

  /// k, which keeps a server from guessing two passwords in one sign-in.
  [[nodiscard]] const Number& multiplier() const { return multiplier_; }

  /// Whether it may be somebody's public value: from 1 up to the prime.
  [[nodiscard]] bool holds(const Number& value) const {
    return BN_is_zero(value.get()) == 0 && BN_cmp(value.get(), prime_.get()) < 0;
  }

  /// H(N) xor H(PAD(g)): what stands for the group in a proof.
  [[nodiscard]] Digest sign() const {
    Digest sign = sha256(padded(prime_));
    const Digest other = sha256(padded(generator_));
    for (std::size_t i = 0; i < sign.bytes.size(); ++i) sign.bytes.at(i) ^= other.bytes.at(i);
    return sign;
  }

 private:
  std::unique_ptr<BN_CTX, FreeScratch> scratch_{BN_CTX_secure_new()};
  Number prime_;
  Number generator_;
  Number multiplier_;
};

Result<> check(const SrpStretch& stretch) {
  if (stretch.iterations == 0 || stretch.iterations > max_srp_iterations || stretch.salt.empty() ||
      stretch.salt.size() > max_srp_salt.value)
    return fail(Cause::invalid,
                "a password cannot be stretched {} times with a salt of {} bytes",
                stretch.iterations,
                stretch.salt.size());
  return {};
}

/// x: what the password becomes.
Result<Number> stretched(const Secret& password, const SrpStretch& stretch) {
  TRY(check(stretch));
  const Digest sum = sha256(bytes_of(password.reveal()));
  const Secret key(stretch.protocol == SrpProtocol::s2k ? std::string(text_of(sum.bytes))
                                                        : sum.hex());
  std::array<std::byte, 32> derived{};
  const auto text = key.reveal();
  expect(PKCS5_PBKDF2_HMAC(text.data(),
                           static_cast<int>(text.size()),
                           raw(stretch.salt),
                           static_cast<int>(stretch.salt.size()),
                           static_cast<int>(stretch.iterations),
                           EVP_sha256(),
                           static_cast<int>(derived.size()),
                           writable(derived)) == 1,
         "PBKDF2 derives a key");
  const Digest inner = digest_of({bytes_of(":"), derived});
  wipe(derived.data(), derived.size());
  return hash_of({stretch.salt, inner.bytes});
}

/// What both sides have seen and computed when they come to prove it.
struct Exchange {
  std::string_view account;
  ByteView salt;
  Bytes client_value;   ///< A, padded
  Bytes server_value;   ///< B, padded
  Bytes shared_secret;  ///< S, padded
};

ByteView in_form(const Bytes& padded_number, LeadingZeros zeros) {
  const ByteView whole = padded_number;
  if (zeros == LeadingZeros::kept) return whole;
  const auto first =
      std::ranges::find_if(whole, [](std::byte byte) { return byte != std::byte{0}; });
  return whole.subspan(static_cast<std::size_t>(first - whole.begin()));
}

SrpProof proof_of(const Group& group, const Exchange& exchange, LeadingZeros zeros) {
  const auto a = in_form(exchange.client_value, zeros);
  const auto b = in_form(exchange.server_value, zeros);
  const Digest key = sha256(in_form(exchange.shared_secret, zeros));
  const Digest sign = group.sign();
  const Digest account = sha256(bytes_of(exchange.account));
  SrpProof proof;
  proof.m1 = digest_of({sign.bytes, account.bytes, exchange.salt, a, b, key.bytes});
  proof.m2 = digest_of({a, proof.m1.bytes, key.bytes});
  proof.depends_on_zeros = exchange.server_value.front() == std::byte{0} ||
                           exchange.shared_secret.front() == std::byte{0} ||
                           exchange.client_value.front() == std::byte{0};
  return proof;
}

/// A secret value whose public value, by `public_of`, begins with no zero byte.
template <class PublicOf>
Number draw(const PublicOf& public_of) {
  std::array<std::byte, secret_value_size> bytes{};
  while (true) {
    fill_random(bytes);
    auto secret = number_of(bytes);
    if (padded(public_of(secret)).front() == std::byte{0}) continue;
    wipe(bytes.data(), bytes.size());
    return secret;
  }
}

}  // namespace

std::string_view name(SrpProtocol protocol) {
  return protocol == SrpProtocol::s2k ? "s2k" : "s2k_fo";
}

std::optional<SrpProtocol> srp_protocol_named(std::string_view name) {
  if (name == "s2k") return SrpProtocol::s2k;
  if (name == "s2k_fo") return SrpProtocol::s2k_fo;
  return std::nullopt;
}

struct SrpClient::Numbers {
  Group group;
  Number secret_value;
  Number public_value;

  explicit Numbers(Number secret) : secret_value(std::move(secret)) {
    public_value = group.power_of_generator(secret_value);
  }
};

SrpClient::SrpClient()
    : numbers_(std::make_unique<Numbers>(draw(
          [group = Group()](const Number& secret) { return group.power_of_generator(secret); }))) {}

SrpClient::SrpClient(ByteView secret_value)
    : numbers_(std::make_unique<Numbers>(number_of(secret_value))) {}

SrpClient::SrpClient(SrpClient&&) noexcept = default;
SrpClient& SrpClient::operator=(SrpClient&&) noexcept = default;
SrpClient::~SrpClient() = default;

Bytes SrpClient::public_value() const { return padded(numbers_->public_value); }

Result<SrpProof> SrpClient::prove(std::string_view account,
                                  const Secret& password,
                                  const SrpStretch& stretch,
                                  ByteView server_value,
                                  LeadingZeros zeros) const {
  const Group& group = numbers_->group;
  if (server_value.size() > srp_value_size)
    return fail(Cause::invalid, "the server's sign-in value has {} bytes", server_value.size());
  const auto b = number_of(server_value);
  if (!group.holds(b)) return fail(Cause::invalid, "the server's sign-in value gives the key away");

  Exchange exchange{account, stretch.salt, public_value(), padded(b), {}};
  const auto u = hash_of({exchange.client_value, exchange.server_value});
  const auto x = TRY(stretched(password, stretch));
  const auto base = group.minus(b, group.times(group.multiplier(), group.power_of_generator(x)));
  exchange.shared_secret = padded(group.power(base, group.exponent(numbers_->secret_value, u, x)));
  auto proof = proof_of(group, exchange, zeros);
  wipe(exchange.shared_secret.data(), exchange.shared_secret.size());
  return proof;
}

Result<SrpVerifier> make_srp_verifier(const Secret& password, SrpStretch stretch) {
  const auto x = TRY(stretched(password, stretch));
  auto value = padded(Group().power_of_generator(x));
  return SrpVerifier{std::move(stretch), std::move(value)};
}

struct SrpServer::Numbers {
  Group group;
  Bytes salt;
  Number verifier;
  Number secret_value;
  Number public_value;

  explicit Numbers(const SrpVerifier& kept)
      : salt(kept.stretch.salt), verifier(number_of(kept.value)) {}

  [[nodiscard]] Number public_of(const Number& secret) const {
    return group.plus(group.times(group.multiplier(), verifier), group.power_of_generator(secret));
  }

  void take(Number secret) {
    secret_value = std::move(secret);
    public_value = public_of(secret_value);
  }
};

SrpServer::SrpServer(const SrpVerifier& verifier) : numbers_(std::make_unique<Numbers>(verifier)) {
  numbers_->take(draw([this](const Number& secret) { return numbers_->public_of(secret); }));
}

SrpServer::SrpServer(const SrpVerifier& verifier, ByteView secret_value)
    : numbers_(std::make_unique<Numbers>(verifier)) {
  numbers_->take(number_of(secret_value));
}

SrpServer::SrpServer(SrpServer&&) noexcept = default;
SrpServer& SrpServer::operator=(SrpServer&&) noexcept = default;
SrpServer::~SrpServer() = default;

Bytes SrpServer::public_value() const { return padded(numbers_->public_value); }

bool SrpServer::accepts(std::string_view account,
                        ByteView client_value,
                        const SrpProof& proof) const {
  const Group& group = numbers_->group;
  if (client_value.size() > srp_value_size) return false;
  const auto a = number_of(client_value);
  if (!group.holds(a)) return false;

  Exchange exchange{account, numbers_->salt, padded(a), public_value(), {}};
  const auto u = hash_of({exchange.client_value, exchange.server_value});
  const auto base = group.times(a, group.power(numbers_->verifier, u));
  exchange.shared_secret = padded(group.power(base, numbers_->secret_value));
  return std::ranges::any_of(std::array{LeadingZeros::dropped, LeadingZeros::kept},
                             [&](LeadingZeros zeros) {
                               const auto expected = proof_of(group, exchange, zeros);
                               return equal_in_constant_time(expected.m1.bytes, proof.m1.bytes) &&
                                      equal_in_constant_time(expected.m2.bytes, proof.m2.bytes);
                             });
}

}  // namespace keepsake::crypto
