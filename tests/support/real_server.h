// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

/// Real servers that run for the tests (tests/servers). Where one does not run, a line says so.
namespace keepsake::tests {

/// What a server says of itself, by the names that its script gives. `name` is "s3/ceph".
inline std::map<std::string, std::string> running_server(const std::string& name) {
  const char* const folder = std::getenv("KEEPSAKE_TEST_SERVERS");
  std::ifstream file(std::filesystem::path(folder == nullptr ? "" : folder) / name);
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(file, line);)
    if (const auto equals = line.find('='); equals != std::string::npos)
      values[line.substr(0, equals)] = line.substr(equals + 1);
  if (values.empty())
    fmt::print("SKIPPED: {}, because KEEPSAKE_TEST_SERVERS names none that runs\n", name);
  return values;
}

struct S3Server {
  std::string endpoint;
  std::string key_id;
  std::string secret;
  std::string region;
};

/// `ceph` or `swift`.
inline std::optional<S3Server> running_s3(const std::string& name) {
  const auto values = running_server("s3/" + name);
  if (values.empty()) return std::nullopt;
  return S3Server{values.at("S3_ENDPOINT"),
                  values.at("S3_ACCESS_KEY"),
                  values.at("S3_SECRET_KEY"),
                  values.at("S3_REGION")};
}

struct WebdavServer {
  std::string url;
  std::string user;
  std::string password;
};

/// `apache` or `rclone`.
inline std::optional<WebdavServer> running_webdav(const std::string& name) {
  const auto values = running_server("webdav/" + name);
  if (values.empty()) return std::nullopt;
  return WebdavServer{
      values.at("WEBDAV_URL"), values.at("WEBDAV_USER"), values.at("WEBDAV_PASSWORD")};
}

}  // namespace keepsake::tests
