// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/query.h"

#include "base/text.h"
#include "photo/query_keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace keepsake::photo {

namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

bool has_blank(std::string_view text) {
  return text.find_first_of(blanks) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto last = text.find_last_not_of(blanks);
  return last == std::string_view::npos ? text : text.substr(0, last + 1);
}

bool take_minus(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

/// The letters and hyphens before a colon at the front, which are cut off with it; empty when the
/// text does not begin like that.
std::string take_key(std::string_view& text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::size_t length = 0;
  while (length < text.size() && (is_letter(text[length]) || (length > 0 && text[length] == '-')))
    ++length;
  if (length == 0 || length == text.size() || text[length] != ':') return {};
  auto key = folded(text.substr(0, length));
  text.remove_prefix(length + 1);
  return key;
}

/// The values up to the next blank, without their quotes.
Result<std::vector<std::string>> take_values(std::string_view& text) {
  std::vector<std::string> values(1);
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || !is_blank(text[at])); ++at) {
    if (text[at] == '"' && quoted && text.substr(at).starts_with("\"\"")) {
      values.back() += text[at++];
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == ',' && !quoted) {
      values.emplace_back();
    } else {
      values.back() += text[at];
    }
  }
  if (quoted) return fail(Cause::invalid, "a quote is not closed in: {}", text);
  text.remove_prefix(at);
  return values;
}

std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + '"';
}

bool needs_quotes(std::string_view value) {
  return has_blank(value) || value.starts_with('-') ||
         value.find_first_of("\",:") != std::string_view::npos;
}

Result<const QueryKey*> known_key(const std::string& name) {
  if (const QueryKey* key = query_key(name)) return key;
  const auto near = nearest_query_key(name);
  return fail(Cause::invalid,
              "\"{}:\" is no key of a query{}; a word with a colon is written in quotes",
              name,
              near ? fmt::format(" (did you mean \"{}:\"?)", *near) : "");
}

/// Whether one of the blank-separated parts after the first begins a term with a key.
bool has_later_key(std::string_view text) {
  while (true) {
    const auto blank = text.find_first_of(blanks);
    if (blank == std::string_view::npos) return false;
    text = trimmed(text.substr(blank));
    auto part = text;
    take_minus(part);
    const auto key = take_key(part);
    if (!key.empty() && query_key(key) != nullptr) return true;
  }
}

/// A word of the command line as it would be written in a query.
std::string with_quotes_again(std::string_view word) {
  word = trimmed(word);
  auto value = word;
  take_minus(value);
  const QueryKey* key = query_key(take_key(value));
  const bool is_one_term = has_blank(word) && word.find('"') == std::string_view::npos &&
                           key != nullptr && key->text == ValueText::free && !has_later_key(word);
  if (!is_one_term) return std::string(word);
  std::string text(word.substr(0, word.size() - value.size()));
  while (true) {
    const auto comma = value.find(',');
    text += in_quotes(value.substr(0, comma));
    if (comma == std::string_view::npos) return text;
    text += ',';
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<Query::Term> Query::take_term(std::string_view& text) {
  Term term;
  term.negated = take_minus(text);
  term.key = take_key(text);
  const QueryKey* key = TRY(known_key(term.key));
  term.values = TRY(take_values(text));
  for (const std::string& value : term.values) {
    const std::string meant(trimmed(value));
    if (meant.empty() && !term.key.empty())
      return fail(Cause::invalid, "a value is missing after \"{}:\"", term.key);
    if (meant.empty()) return fail(Cause::invalid, "a word of the query is empty");
    auto test = TRY(key->test(meant));
    term.tests.push_back(std::move(test));
  }
  // "Kyoto, Japan" may be two values or one title: people's own text is also compared as a whole.
  if (key->text == ValueText::free) {
    auto whole = TRY(key->test(fmt::format("{}", fmt::join(term.values, ","))));
    term.tests.push_back(std::move(whole));
  }
  return term;
}

Result<Query> Query::parse(std::string_view text) {
  Query query;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    auto term = TRY(take_term(text));
    query.terms_.push_back(std::move(term));
  }
  return query;
}

Result<Query> Query::parse(std::span<const std::string> words) {
  Query query;
  for (const std::string& word : words) {
    auto part = TRY(parse(with_quotes_again(word)));
    std::ranges::move(part.terms_, std::back_inserter(query.terms_));
  }
  return query;
}

bool Query::matches(const Candidate& candidate) const {
  return std::ranges::all_of(terms_, [&](const Term& term) {
    const bool holds = std::ranges::any_of(term.tests, [&](const Test& t) { return t(candidate); });
    return holds != term.negated;
  });
}

bool Query::asks_about_gone() const {
  return std::ranges::any_of(terms_, [](const Term& term) {
    return term.key == "is" && !term.negated &&
           std::ranges::any_of(term.values, [](const auto& v) { return folded(v) == "gone"; });
  });
}

std::vector<std::string> Query::destinations_named() const {
  std::vector<std::string> names;
  for (const Term& term : terms_)
    if (term.key == "missing-from") std::ranges::copy(term.values, std::back_inserter(names));
  return names;
}

std::string Query::text() const {
  std::string text;
  for (const Term& term : terms_) {
    if (!text.empty()) text += ' ';
    if (term.negated) text += '-';
    if (!term.key.empty()) text += term.key + ':';
    std::string_view mark;
    for (const std::string& value : term.values) {
      text += mark;
      text += needs_quotes(value) ? in_quotes(value) : value;
      mark = ",";
    }
  }
  return text;
}

}  // namespace keepsake::photo
