// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keepsake {

/// A password, token or key. It cannot be printed or compared, and its memory is wiped when it
/// goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value);
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The one way to the bytes. Hand them on at once; never keep or log them.
  [[nodiscard]] std::string_view reveal() const { return value_; }

  [[nodiscard]] Secret copy() const { return Secret(value_); }

  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  void forget();

  std::string value_;
};

/// Overwrites bytes so that the compiler cannot leave it out.
void wipe(void* bytes, std::size_t size);

}  // namespace keepsake
