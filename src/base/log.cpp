// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace keepsake::log {

namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20U;
constexpr std::size_t predecessors = 3;

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

void write(spdlog::level::level_enum level,
           std::string_view sentence,
           std::initializer_list<Field> fields) {
  const auto logger = spdlog::get("keepsake");
  if (!logger) return;
  std::string line = "\"message\":" + json_text(sentence);
  for (const Field& field : fields)
    line += "," + json_text(field.name) + ":" + json_text(field.value);
  logger->log(level, line);
}

}  // namespace

Result<> write_to(const std::filesystem::path& file) {
  try {
    spdlog::drop("keepsake");
    const auto logger =
        spdlog::rotating_logger_mt("keepsake", file.string(), most_bytes, predecessors);
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                        spdlog::pattern_time_type::utc);
    logger->flush_on(spdlog::level::warn);
    return {};
  } catch (const spdlog::spdlog_ex& error) {
    return fail(Cause::denied, "cannot write the log: {}", error.what());
  }
}

void info(std::string_view sentence, std::initializer_list<Field> fields) {
  write(spdlog::level::info, sentence, fields);
}

void warn(std::string_view sentence, std::initializer_list<Field> fields) {
  write(spdlog::level::warn, sentence, fields);
}

}  // namespace keepsake::log
