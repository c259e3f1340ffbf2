// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace keepsake::xml {

/// Between a name's namespace and the name itself; a name without a namespace stands alone.
inline constexpr char name_separator = '\n';

struct Attribute {
  std::string_view name;
  std::string_view value;
};

/// What comes of a document, in its order.
class Handler {
 public:
  virtual ~Handler() = default;

  /// False ends the reading.
  virtual bool open(std::string_view name, std::span<const Attribute> attributes) = 0;
  virtual void close() = 0;

  /// Text of the element that is open, in pieces.
  virtual void add_text(std::string_view piece) = 0;
};

/// Whether the document was read to its end (expat); what stood before an error was handed over.
/// One with a document type is not read, as its entities may grow without end.
bool read(std::string_view text, Handler& handler);

}  // namespace keepsake::xml
