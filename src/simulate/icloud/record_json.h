// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/record.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// What a record says otherwise than it should, for clients that must bear it.
struct Oddity {
  bool without_filename = false;
  bool without_item_type = false;
  bool without_address = false;  ///< its files cannot be downloaded for now
  bool huge = false;             ///< its sizes are beyond 4 GiB
  bool plain_name = false;       ///< the file name is not encoded
};

/// What records say in place of the truth, by their names: merge patches (RFC 7396).
using Lies = std::map<std::string, nlohmann::json, std::less<>>;

/// How records are written for one reply.
struct Rendering {
  std::optional<std::set<std::string, std::less<>>> keys;  ///< only these fields; all without
  std::function<std::string(const Zone&, const Record&, const Resource&)> address;
  std::function<Oddity(const Zone&, const Record&)> oddity;
  const Lies* lies = nullptr;
};

/// The record as the database service writes it.
nlohmann::json to_json(const Zone& zone, const Record& record, const Rendering& rendering);

/// The zone's name and owner, as records and replies carry them.
nlohmann::json zone_id(const Zone& zone);

/// The tag of its present state.
std::string change_tag(const Record& record);

/// A field such as {"value": 1, "type": "INT64"}.
nlohmann::json field(nlohmann::json value, std::string_view type);

/// When a record in Recently Deleted goes for good.
Instant expunged_at(Instant trashed);

}  // namespace keepsake::simulate::icloud
