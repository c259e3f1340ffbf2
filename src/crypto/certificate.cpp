// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/certificate.h"

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/cipher.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::crypto {

namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }

  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

  void operator()(BIO* text) const { BIO_free(text); }

  void operator()(BIGNUM* number) const { BN_free(number); }

  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Text = std::unique_ptr<BIO, Free>;

// What is made from values of our own fails only where memory ran out or the library is broken.

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  expect(key != nullptr, "a key can be made");
  return key;
}

Text reading(std::string_view pem) {
  return Text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Text writing() { return Text(BIO_new(BIO_s_mem())); }

std::string written(const Text& text) {
  const char* bytes = nullptr;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast): the library's macro has one
  const auto size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void set_serial(const Certificate& certificate) {
  std::array<std::byte, 16> random{};
  fill_random(random);
  random.front() &= std::byte{0x7f};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  const auto* const bytes = reinterpret_cast<const unsigned char*>(random.data());
  const std::unique_ptr<BIGNUM, Free> number(
      BN_bin2bn(bytes, static_cast<int>(random.size()), nullptr));
  expect(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr,
         "a certificate has a number");
}

void set_lifetime(const Certificate& certificate, Instant now) {
  const auto from = std::chrono::system_clock::to_time_t(now - std::chrono::days{1});
  const auto until = std::chrono::system_clock::to_time_t(now + certificate_lifetime);
  expect(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until) != nullptr,
         "a certificate has a lifetime");
}

void set_name(X509_NAME* name, std::string_view text) {
  const std::string copy(text);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library's type for bytes
  const auto* const bytes = reinterpret_cast<const unsigned char*>(copy.c_str());
  expect(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1,
         "a certificate has a name");
}

void extend(const Certificate& certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate.get(), nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  expect(extension != nullptr && X509_add_ext(certificate.get(), extension.get(), -1) == 1,
         "a certificate takes an extension");
}

/// All of a certificate but what it is for.
Certificate begin(const Key& key, std::string_view name, Instant now) {
  Certificate certificate(X509_new());
  expect(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
             X509_set_pubkey(certificate.get(), key.get()) == 1,
         "a certificate begins");
  set_serial(certificate);
  set_lifetime(certificate, now);
  set_name(X509_get_subject_name(certificate.get()), name);
  return certificate;
}

Certified sign(const Certificate& certificate, X509* issuer, const Key& key, const Key& issuers) {
  expect(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
             X509_sign(certificate.get(), issuers.get(), EVP_sha256()) > 0,
         "a certificate is signed");
  const auto public_part = writing();
  const auto private_part = writing();
  expect(PEM_write_bio_X509(public_part.get(), certificate.get()) == 1 &&
             PEM_write_bio_PrivateKey(
                 private_part.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "a certificate is written");
  return {written(public_part), Secret(written(private_part))};
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    const bool is_address = name.find_first_not_of("0123456789.") == std::string::npos;
    list += (list.empty() ? "" : ",") + std::string(is_address ? "IP:" : "DNS:") + name;
  }
  return list;
}

}  // namespace

Certified make_authority(std::string_view name, Instant now) {
  const auto key = make_key();
  const auto certificate = begin(key, name, now);
  extend(certificate, certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(certificate, certificate.get(), NID_subject_key_identifier, "hash");
  return sign(certificate, certificate.get(), key, key);
}

Certified make_server_certificate(const Certified& authority,
                                  const std::vector<std::string>& names,
                                  Instant now) {
  expect(!names.empty(), "a server is reached by a name");
  const Certificate issuer(
      PEM_read_bio_X509(reading(authority.certificate).get(), nullptr, nullptr, nullptr));
  const Key issuers(
      PEM_read_bio_PrivateKey(reading(authority.key.reveal()).get(), nullptr, nullptr, nullptr));
  expect(issuer != nullptr && issuers != nullptr, "an authority is what was made as one");

  const auto key = make_key();
  const auto certificate = begin(key, names.front(), now);
  extend(certificate, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(certificate, issuer.get(), NID_key_usage, "critical,digitalSignature");
  extend(certificate, issuer.get(), NID_ext_key_usage, "serverAuth");
  extend(certificate, issuer.get(), NID_authority_key_identifier, "keyid");
  extend(certificate, issuer.get(), NID_subject_alt_name, alternative_names(names));
  return sign(certificate, issuer.get(), key, issuers);
}

}  // namespace keepsake::crypto
