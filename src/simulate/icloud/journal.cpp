// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/journal.h"

#include "base/cause.h"
#include "base/result.h"
#include "base/time.h"
#include "simulate/icloud/act.h"
#include "simulate/icloud/library.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <ios>
#include <string>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

}  // namespace

Result<bool> Journal::replay(Library& library) {
  std::ifstream in(file_, std::ios::binary);
  if (!in) return false;
  for (std::string text; std::getline(in, text);) {
    const auto line = json::parse(text, nullptr, false);
    if (!line.is_object() || !line.contains("act"))
      return fail(Cause::corrupt, "library.jsonl is not what was written there");
    const Instant at(std::chrono::milliseconds(line.value("at", std::int64_t{0})));
    TRY(apply(library, line["act"], at));
  }
  return true;
}

Result<json> Journal::perform(Library& library, const json& act, Instant at) {
  auto made = TRY(apply(library, act, at));
  const json line = {{"at", at.time_since_epoch().count()}, {"act", act}};
  std::ofstream out(file_, std::ios::binary | std::ios::app);
  out << line << '\n';
  if (!out.flush()) return fail(Cause::full, "what happened cannot be kept in library.jsonl");
  return made;
}

}  // namespace keepsake::simulate::icloud
