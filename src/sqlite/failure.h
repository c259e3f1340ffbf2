// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <string_view>

struct sqlite3;

namespace keepsake::sqlite {

/// What a call on this connection that returned `code` failed of: our cause, SQLite's own words,
/// the database's file.
tl::unexpected<Error> failed(sqlite3* database, int code);

/// Fails unless `code` says that all went well.
Result<> checked(sqlite3* database, int code);

/// Runs statements that return nothing, separated by semicolons.
Result<> execute(sqlite3* database, std::string_view sql);

/// How long a reader waits for a writer's short moments of exclusive access, such as a recovery.
/// Whoever wants to write does not wait at all: the other writer is a whole run.
constexpr int reader_patience_milliseconds = 5000;

}  // namespace keepsake::sqlite
