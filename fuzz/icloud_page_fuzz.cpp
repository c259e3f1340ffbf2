// SPDX-License-Identifier: GPL-3.0-or-later
// An answer of iCloud's database: its verdict, its records, and each photo that they make.
#include "fuzz.h"
#include "net/http.h"
#include "source/icloud/page.h"
#include "source/icloud/ranks.h"
#include "source/icloud/record_text.h"
#include "source/icloud/translate.h"
#include "source/icloud/verdict.h"

#include <string>
#include <variant>

using namespace keepsake;
using namespace keepsake::source::icloud;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  net::Response answer;
  answer.status = 200;
  answer.body = fuzz::text(data, size);
  const auto verdict = judge(answer);
  const auto* good = std::get_if<verdict::Good>(&verdict);
  if (good == nullptr) return 0;
  const auto page = page_in(good->document.root());
  fuzz::must(ranks_of(page) >= 1);
  for (const AssetRecord& asset : page.assets) {
    const auto photo = [&](std::string_view master) {
      return asset_of(joined(asset.text, master), {}, own_library, Instant{});
    };
    const auto alone = photo({});
    fuzz::must(!alone || alone->key.id == asset.name);
    for (const MasterRecord& master : page.masters) {
      const auto whole = photo(master.text);
      fuzz::must(!whole || !whole->renditions.empty());
      // What is kept of two halves gives them back.
      fuzz::must(!whole || half_of(*whole->record, "asset") == asset.text);
    }
  }
  return 0;
}
