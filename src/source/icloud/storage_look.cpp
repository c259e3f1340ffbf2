// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/storage_look.h"

#include "source/icloud/memory.h"
#include "source/icloud/replies.h"

#include <fmt/format.h>

#include <chrono>

namespace keepsake::source::icloud {

namespace {

using nlohmann::json;

constexpr std::chrono::hours between_looks{24};

std::int64_t number_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// Nothing where the service gives no answer.
Result<std::optional<Room>> ask_room(Web& web, Access& access, const std::stop_token& stop) {
  const auto pass = TRY(access.enter(stop));
  if (!pass.account.account_service) return std::nullopt;
  const auto url = pass.account.account_service->at(
      fmt::format("/setup/ws/1/storageUsageInfo?{}", web.client_query(pass.account.dsid)));
  const auto answer = web.ask_service(url, {}, stop);
  if (!answer && answer.error().cause == Cause::cancelled) return fail(answer.error());
  if (!answer || !answer->is_success()) return std::nullopt;
  return room_in(answer->body);
}

std::string_view warning_of(Room room) {
  if (room == Room::none)
    return "the iCloud storage is full: new photos stay on the phone and cannot be backed up from "
           "here. Make room in iCloud, or buy more";
  return "the iCloud storage is almost full: once it is, new photos stay on the phone and cannot "
         "be backed up from here";
}

}  // namespace

std::optional<Room> room_in(std::string_view body) {
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const json& state = part(object, "quotaStatus");
  const json& sizes = part(object, "storageUsageInfo");
  const auto total = number_in(sizes, "totalStorageInBytes");
  if (state.empty() && total == 0) return std::nullopt;
  const bool is_used_up = total > 0 && number_in(sizes, "usedStorageInBytes") >= total;
  if (is_used_up || truth_in(state, "overQuota", false)) return Room::none;
  return truth_in(state, "almost-full", false) ? Room::little : Room::plenty;
}

Result<> look_at_storage(
    Web& web, Access& access, Changes& changes, Instant now, const std::stop_token& stop) {
  AccountMemory memory(changes.memory());
  const auto last = TRY(memory.last_storage_look());
  if (last && now - *last < between_looks && *last <= now) return {};
  const auto room = TRY(ask_room(web, access, stop));
  if (room && *room != Room::plenty) changes.warn(warning_of(*room));
  TRY(memory.note_storage_look(now));
  return changes.commit();
}

}  // namespace keepsake::source::icloud
