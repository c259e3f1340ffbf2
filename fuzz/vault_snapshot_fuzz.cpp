// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/lock_file.h"
#include "vault/snapshot.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(vault::parse_lock(fuzz::text(data, size)));
  const auto snapshot = vault::parse_snapshot({}, fuzz::text(data, size));
  if (!snapshot) return 0;
  const auto again = vault::parse_snapshot({}, vault::to_json(*snapshot));
  fuzz::must(again && again->paths == snapshot->paths && again->time == snapshot->time);
  return 0;
}
