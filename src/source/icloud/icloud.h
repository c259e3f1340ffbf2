// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "os/machine.h"
#include "os/secret_place.h"
#include "source/icloud/endpoints.h"
#include "source/icloud/sign_in.h"
#include "source/icloud/web.h"
#include "source/source.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

namespace keepsake::source {

/// An iCloud account as its owner set it up.
struct ICloudAccount {
  icloud::Identity identity;
  icloud::Domain domain = icloud::Domain::com;
  icloud::Elsewhere elsewhere;
  std::optional<std::filesystem::path> ca_file;
  Rate rate;  ///< of what is downloaded
  icloud::Pace pace;
};

/// iCloud Photos of one account: its own library and those shared with it, with what is hidden,
/// recently deleted or never picked out of a burst. Nothing is ever changed there. `place` keeps
/// the sign-in; nothing is asked of Apple before it is needed. Causes: invalid, denied.
Result<std::unique_ptr<Source>> make_icloud_source(const ICloudAccount& account,
                                                   const Id128& id,
                                                   std::unique_ptr<os::SecretPlace> place,
                                                   os::Clock& clock,
                                                   icloud::FindPassword find_password);

/// Signs in to such an account (icloud/sign_in.h). Whether it was signed in already.
Result<bool> sign_in_to_icloud(const ICloudAccount& account,
                               std::unique_ptr<os::SecretPlace> place,
                               os::Clock& clock,
                               const icloud::SignInWish& wish,
                               const icloud::FindPassword& find_password,
                               const icloud::AskCode& ask_code,
                               const std::stop_token& stop);

}  // namespace keepsake::source
