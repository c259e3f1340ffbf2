// SPDX-License-Identifier: GPL-3.0-or-later
// What Apple's sign-in and setup services answer: an account, the ways to a code, its storage.
#include "fuzz.h"
#include "source/icloud/account.h"
#include "source/icloud/second_factor.h"
#include "source/icloud/storage_look.h"

using namespace keepsake;
using namespace keepsake::source::icloud;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto account = account_in(text);
  fuzz::must(!account || !account->dsid.empty());
  static_cast<void>(factors_in(text));
  static_cast<void>(room_in(text));
  return 0;
}
