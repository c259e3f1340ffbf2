// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "os/folder.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::source::photos {

/// A plain file that was found.
struct FoundFile {
  std::string place;
  os::Entry entry;
};

/// The places that a library's files lie in: below its bundle, and for those that were left where
/// they were, anywhere on this machine. No link is followed in either.
class Places {
 public:
  explicit Places(std::unique_ptr<os::Folder> bundle) : bundle_(std::move(bundle)) {}

  [[nodiscard]] os::Folder& bundle() const { return *bundle_; }

  /// Nothing where no plain file is: nothing at all, a folder, or a link on the way. An outside
  /// file may be named in the other form of the same letters (NFC, NFD).
  /// Causes: absent (the bundle), denied, internal.
  Result<std::optional<FoundFile>> find(std::string_view place);

  /// Causes: not_found, denied, invalid.
  Result<std::unique_ptr<os::InFile>> open(std::string_view place);

 private:
  struct Spot {
    os::Folder* folder = nullptr;
    RelativePath path;
  };

  Result<Spot> spot(std::string_view place);
  Result<std::optional<FoundFile>> find_in_other_form(std::string_view place);

  std::unique_ptr<os::Folder> bundle_;
  std::unique_ptr<os::Folder> machine_;  ///< opened when first needed
};

}  // namespace keepsake::source::photos
