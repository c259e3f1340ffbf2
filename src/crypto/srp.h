// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

/// The sign-in in which a password is proven and never sent: SRP-6a (RFC 5054, its group of 2048
/// bits) with SHA-256, in the variant of Apple Accounts, which leaves the account's name out of x
/// and lets the client send both proofs at once. Each side is used for one sign-in.
namespace keepsake::crypto {

/// How a password becomes the secret that both sides know.
enum class SrpProtocol {
  s2k,    ///< from the 32 bytes of its SHA-256
  s2k_fo  ///< from the same sum, written as 64 hexadecimal digits
};

/// As it travels: "s2k", "s2k_fo".
std::string_view name(SrpProtocol protocol);
std::optional<SrpProtocol> srp_protocol_named(std::string_view name);

/// What a password is stretched with (PBKDF2).
struct SrpStretch {
  SrpProtocol protocol = SrpProtocol::s2k;
  Bytes salt;
  std::uint32_t iterations = 20064;
};

/// The most work that a server may ask for: about a second.
inline constexpr std::uint32_t max_srp_iterations = 4'000'000;
inline constexpr ByteCount max_srp_salt{1024};

/// How long the public values are.
inline constexpr std::size_t srp_value_size = 256;

/// Whether numbers that are shorter than others are hashed without the zeros before them. The two
/// forms are equal but for one sign-in in a hundred; nobody has written down which is Apple's.
enum class LeadingZeros { dropped, kept };

/// What shows that the client knows the password, and what the server would have answered.
struct SrpProof {
  Digest m1;
  Digest m2;
  bool depends_on_zeros = false;  ///< a refusal may mean the other form of `LeadingZeros`
};

/// The side that knows the password.
class SrpClient {
 public:
  /// Draws the secret value so that the public one begins with no zero byte.
  SrpClient();

  /// With a secret value of the caller's: for tests.
  explicit SrpClient(ByteView secret_value);

  SrpClient(SrpClient&&) noexcept;
  SrpClient& operator=(SrpClient&&) noexcept;
  ~SrpClient();

  /// A: what the sign-in begins with.
  [[nodiscard]] Bytes public_value() const;

  /// The proof for what the server answered, B being its public value. `account` is the name as the
  /// server knows it: in lower case. Causes: invalid for an answer that no honest server gives.
  [[nodiscard]] Result<SrpProof> prove(std::string_view account,
                                       const Secret& password,
                                       const SrpStretch& stretch,
                                       ByteView server_value,
                                       LeadingZeros zeros) const;

 private:
  struct Numbers;
  std::unique_ptr<Numbers> numbers_;
};

/// What a server keeps instead of a password: the stretch and v.
struct SrpVerifier {
  SrpStretch stretch;
  Bytes value;
};

/// Causes: invalid for a stretch that makes no sense or takes too much.
Result<SrpVerifier> make_srp_verifier(const Secret& password, SrpStretch stretch);

/// The side that keeps only the verifier.
class SrpServer {
 public:
  /// Draws the secret value so that the public one begins with no zero byte.
  explicit SrpServer(const SrpVerifier& verifier);

  /// With a secret value of the caller's: for tests.
  SrpServer(const SrpVerifier& verifier, ByteView secret_value);

  SrpServer(SrpServer&&) noexcept;
  SrpServer& operator=(SrpServer&&) noexcept;
  ~SrpServer();

  /// B: what the client is answered, beside the stretch.
  [[nodiscard]] Bytes public_value() const;

  /// Whether that client, A being its public value, knows the password. Both forms of zeros pass.
  [[nodiscard]] bool accepts(std::string_view account,
                             ByteView client_value,
                             const SrpProof& proof) const;

 private:
  struct Numbers;
  std::unique_ptr<Numbers> numbers_;
};

}  // namespace keepsake::crypto
