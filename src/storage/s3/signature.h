// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "base/time.h"
#include "net/http.h"

#include <optional>
#include <string>
#include <string_view>

namespace keepsake::storage::s3 {

/// Who asks. AWS calls them access key id, secret access key and session token.
struct Credentials {
  std::string key_id;
  Secret secret;
  std::optional<Secret> session_token;
};

/// Signs a request with AWS Signature Version 4 for the service s3: adds x-amz-date,
/// x-amz-content-sha256 (of the body as it is), x-amz-security-token where there is one, and
/// Authorization. Signed are the host, Content-Type, Content-MD5 and every x-amz- header. The
/// address must be encoded as `net::encoded` encodes, query values included. (AWS: "Authenticating
/// Requests: Using the Authorization Header".)
void sign(net::Request& request,
          const Credentials& credentials,
          std::string_view region,
          Instant now);

}  // namespace keepsake::storage::s3
