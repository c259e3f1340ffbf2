// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/asset.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::photo {

/// All that a query can ask about: the asset, and what the ledger knows of it.
struct Candidate {
  const Asset& asset;
  std::string_view source{};                    ///< its source's name
  bool gone = false;                            ///< its source no longer has it
  bool at_risk = false;                         ///< fewer than two restorable holdings
  std::span<const std::string> missing_from{};  ///< destinations that should hold it and do not
};

/// A question about photos, as `find`, `restore` and the `exclude` rules ask it.
///
///   query = { term }                             all must hold; blanks between them
///   term  = ["-"] [key ":"] value { "," value }  one value must hold; `-` negates
///   value = text; within "quotes" blanks, commas and colons are text, and "" is one quote
///
/// Text is compared as `folded`. It is compared whole, and where it holds a `*` that stands for any
/// run. What people wrote may itself hold commas, so it is also compared with the values taken
/// together (`album:"Kyoto, Japan"`). Bytes that are not UTF-8 are written as `shown`.
///
///   name: album: label:  a file name; an album's title or "Folder/Album"; a keyword or a person
///   camera:              a part of make and model
///   taken:               what `parse_wall_range` reads, on the wall; `none` for undated
///   is:                  favorite hidden trashed gone edited at-risk
///   type:                photo video live
///   source:              a source's name
///   missing-from:        a destination's name
///
/// A term without a key is a part of the name, title, caption, a keyword, a person or an album's
/// title, or it is the id.
class Query {
 public:
  /// An empty text asks for everything. Causes: invalid, and unsupported for `place:`.
  static Result<Query> parse(std::string_view text);

  /// The same from a command line, where the shell has already taken quotes away. A word with a
  /// blank in it is one term, the blank being part of the value (`album:Hawaii Trip`), unless it
  /// holds a quote or a later term with a key, or its own key takes no free text: then it is the
  /// text of several terms (`is:favorite type:photo`).
  static Result<Query> parse(std::span<const std::string> words);

  [[nodiscard]] bool matches(const Candidate& candidate) const;

  /// Whether it asks for what is gone, so that leaving that out would contradict it.
  [[nodiscard]] bool asks_about_gone() const;

  /// The values of `missing-from:`, for the caller to check.
  [[nodiscard]] std::vector<std::string> destinations_named() const;

  /// The query as text; parsing that gives the same query.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Query& a, const Query& b) { return a.text() == b.text(); }

 private:
  struct Term {
    bool negated = false;
    std::string key;                                           ///< empty for a term without one
    std::vector<std::string> values;                           ///< as meant, without quotes
    std::vector<std::function<bool(const Candidate&)>> tests;  ///< any may hold
  };

  static Result<Term> take_term(std::string_view& text);

  std::vector<Term> terms_;
};

}  // namespace keepsake::photo
