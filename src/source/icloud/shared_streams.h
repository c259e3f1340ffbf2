// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "net/url.h"
#include "source/icloud/access.h"
#include "source/icloud/page.h"
#include "source/icloud/web.h"

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source::icloud {

/// An album that people share with each other. It holds reduced copies of photos, and is the
/// library of these; no other library has them.
struct SharedAlbum {
  std::string id;   ///< "albumguid"
  std::string tag;  ///< "albumctag": another one whenever something in it changed
  std::string title;
  net::Url location;
};

/// The service of shared albums, which Apple calls shared streams. It is older than CloudKit and
/// knows of no changes, only of tags. Causes of all questions: those of `ask_until_answered`,
/// corrupt. May be used by several threads.
class SharedStreams {
 public:
  SharedStreams(Web& web, Access& access) : web_(web), access_(access) {}

  /// Every album that the account owns or follows; none where it has no such service.
  Result<std::vector<SharedAlbum>> albums(const std::stop_token& stop);

  /// Everything in an album, by pages of at most 100 photos. Cause not_found for an album that the
  /// account does not have.
  Result<> each_page(std::string_view album,
                     const std::function<Result<>(Page)>& take,
                     const std::stop_token& stop);

 private:
  [[nodiscard]] net::RetryPolicy little_patience() const;
  Result<SharedAlbum> find(std::string_view album, const std::stop_token& stop);

  Web& web_;
  Access& access_;
  Guarded<std::map<std::string, SharedAlbum, std::less<>>> known_;
};

}  // namespace keepsake::source::icloud
