// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/sessions.h"

#include "base/result.h"
#include "base/time.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/small_file.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

}  // namespace

Result<Sessions> Sessions::open(std::filesystem::path file) {
  Sessions sessions(std::move(file));
  std::ifstream in(sessions.file_, std::ios::binary);
  if (!in) return sessions;
  const auto kept = json::parse(in, nullptr, false);
  if (!kept.is_object()) return fail(Cause::corrupt, "sessions.json is not what was written there");
  for (const auto& [token, grant] : kept.items())
    sessions.grants_.emplace(
        token,
        Grant{static_cast<Kind>(grant.value("kind", 0)),
              grant.value("proven", false),
              grant.value("trusted", false),
              Instant(std::chrono::milliseconds(grant.value("expires", std::int64_t{0})))});
  return sessions;
}

Result<std::string> Sessions::grant(Grant grant) {
  auto token = random_token();
  grants_.emplace(token, grant);
  TRY(save());
  return token;
}

const Sessions::Grant* Sessions::find(Kind kind, std::string_view token, Instant now) const {
  const auto found = grants_.find(token);
  if (found == grants_.end() || found->second.kind != kind || found->second.expires <= now)
    return nullptr;
  return &found->second;
}

Result<> Sessions::promote(const std::string& token, const Grant& grant) {
  grants_[token] = grant;
  return save();
}

Result<> Sessions::expire(Kind kind) {
  std::erase_if(grants_, [&](const auto& pair) { return pair.second.kind == kind; });
  return save();
}

Result<> Sessions::save() const {
  json kept = json::object();
  for (const auto& [token, grant] : grants_)
    kept[token] = {{"kind", static_cast<int>(grant.kind)},
                   {"proven", grant.proven},
                   {"trusted", grant.trusted},
                   {"expires", grant.expires.time_since_epoch().count()}};
  return write_small_file(file_, kept.dump());
}

}  // namespace keepsake::simulate::icloud
