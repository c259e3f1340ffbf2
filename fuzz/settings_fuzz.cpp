// SPDX-License-Identifier: GPL-3.0-or-later
// The settings file, and the changes of its text.
#include "config/document.h"
#include "config/settings.h"
#include "fuzz.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  static_cast<void>(config::parse_settings(text, "settings"));
  const auto document = config::read_document(text);
  if (!document) return 0;
  for (const config::Table& table : document->tables) {
    const auto without = config::without_table(text, table.group, table.name);
    if (!without) continue;
    const auto rest = config::read_document(*without);
    fuzz::must(rest && rest->tables.size() + 1 == document->tables.size());
  }
  return 0;
}
