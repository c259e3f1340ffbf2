// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/login.h"

#include "base/bytes.h"
#include "base/path.h"
#include "base/text.h"
#include "os/folder.h"

#include <filesystem>
#include <utility>

namespace keepsake::storage::s3 {

namespace {

constexpr ByteCount longest_file{1 << 20};

/// Empty where there is none or it cannot be read.
std::string text_of_file(const std::filesystem::path& file) {
  const auto folder = os::open_folder(file.parent_path());
  const auto name = RelativePath::parse(file.filename().string());
  if (!folder || !name) return {};
  const auto bytes = (*folder)->read_all(*name, longest_file);
  return bytes ? std::string(text_of(*bytes)) : std::string();
}

std::string text_of_setting(const Variable& variable, const char* named, const char* usual) {
  if (const auto file = variable(named)) return text_of_file(*file);
  const auto home = variable("HOME");
  return home ? text_of_file(std::filesystem::path(*home) / ".aws" / usual) : std::string();
}

}  // namespace

Profile read_profile(std::string_view text, std::string_view section) {
  Profile profile;
  bool is_inside = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with('[')) is_inside = trimmed(line.substr(1, line.find(']') - 1)) == section;
    const auto equals = line.find('=');
    if (!is_inside || equals == std::string_view::npos || line.starts_with('#')) continue;
    const auto key = trimmed(line.substr(0, equals));
    const std::string value(trimmed(line.substr(equals + 1)));
    if (key == "aws_access_key_id") profile.key_id = value;
    if (key == "aws_secret_access_key") profile.secret = Secret(value);
    if (key == "aws_session_token") profile.session_token = Secret(value);
    if (key == "region") profile.region = value;
  }
  return profile;
}

Result<Login> find_login(const Variable& variable) {
  const auto name = variable("AWS_PROFILE").value_or("default");
  Login login;
  if (const auto key_id = variable("AWS_ACCESS_KEY_ID")) {
    login.credentials.key_id = *key_id;
    login.credentials.secret = Secret(variable("AWS_SECRET_ACCESS_KEY").value_or(""));
    if (auto token = variable("AWS_SESSION_TOKEN"))
      login.credentials.session_token = Secret(*std::move(token));
  } else {
    auto profile =
        read_profile(text_of_setting(variable, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), name);
    login.credentials.key_id = std::move(profile.key_id);
    login.credentials.secret = std::move(profile.secret);
    if (!profile.session_token.empty())
      login.credentials.session_token = std::move(profile.session_token);
    login.region = std::move(profile.region);
  }
  if (login.credentials.key_id.empty() || login.credentials.secret.empty())
    return fail(Error{Cause::denied,
                      "no key for S3 was found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                      "or write a profile into ~/.aws/credentials",
                      {},
                      Scope::destination});
  for (const char* const region : {"AWS_DEFAULT_REGION", "AWS_REGION"})
    if (auto set = variable(region)) login.region = *std::move(set);
  if (login.region.empty())
    login.region = read_profile(text_of_setting(variable, "AWS_CONFIG_FILE", "config"),
                                name == "default" ? name : "profile " + name)
                       .region;
  return login;
}

}  // namespace keepsake::storage::s3
