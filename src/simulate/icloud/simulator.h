// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/machine.h"
#include "simulate/icloud/account.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/server.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::simulate::icloud {

/// What is simulated.
struct Options {
  std::filesystem::path state;                  ///< a folder of its own; made when missing
  std::optional<std::filesystem::path> photos;  ///< the pictures of a new library
  std::uint64_t generate = 0;                   ///< or how many to make
  Account account;
  std::vector<Fault> faults;
};

/// The whole of it without a socket: requests in, replies out, by several threads at once.
class Simulator {
 public:
  /// Takes up the library that the state folder knows; only the first start makes one.
  /// Causes: denied, full, corrupt; not_found for pictures that are not there.
  static Result<std::unique_ptr<Simulator>> open(Options options, os::Clock& clock);

  virtual ~Simulator() = default;

  virtual Reply answer(const Request& request) = 0;
};

/// Where it is to be reached, once it is.
struct Address {
  std::string url;
  std::filesystem::path authority;  ///< the certificate that clients must trust
};

/// Serves it until it is asked to stop. Causes: as `open`; conflict when the port is taken.
Result<> serve(Options options,
               const Listen& listen,
               const std::function<void(const Address&)>& announce,
               std::stop_token stop);

}  // namespace keepsake::simulate::icloud
