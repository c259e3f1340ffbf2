// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/section.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace keepsake::config {

Result<> Section::knows(std::span<const std::string> keys) const {
  for (const Entry& entry : entries_) {
    if (std::ranges::find(keys, entry.key) != keys.end()) continue;
    const auto near = nearest(entry.key, keys.data(), keys.data() + keys.size());
    return refuse(Cause::invalid,
                  entry.key,
                  "{} knows no \"{}\"{}",
                  title_,
                  entry.key,
                  near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  }
  return {};
}

template <class T>
Result<std::optional<T>> Section::value(std::string_view key, std::string_view type) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  if (const T* value = std::get_if<T>(&entry->value)) return *value;
  return refuse(Cause::invalid, key, "{} must be {}", key, type);
}

Result<std::optional<std::string>> Section::text(std::string_view key) const {
  return value<std::string>(key, "a text in quotes");
}

Result<std::optional<std::int64_t>> Section::number(std::string_view key) const {
  return value<std::int64_t>(key, "a whole number");
}

Result<std::optional<std::vector<std::string>>> Section::texts(std::string_view key) const {
  const Entry* entry = find(key);
  if (entry != nullptr && std::holds_alternative<std::string>(entry->value))
    return std::vector{std::get<std::string>(entry->value)};
  return value<std::vector<std::string>>(key, "a list of texts in quotes");
}

Result<std::string> Section::needed(std::string_view key) const {
  auto found = TRY(text(key));
  if (found) return *std::move(found);
  return refuse(Cause::invalid, key, "{} needs a line \"{} = …\"", title_, key);
}

std::string Section::where(std::string_view key) const {
  const Entry* entry = find(key);
  return fmt::format("{}:{}", file_, entry == nullptr ? line_ : entry->place.line);
}

const Entry* Section::find(std::string_view key) const {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace keepsake::config
