// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/url.h"

#include <optional>
#include <string>
#include <string_view>

/// iCloud Photos, as a browser sees it. Apple's words are used here, and nowhere else.
///
/// None of this is published by Apple. What is known comes from watching browsers, and from the
/// sources of pyicloud, icloudpd, rclone and kei.
namespace keepsake::source::icloud {

/// Accounts of China mainland live in a world of their own.
enum class Domain { com, cn };

std::string_view name(Domain domain);
std::optional<Domain> domain_named(std::string_view name);

/// Where the account is looked for elsewhere than at Apple: on this machine, by somebody who tries
/// this program out.
struct Elsewhere {
  std::optional<std::string> idms;
  std::optional<std::string> setup;
};

/// Where a sign-in begins; every other address is told by the answers.
struct Endpoints {
  net::Url idms;   ///< who somebody is: "https://idmsa.apple.com/appleauth/auth"
  net::Url setup;  ///< what they have: "https://setup.icloud.com/setup/ws/1"
  net::Url home;   ///< the page that a browser would be at
};

/// Causes: invalid for an address that is none, or not on this machine.
Result<Endpoints> endpoints_of(Domain domain, const Elsewhere& elsewhere);

/// Whether a file may be fetched from there: from anywhere that proves its name, as Apple tells no
/// list of its hosts; but from this machine only if the account is on it.
bool may_give_files(const net::Url& place, const Endpoints& endpoints);

/// What tells Apple that this is the web page's own program. It ages: see docs/manual/icloud.md.
namespace web_page {
inline constexpr std::string_view widget_key =
    "d39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d";
inline constexpr std::string_view build_number = "2534Project66";
inline constexpr std::string_view mastering_number = "2534B22";
inline constexpr std::string_view user_agent =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.3.1 Safari/605.1.15";
}  // namespace web_page

}  // namespace keepsake::source::icloud
