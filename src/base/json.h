// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading JSON of others, large or hostile; in sources only: simdjson's header is heavy. A
/// document is checked as a whole before anything is taken from it. A null is the same as nothing,
/// and fields that nobody knows are passed over.
namespace keepsake::json {

using simdjson::dom::element;
using simdjson::dom::object;

/// A document that stays alive here with everything taken from it.
class Document {
 public:
  /// Causes: corrupt, for anything but an object of at most `most` bytes that is nested no deeper
  /// than 64.
  static Result<Document> parse(std::string_view text, ByteCount most);

  [[nodiscard]] const simdjson::dom::object& root() const { return root_; }

 private:
  Document() = default;

  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::object root_;
};

/// The value of a field; nothing when it is absent or null. The last one where there are several.
std::optional<element> field(const object& object, std::string_view key);

// The value as a type. Causes: corrupt, naming `key`, for any other type.
Result<std::string_view> text(const element& value, std::string_view key);
Result<std::uint64_t> number(const element& value, std::string_view key);
Result<object> object_in(const element& value, std::string_view key);
Result<bool> truth(const element& value, std::string_view key);
Result<Digest> digest(const element& value, std::string_view key);
Result<simdjson::dom::array> list(const element& value, std::string_view key);
Result<std::vector<std::string>> texts(const element& value, std::string_view key);
Result<Bytes> base64(const element& value, std::string_view key);

// The same for a field that must be there.
Result<element> needed(const object& object, std::string_view key);

/// 64 lower-case or upper-case hexadecimal digits; nothing for any other text. Fast.
std::optional<Digest> digest_of(std::string_view hex);

}  // namespace keepsake::json
