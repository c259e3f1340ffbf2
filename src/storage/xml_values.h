// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/xml.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::storage {

/// Reads an XML document of a server, of known shape, as a row of values: each element without
/// children comes as the names from the root down, joined by '/', and its text. After an element
/// with children its path comes once more, with a '/' behind it. Namespaces are left out.
class XmlValues final : public xml::Handler {
 public:
  using Take = std::function<void(std::string_view path, std::string_view text)>;

  explicit XmlValues(Take take) : take_(std::move(take)) {}

  /// False after a document deeper, or with a longer value, than any of them is.
  [[nodiscard]] bool is_whole() const { return is_whole_; }

  bool open(std::string_view name, std::span<const xml::Attribute> attributes) override;
  void close() override;
  void add_text(std::string_view piece) override;

 private:
  Take take_;
  std::string path_;
  std::vector<std::size_t> ends_;  ///< of the path before each open element
  std::string text_;
  bool has_children_ = false;
  bool is_whole_ = true;
};

}  // namespace keepsake::storage
