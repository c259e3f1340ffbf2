// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace keepsake::vault {

/// The file `config`, unsealed.
struct ConfigFile {
  int version = 2;  ///< 1 or 2
  Digest id;        ///< 32 random bytes that name the repository
  std::uint64_t chunker_polynomial = 0;
  bool append_only = false;  ///< rustic's: nothing may be removed
};

inline constexpr ByteCount max_config_file{1 << 20};

/// Unknown fields are passed over. Causes: corrupt; unsupported for another version.
Result<ConfigFile> parse_config(std::string_view text);
std::string to_json(const ConfigFile& config);

/// Version 2, a random id, a random irreducible polynomial of degree 53.
ConfigFile make_config();

/// Whether a polynomial over GF(2) cannot be factored (Ben-Or's test).
bool is_irreducible(std::uint64_t polynomial);

}  // namespace keepsake::vault
