// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/tree.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto raw = fuzz::text(data, size);
  const auto same = vault::unquoted_name(vault::quoted_name(raw));
  fuzz::must(same && *same == raw);
  const auto unquoted = vault::unquoted_name(raw);
  if (!unquoted) return 0;
  const auto again = vault::unquoted_name(vault::quoted_name(*unquoted));
  fuzz::must(again && *again == *unquoted);
  return 0;
}
