// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace keepsake::tests {

/// A real server that speaks S3 and runs for the tests (tests/servers/s3.sh).
struct S3Server {
  std::string endpoint;
  std::string key_id;
  std::string secret;
  std::string region;
};

/// `ceph` or `swift`. Where it does not run, a line says so.
inline std::optional<S3Server> running_s3(const std::string& name) {
  const char* const folder = std::getenv("KEEPSAKE_TEST_SERVERS");
  std::ifstream file(std::filesystem::path(folder == nullptr ? "" : folder) / name);
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(file, line);)
    if (const auto equals = line.find('='); equals != std::string::npos)
      values[line.substr(0, equals)] = line.substr(equals + 1);
  if (values.empty()) {
    fmt::print("SKIPPED: S3 on {}, because KEEPSAKE_TEST_SERVERS names none that runs\n", name);
    return std::nullopt;
  }
  return S3Server{values.at("S3_ENDPOINT"),
                  values.at("S3_ACCESS_KEY"),
                  values.at("S3_SECRET_KEY"),
                  values.at("S3_REGION")};
}

}  // namespace keepsake::tests
