// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/path.h"
#include "base/result.h"
#include "base/secret.h"
#include "os/folder.h"

#include <memory>
#include <optional>
#include <string>

namespace keepsake::os {

/// Where one secret of the user's is kept.
class SecretPlace {
 public:
  virtual ~SecretPlace() = default;

  /// Nothing where there is none. Nobody is asked anything.
  virtual Result<std::optional<Secret>> read() = 0;

  /// In place of what was there.
  virtual Result<> write(const Secret& secret) = 0;

  virtual Result<> forget() = 0;
};

/// A file that only its owner can read, at most so large. Causes: those of the folder.
std::unique_ptr<SecretPlace> private_file(std::unique_ptr<Folder> folder,
                                          RelativePath name,
                                          ByteCount most);

/// What tells one of the user's secrets from all others.
struct KeyringItem {
  std::string home;   ///< the settings that it belongs to
  std::string kind;   ///< "vault password"
  std::string name;   ///< "safe"
  std::string label;  ///< what the keyring's own window shows
};

/// An entry of the desktop's keyring: any program that offers the Secret Service of freedesktop.org
/// on the session's bus. Causes: absent where there is none; denied while it is locked.
std::unique_ptr<SecretPlace> keyring_item(KeyringItem item);

}  // namespace keepsake::os
