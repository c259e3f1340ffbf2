// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/journey/cloud.h"
#include "tests/trust/photos.h"

#include <cstdlib>
#include <string>

namespace keepsake::tests {

/// A few photos in a made-up iCloud account, which is signed in to, and what their owner does.
class CloudPhotos : public Trial {
 public:
  explicit CloudPhotos(const std::string& name) : Trial(name), cloud_(5) {
    for (const auto& [variable, value] : cloud_.variables())
      setenv(variable.c_str(), value.c_str(), 1);
    stage().expect(0, {"source", "add", "phone", "icloud", "--account", "jane@example.com"});
    stage().expect(0, {"source", "sign-in", "phone", "--code", "123456"});
  }

  /// One is edited, one deleted, one comes.
  void back_up_and_change() {
    stage().expect(0, backup);
    const auto photos = cloud_.photos();
    const auto& first = photos.begin()->first;
    const auto& last = photos.rbegin()->first;
    cloud_.act({{"do", "edit"}, {"asset", first}});
    cloud_.act({{"do", "purge"}, {"asset", last}});
    cloud_.act({{"do", "add"}, {"kind", "live"}});
  }

 private:
  Cloud cloud_;
};

}  // namespace keepsake::tests
