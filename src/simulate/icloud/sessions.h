// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The tokens that the account's clients hold, with what each is good for. They outlive a restart,
/// though no power cut: they are worth nothing.
class Sessions {
 public:
  enum class Kind {
    session,  ///< of a sign-in, for the setup service
    trust,    ///< of a client that needs no second factor any more
    web,      ///< the cookie that the database asks for
    keys      ///< the cookies of Advanced Data Protection
  };

  struct Grant {
    Kind kind = Kind::session;
    bool proven = false;   ///< with everything that the account asks for
    bool trusted = false;  ///< by a trust token
    Instant expires{};
  };

  /// With those that were kept in the file. Causes: corrupt.
  static Result<Sessions> open(std::filesystem::path file);

  /// A new token, kept before it is returned.
  Result<std::string> grant(Grant grant);

  /// What a token of that kind is good for now; null for one that is unknown or has expired.
  [[nodiscard]] const Grant* find(Kind kind, std::string_view token, Instant now) const;

  /// Makes it as good as this.
  Result<> promote(const std::string& token, const Grant& grant);

  /// Forgets all tokens of that kind.
  Result<> expire(Kind kind);

 private:
  explicit Sessions(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] Result<> save() const;

  std::filesystem::path file_;
  std::map<std::string, Grant, std::less<>> grants_;
};

/// How long each is good.
inline constexpr std::chrono::days session_lifetime{60};
inline constexpr std::chrono::days trust_lifetime{90};
inline constexpr std::chrono::hours keys_lifetime{1};

}  // namespace keepsake::simulate::icloud
