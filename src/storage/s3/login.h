// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "storage/s3/signature.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::storage::s3 {

/// What AWS's own tools take from where a program runs.
struct Login {
  Credentials credentials;
  std::string region;  ///< empty where nobody says
};

/// The value of an environment variable; nothing where it is not set or empty.
using Variable = std::function<std::optional<std::string>(const char* name)>;

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; where they are not set, the
/// profile AWS_PROFILE, else `default`, of the file AWS_SHARED_CREDENTIALS_FILE, else
/// ~/.aws/credentials. The region is AWS_REGION, AWS_DEFAULT_REGION or the profile's in
/// AWS_CONFIG_FILE, else ~/.aws/config. Causes: denied where there is no key, naming what to set.
Result<Login> find_login(const Variable& variable);

/// The values of a profile in the text of such a file.
struct Profile {
  std::string key_id;
  Secret secret;
  Secret session_token;
  std::string region;
};

/// `section` is the name in brackets: "default", or "profile backup" in a config file.
Profile read_profile(std::string_view text, std::string_view section);

}  // namespace keepsake::storage::s3
