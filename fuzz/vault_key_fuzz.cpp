// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/key_file.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(vault::MasterKey::parse(fuzz::text(data, size)));
  const auto file = vault::parse_key_file(fuzz::text(data, size));
  if (!file) return 0;
  static_cast<void>(crypto::check(file->cost));
  const auto again = vault::parse_key_file(vault::to_json(*file, Instant{}));
  fuzz::must(again && again->salt == file->salt && again->sealed == file->sealed);
  return 0;
}
