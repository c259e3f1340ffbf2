// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

/// The log for maintainers: a sentence first, then named values, one JSON object a line in a file.
/// Never a token, password, cookie, e-mail or GPS position.
namespace keepsake::log {

/// A named value of a log line.
struct Field {
  std::string_view name;
  std::string value;

  Field(std::string_view field, std::string_view text) : name(field), value(text) {}

  Field(std::string_view field, std::uint64_t number)
      : name(field), value(std::to_string(number)) {}

  Field(std::string_view field, ByteCount size) : name(field), value(std::to_string(size.value)) {}
};

/// Writes from now on into this file, which rotates at 4 MiB and keeps three predecessors; readable
/// by its owner only. Before, and without it, nothing is written. Causes: denied, full, absent.
Result<> write_to(const std::filesystem::path& file);

void info(std::string_view sentence, std::initializer_list<Field> fields = {});
void warn(std::string_view sentence, std::initializer_list<Field> fields = {});

}  // namespace keepsake::log
