// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/scrypt.h"
#include "os/machine.h"
#include "vault/seal.h"

#include <string>
#include <string_view>

namespace keepsake::vault {

/// A file of `keys/`: a password's way to the master key. Several are several passwords.
struct KeyFile {
  crypto::ScryptCost cost;
  Bytes salt;    ///< 64 bytes
  Bytes sealed;  ///< the master key's JSON
};

inline constexpr ByteCount max_key_file{1 << 20};

/// Causes: corrupt; unsupported for another derivation than scrypt.
Result<KeyFile> parse_key_file(std::string_view text);

/// One line as restic writes it, with neutral words for user and host.
std::string to_json(const KeyFile& file, Instant created);

/// Causes: wrong_password; corrupt when the password is right and what it opens is not.
Result<MasterKey> unlock(const KeyFile& file, const Secret& password);

/// A key file for this password and key.
Result<KeyFile> lock(const MasterKey& key, const Secret& password, const crypto::ScryptCost& cost);

/// N=32768, r=8, and as many p that one derivation takes at least 0.4 s here, never under 4.
crypto::ScryptCost calibrated_cost(os::Clock& clock);

}  // namespace keepsake::vault
