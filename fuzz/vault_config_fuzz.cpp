// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/config_file.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = vault::parse_config(fuzz::text(data, size));
  if (!config) return 0;
  static_cast<void>(vault::is_irreducible(config->chunker_polynomial));
  const auto again = vault::parse_config(vault::to_json(*config));
  fuzz::must(again && again->id == config->id &&
             again->chunker_polynomial == config->chunker_polynomial);
  return 0;
}
