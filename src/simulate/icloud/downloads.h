// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/record.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The addresses of files, each good for a while and for that file only, and what they answer.
class Downloads {
 public:
  /// `secret` signs the addresses.
  explicit Downloads(std::string secret) : secret_(std::move(secret)) {}

  /// How long an address is good.
  void live_for(std::chrono::seconds lifetime) { lifetime_ = lifetime; }

  /// Addresses that were given out before are gone from now on.
  void expire() { ++generation_; }

  /// `base` is the host as the client can reach it.
  [[nodiscard]] std::string address(std::string_view base,
                                    const Zone& zone,
                                    const Record& record,
                                    const Resource& resource,
                                    Instant now) const;

  /// The file of such an address, or the part of it that was asked for; 410 when the address has
  /// expired, 404 when it never was one.
  [[nodiscard]] Reply answer(const Request& request, Library& library, Instant now) const;

 private:
  [[nodiscard]] std::string sign(std::string_view object,
                                 const Resource& resource,
                                 std::string_view expiry) const;

  std::string secret_;
  std::chrono::seconds lifetime_{3600};
  std::uint64_t generation_ = 0;
};

/// A reply with the bytes of a file, or with the part that a Range header asks for.
Reply serve(std::shared_ptr<RandomAccess> file, std::string_view range);

}  // namespace keepsake::simulate::icloud
