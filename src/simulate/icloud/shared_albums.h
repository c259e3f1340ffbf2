// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/account.h"
#include "simulate/icloud/database.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/library.h"

#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// How the names of zones that are shared albums begin.
inline constexpr std::string_view shared_album_prefix = "CMM-";

/// The service of shared albums, which hold reduced copies of photos. Each is a zone that the
/// database lists too.
class SharedAlbums {
 public:
  SharedAlbums(const Account& account, Library& library, const DatabaseService& database)
      : account_(&account), library_(&library), database_(&database) {}

  /// Answers the call that `shared_album_step_of` says it is.
  Reply answer(std::string_view step, const Request& request, Instant now);

 private:
  Reply list(const Request& request);
  Reply photos(const Zone& album, const Request& request, Instant now);

  const Account* account_;
  Library* library_;
  const DatabaseService* database_;
};

/// What a call to the service is, in one word; empty for one that it has not.
std::string_view shared_album_step_of(const Request& request);

}  // namespace keepsake::simulate::icloud
