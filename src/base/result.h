// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/cause.h"

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace keepsake {

/// How far a failure reaches: a full drive stops that drive only, a broken photo only that photo.
enum class Scope { asset, destination, source, run };

/// Why something could not be done. `what` is a sentence for a person; `where` names the thing it
/// happened to.
struct Error {
  Cause cause = Cause::internal;
  std::string what;
  std::string where;
  Scope scope = Scope::asset;

  /// "where: what", or only `what` where no thing is named.
  [[nodiscard]] std::string message() const { return where.empty() ? what : where + ": " + what; }
};

/// A value or the reason why there is none. Dropping one is a compile error.
template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;

  // NOLINTNEXTLINE(google-explicit-constructor): `return other.map(...)` gives the plain base class
  Result(tl::expected<T, Error> plain) : tl::expected<T, Error>(std::move(plain)) {}
};

/// `return fail(Cause::corrupt, "pack header claims {} bytes", length);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(Cause cause,
                                         fmt::format_string<Args...> what,
                                         Args&&... args) {
  return tl::unexpected<Error>(
      Error{cause, fmt::format(what, std::forward<Args>(args)...), {}, Scope::asset});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// For `map_error`: names the thing, unless a lower layer already did.
inline auto in(std::string where) {
  return [where = std::move(where)](Error error) {
    if (error.where.empty()) error.where = where;
    return error;
  };
}

/// For `map_error`: widens how far the failure reaches.
inline auto reaching(Scope scope) {
  return [scope](Error error) {
    error.scope = scope;
    return error;
  };
}

namespace detail {
[[noreturn]] void broken(std::string_view why);

template <class T>
T taken(tl::expected<T, Error>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

/// A promise that our own code makes to itself. Aborts when broken, in release too; never for
/// input.
inline void expect(bool holds, std::string_view why) {
  if (!holds) detail::broken(why);
}

}  // namespace keepsake

/// The value of a Result, or leaves the function with its error. It must be the whole statement,
/// the whole initialiser or the whole `return`: inside a larger expression an already built
/// temporary would not be destroyed.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): a function cannot return from its caller
#define TRY(expression)                                                        \
  __extension__({                                                              \
    auto try_result_ = (expression);                                           \
    if (!try_result_) return ::keepsake::fail(std::move(try_result_).error()); \
    ::keepsake::detail::taken(std::move(try_result_));                         \
  })
