// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/account.h"

#include "base/text.h"

namespace keepsake::photo {

std::string_view name(Shortfall::State state) {
  switch (state) {
    case Shortfall::State::pending:
      return "pending";
    case Shortfall::State::failed:
      return "failed";
    case Shortfall::State::excluded:
      return "excluded";
  }
  return "pending";
}

std::vector<std::string> Account::warnings() const {
  std::vector<std::string> warnings = asset.warnings;
  for (const History& file : files) {
    const Version* version = file.current();
    const auto claim = version == nullptr ? std::nullopt : version->broken_claim();
    if (!claim) continue;
    warnings.push_back(shown(file.name) +
                       ": it was changed after its library took it in (the library remembers the "
                       "checksum " +
                       to_text(*claim) + "); it is kept as it is now");
  }
  return warnings;
}

}  // namespace keepsake::photo
