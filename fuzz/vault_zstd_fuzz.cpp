// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/compression.h"

#include <algorithm>

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr ByteCount most{1 << 20};
  const auto input = fuzz::bytes(data, size);
  const auto plain = vault::decompress(input, most);
  if (plain) fuzz::must(plain->size() <= most.value);
  // However it is cut into pieces, the same comes out.
  vault::Decompression decompression;
  decompression.begin(most);
  std::size_t count = 0;
  bool whole = true;
  for (std::size_t at = 0; at < size && whole; at += 7) {
    const auto piece = input.subspan(at, std::min<std::size_t>(7, size - at));
    whole = decompression.add(piece, [&](ByteView some) { count += some.size(); }).has_value();
  }
  whole = whole && decompression.finish().has_value();
  fuzz::must(whole == plain.has_value());
  if (plain) fuzz::must(count == plain->size());
  const auto again = vault::decompress(vault::compress(input), ByteCount{size});
  fuzz::must(again && std::equal(again->begin(), again->end(), input.begin(), input.end()));
  return 0;
}
