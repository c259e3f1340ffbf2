// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/http.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::tests {

/// What Apple's hosts answered to some client once. Asked again, in whatever order, by whatever
/// host name, with whatever in the query, it gives the same answers; the addresses in them lead
/// back to it. What that client never asked for is answered as by an account that has no such
/// thing.
class Recording {
 public:
  explicit Recording(const std::filesystem::path& file);

  /// `here` is what its own addresses begin with. May be called by several threads.
  simulate::icloud::Reply answer(const simulate::icloud::Request& request, std::string_view here);

  /// Whether a request whose address contains that was answered.
  [[nodiscard]] bool has(std::string_view part_of_address) const;

  /// A record of a list, as it came.
  struct Told {
    std::string zone;
    nlohmann::json record;
  };

  /// Those of a type, such as "CPLAsset".
  [[nodiscard]] std::vector<Told> records(std::string_view type) const;

  /// Bodies of files, by the path that they were asked for with.
  [[nodiscard]] std::map<std::string, std::string> files() const;

 private:
  struct Exchange {
    std::string address;   ///< without its host and its query
    std::string question;  ///< what tells it from others of that address
    std::string zone;
    int status = 0;
    nlohmann::json headers;
    std::string body;
    bool was_given = false;
  };

  Exchange* find(std::string_view address, std::string_view question);
  std::string lookup(const nlohmann::json& asked) const;

  std::vector<Exchange> exchanges_;
  std::vector<Told> told_;
  std::mutex mutex_;
};

}  // namespace keepsake::tests
