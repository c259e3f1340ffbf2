// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/lock_file.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "vault/json_text.h"
#include "vault/tree.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace keepsake::vault {

Result<LockFile> parse_lock(std::string_view text) {
  const auto document = TRY(json::Document::parse(text, max_lock_json));
  const auto& root = document.root();
  LockFile lock;
  const auto time_field = TRY(json::needed(root, "time"));
  const auto time_text = TRY(json::text(time_field, "time"));
  const auto time = instant_of(time_text);
  if (!time) return fail(Cause::corrupt, "its \"time\" is no time");
  lock.time = *time;
  if (const auto exclusive = json::field(root, "exclusive"))
    lock.exclusive = TRY(json::truth(*exclusive, "exclusive"));
  if (const auto host = json::field(root, "hostname"))
    lock.hostname = TRY(json::text(*host, "hostname"));
  if (const auto user = json::field(root, "username"))
    lock.username = TRY(json::text(*user, "username"));
  if (const auto pid = json::field(root, "pid")) {
    const bool is_number = pid->get(lock.pid) == simdjson::SUCCESS;
    if (!is_number) return fail(Cause::corrupt, "its \"pid\" is not a whole number");
  }
  return lock;
}

std::string to_json(const LockFile& lock) {
  std::string json;
  fmt::format_to(std::back_inserter(json),
                 R"({{"time":"{}","exclusive":{},"hostname":)",
                 to_rfc3339(lock.time),
                 lock.exclusive);
  append_json(json, lock.hostname);
  json += R"(,"username":)";
  append_json(json, lock.username);
  fmt::format_to(std::back_inserter(json), R"(,"pid":{}}})", lock.pid);
  return json;
}

}  // namespace keepsake::vault
