// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/query_keys.h"

#include "base/text.h"
#include "photo/wall_range.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace keepsake::photo {

namespace {

/// A text to look for, in the form in which texts are compared. Where it may be bytes written as
/// `shown`, it stands for both, since a name may hold just that as its text.
class Pattern {
 public:
  explicit Pattern(std::string_view value)
      : as_text_(folded(value)), as_bytes_(folded(unshown(value))) {}

  [[nodiscard]] bool is(std::string_view text) const {
    const auto whole = folded(text);
    return is_one(as_text_, whole) || is_one(as_bytes_, whole);
  }

  [[nodiscard]] bool is_in(std::string_view text) const {
    const auto whole = folded(text);
    return is_part(as_text_, whole) || is_part(as_bytes_, whole);
  }

 private:
  static bool is_glob(std::string_view pattern) {
    return pattern.find('*') != std::string_view::npos;
  }

  static bool is_one(std::string_view pattern, std::string_view text) {
    return is_glob(pattern) ? matches_glob(pattern, text) : pattern == text;
  }

  static bool is_part(std::string_view pattern, std::string_view text) {
    return is_glob(pattern) ? matches_glob(pattern, text)
                            : text.find(pattern) != std::string_view::npos;
  }

  std::string as_text_;
  std::string as_bytes_;
};

std::string path_text(const AlbumPath& album) {
  return fmt::format("{}", fmt::join(album.parts, "/"));
}

bool is_album(const Pattern& pattern, const AlbumPath& album) {
  return !album.parts.empty() && (pattern.is(album.parts.back()) || pattern.is(path_text(album)));
}

bool is_label(const Pattern& pattern, const Labels& labels) {
  const auto is = [&](const std::string& label) { return pattern.is(label); };
  return std::ranges::any_of(labels.keywords, is) || std::ranges::any_of(labels.people, is);
}

bool is_anywhere_in(const Pattern& pattern, const Asset& asset) {
  const auto is_in = [&](const std::string& text) { return pattern.is_in(text); };
  const Labels& labels = asset.labels;
  return is_in(asset.name) || (labels.title && is_in(*labels.title)) ||
         (labels.caption && is_in(*labels.caption)) ||
         std::ranges::any_of(labels.keywords, is_in) || std::ranges::any_of(labels.people, is_in) ||
         std::ranges::any_of(asset.albums, [&](const AlbumPath& album) {
           return !album.parts.empty() && is_in(album.parts.back());
         });
}

/// Ids are compared byte for byte: those of services differ only in their letters' case.
bool is_id(std::string_view id, const Asset& asset) {
  return asset.key.id == id || std::ranges::find(asset.aliases, id) != asset.aliases.end();
}

Result<Test> word_test(const std::string& value) {
  return [pattern = Pattern(value), value](const Candidate& candidate) {
    const Asset& asset = candidate.asset;
    return is_anywhere_in(pattern, asset) || is_id(value, asset) || is_id(unshown(value), asset);
  };
}

Result<Test> name_test(const std::string& value) {
  return [pattern = Pattern(value)](const Candidate& candidate) {
    return pattern.is(candidate.asset.name);
  };
}

Result<Test> album_test(const std::string& value) {
  return [pattern = Pattern(value)](const Candidate& candidate) {
    return std::ranges::any_of(candidate.asset.albums,
                               [&](const AlbumPath& album) { return is_album(pattern, album); });
  };
}

Result<Test> label_test(const std::string& value) {
  return [pattern = Pattern(value)](const Candidate& candidate) {
    return is_label(pattern, candidate.asset.labels);
  };
}

Result<Test> camera_test(const std::string& value) {
  return [pattern = Pattern(value)](const Candidate& candidate) {
    return candidate.asset.camera && pattern.is_in(*candidate.asset.camera);
  };
}

Result<Test> source_test(const std::string& value) {
  return [pattern = Pattern(value)](const Candidate& candidate) {
    return pattern.is(candidate.source);
  };
}

Result<Test> missing_from_test(const std::string& value) {
  return [name = value](const Candidate& candidate) {
    return std::ranges::find(candidate.missing_from, name) != candidate.missing_from.end();
  };
}

Result<Test> taken_test(const std::string& value) {
  if (value == "none") return [](const Candidate& candidate) { return !candidate.asset.taken; };
  const auto range = TRY(parse_wall_range(value));
  return [range](const Candidate& candidate) {
    const auto& taken = candidate.asset.taken;
    return taken && range.contains(taken->time.wall);
  };
}

Result<Test> place_test(const std::string&) {
  return fail(Cause::unsupported,
              "place: cannot be answered yet: Keepsake keeps where a photo was taken as "
              "coordinates and does not know the names of places");
}

/// A word that a key knows, and what it asks.
struct Choice {
  std::string_view name;
  bool (*holds)(const Candidate&);
};

template <std::size_t count>
Result<Test> chosen(std::string_view key,
                    const std::array<Choice, count>& choices,
                    std::string_view value) {
  std::vector<std::string> names;
  for (const Choice& choice : choices) {
    if (choice.name == value) return Test(choice.holds);
    names.emplace_back(choice.name);
  }
  const auto near = nearest(value, names.data(), names.data() + names.size());
  return fail(Cause::invalid,
              "{}: does not know \"{}\"; {}",
              key,
              value,
              near ? fmt::format("did you mean {}:{}?", key, *near)
                   : fmt::format("it knows {}", fmt::join(names, ", ")));
}

Result<Test> is_test(const std::string& value) {
  static constexpr std::array<Choice, 6> choices{{
      {"favorite", [](const Candidate& candidate) { return candidate.asset.favorite; }},
      {"hidden", [](const Candidate& candidate) { return candidate.asset.hidden; }},
      {"trashed", [](const Candidate& candidate) { return candidate.asset.trashed; }},
      {"gone", [](const Candidate& candidate) { return candidate.gone; }},
      {"edited", [](const Candidate& candidate) { return candidate.asset.edited(); }},
      {"at-risk", [](const Candidate& candidate) { return candidate.at_risk; }},
  }};
  return chosen("is", choices, folded(value));
}

Result<Test> type_test(const std::string& value) {
  static constexpr std::array<Choice, 3> choices{{
      {"photo", [](const Candidate& candidate) { return candidate.asset.kind == Kind::photo; }},
      {"video", [](const Candidate& candidate) { return candidate.asset.kind == Kind::video; }},
      {"live", [](const Candidate& candidate) { return candidate.asset.kind == Kind::live; }},
  }};
  return chosen("type", choices, folded(value));
}

constexpr std::array<QueryKey, 11> keys{{
    {"", ValueText::free, word_test},
    {"album", ValueText::free, album_test},
    {"camera", ValueText::free, camera_test},
    {"is", ValueText::closed, is_test},
    {"label", ValueText::free, label_test},
    {"missing-from", ValueText::closed, missing_from_test},
    {"name", ValueText::free, name_test},
    {"place", ValueText::free, place_test},
    {"source", ValueText::closed, source_test},
    {"taken", ValueText::closed, taken_test},
    {"type", ValueText::closed, type_test},
}};

}  // namespace

const QueryKey* query_key(std::string_view name) {
  const auto* found = std::ranges::find(keys, name, &QueryKey::name);
  return found == keys.end() ? nullptr : found;
}

std::optional<std::string> nearest_query_key(std::string_view name) {
  std::vector<std::string> names;
  for (const QueryKey& key : keys)
    if (!key.name.empty()) names.emplace_back(key.name);
  return nearest(name, names.data(), names.data() + names.size());
}

}  // namespace keepsake::photo
