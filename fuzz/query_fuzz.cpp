// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "photo/query.h"

using namespace keepsake;
using photo::Query;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto query = Query::parse(fuzz::text(data, size));
  if (!query) return 0;
  const photo::Asset asset;
  static_cast<void>(query->matches({.asset = asset}));
  const auto again = Query::parse(query->text());
  fuzz::must(again && *again == *query);
  return 0;
}
