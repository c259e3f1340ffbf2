// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/database.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/journal.h"
#include "simulate/icloud/library.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The service by which the web puts photos into a library: an address for each file, its bytes,
/// and then the asset, whose records are found only some seconds later.
class Uploads {
 public:
  /// What it works on; files go into the folder.
  struct Parts {
    std::filesystem::path folder;
    Library& library;
    Journal& journal;
    DatabaseService& database;
    os::Clock& clock;
  };

  explicit Uploads(Parts parts) : parts_(std::move(parts)) {}

  /// Answers the call that `upload_step_of` says it is.
  Reply answer(std::string_view step, const Request& request);

 private:
  /// A file that came and belongs to no asset yet.
  struct Received {
    std::filesystem::path path;
    Measure measure;
  };

  Reply give_addresses(const Request& request);
  Reply receive(const Request& request);
  Reply put_assets(const Request& request);
  Reply tell_status(const Request& request);

  Result<Received> keep(const Request& request) const;
  nlohmann::json put_asset(const nlohmann::json& file, Zone& zone, const Request& request);

  Parts parts_;
  std::set<std::string, std::less<>> addresses_;
  std::map<std::string, Received, std::less<>> received_;  ///< by receipt
  std::set<std::string, std::less<>> jobs_;
};

/// What a call to the upload service is, in one word; empty for one that it has not.
std::string_view upload_step_of(const Request& request);

/// How long a new asset's records are not found.
inline constexpr std::chrono::seconds time_to_appear{17};

}  // namespace keepsake::simulate::icloud
