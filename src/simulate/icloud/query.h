// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/record_json.h"
#include "simulate/icloud/view.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <cstdint>
#include <string>

/// What the database service answers to questions, as JSON in and JSON out.
namespace keepsake::simulate::icloud {

/// Why the service does not answer: its status and Apple's code and words.
struct Refusal {
  int status = 400;
  std::string code;
  std::string reason;
};

using Answer = tl::expected<nlohmann::json, Refusal>;

/// The most records that a page has, whatever was asked for.
inline constexpr std::size_t most_records = 200;

/// The progress of indexing, in percent; 100 when a library can be listed.
struct Indexing {
  int progress = 100;
};

/// records/query: the state of the index, a count, a list of photos, or albums. The records of a
/// page of photos come masters first, then assets in the same order, then memberships.
Answer query(const nlohmann::json& asked,
             const Zone& zone,
             Views& views,
             const Rendering& rendering,
             Indexing indexing);

/// records/lookup: the records of these names, or for each why it is not there.
Answer look_up(const nlohmann::json& asked,
               const Zone& zone,
               const Rendering& rendering,
               Instant now);

/// The fields that were asked for; all of them where that is not said.
void restrict_to_desired(const nlohmann::json& asked, Rendering& rendering);

}  // namespace keepsake::simulate::icloud
