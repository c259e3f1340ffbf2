// SPDX-License-Identifier: GPL-3.0-or-later
// What a destination says of its photos: a line of its records.
#include "fuzz.h"
#include "records/file_record.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = records::parse_line(fuzz::text(data, size));
  if (!record) return 0;
  fuzz::must(records::is_month(record->month));
  const auto line = records::to_line(*record);
  const auto again = records::parse_line(line);
  fuzz::must(again && records::to_line(*again) == line);
  return 0;
}
