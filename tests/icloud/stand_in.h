// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"
#include "simulate/icloud/authority.h"
#include "simulate/icloud/server.h"
#include "source/icloud/icloud.h"
#include "source/source.h"
#include "tests/support/temp_folder.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace keepsake::tests {

/// Answers on this machine in iCloud's place, over TLS, as long as it lives.
class StandIn {
 public:
  /// The handler is called by several threads at once.
  explicit StandIn(simulate::icloud::Server::Handler handler);

  /// "https://127.0.0.1:49152"
  [[nodiscard]] std::string url() const;

  /// Where clients look for it, and that they need not be patient.
  [[nodiscard]] source::ICloudAccount account() const;

 private:
  TempFolder folder_;
  simulate::icloud::Authority authority_{folder_.path()};
  std::unique_ptr<simulate::icloud::Server> server_;
  std::jthread thread_;
};

/// The source of such an account, as a run has it; `state` is the folder that keeps its sign-in.
std::unique_ptr<source::Source> source_of(const StandIn& cloud,
                                          const std::filesystem::path& state,
                                          os::Clock& clock = os::system_clock());

/// Signs that account in, with the code that its simulated owner types.
void sign_in(const StandIn& cloud, const std::filesystem::path& state);

}  // namespace keepsake::tests
