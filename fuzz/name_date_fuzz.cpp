// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "media/clock.h"
#include "media/name_date.h"
#include "media/place.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = keepsake::text_of(keepsake::fuzz::view_of(data, size));
  keepsake::media::date_in_name(text);
  keepsake::media::parse_time(text);
  keepsake::media::parse_offset(text);
  keepsake::media::parse_iso6709(text);
  keepsake::media::parse_xmp_angle(text);
  return 0;
}
