// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/album_list.h"
#include "fuzz.h"

using namespace keepsake;
using destination::in_vault::AlbumList;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = AlbumList::parse(fuzz::text(data, size)).to_json();
  fuzz::must(AlbumList::parse(text).to_json() == text);
  return 0;
}
