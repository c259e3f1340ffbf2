// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/downloads.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/sync_token.h"
#include "simulate/icloud/view.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// A call to the database service, taken apart.
struct DatabaseCall {
  Database database = Database::own;
  std::string path;            ///< such as "records/query"
  std::string_view operation;  ///< the same in one word, such as "list"
  nlohmann::json asked;
};

/// Nothing when the request is none to that service.
std::optional<DatabaseCall> database_call(const Request& request);

/// The database service for photos: it reads the library and never changes it.
class DatabaseService {
 public:
  DatabaseService(Library& library,
                  SyncTokens& tokens,
                  const Downloads& downloads,
                  Faults& faults,
                  const Lies& lies)
      : library_(&library),
        tokens_(&tokens),
        downloads_(&downloads),
        faults_(&faults),
        lies_(&lies) {}

  Reply answer(const DatabaseCall& call, const Request& request, Instant now);

  /// The answer to records/modify, from what the act of that name returned.
  Reply modified(const DatabaseCall& call,
                 const nlohmann::json& outcome,
                 const Request& request,
                 Instant now);

  /// How records are written for the one who asked.
  [[nodiscard]] Rendering rendering(const Request& request, Instant now) const;

 private:
  Reply query_zone(const DatabaseCall& call, const Request& request, Instant now);
  nlohmann::json batch(const DatabaseCall& call, const Rendering& rendering);
  nlohmann::json one_query(const nlohmann::json& asked, Database database, const Rendering& how);

  Library* library_;
  SyncTokens* tokens_;
  const Downloads* downloads_;
  Faults* faults_;
  const Lies* lies_;
  Views views_;
};

/// What the service answers when it does not: its status and Apple's code and words.
Reply refusal(int status, std::string_view code, std::string_view reason);

}  // namespace keepsake::simulate::icloud
