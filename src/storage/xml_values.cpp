// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/xml_values.h"

namespace keepsake::storage {

namespace {

constexpr std::size_t most_depth = 16;
constexpr std::size_t most_text = 8U << 10U;  // of one value; a name has at most 3 KiB when encoded

}  // namespace

bool XmlValues::open(std::string_view name, std::span<const xml::Attribute> /*attributes*/) {
  if (ends_.size() >= most_depth) return is_whole_ = false;
  ends_.push_back(path_.size());
  if (!path_.empty()) path_ += '/';
  path_ += name.substr(name.rfind(xml::name_separator) + 1);
  has_children_ = false;
  text_.clear();
  return true;
}

void XmlValues::close() {
  take_(has_children_ ? path_ + '/' : path_, has_children_ ? std::string_view() : text_);
  path_.resize(ends_.back());
  ends_.pop_back();
  has_children_ = true;
  text_.clear();
}

void XmlValues::add_text(std::string_view piece) {
  if (text_.size() + piece.size() > most_text) is_whole_ = false;
  if (is_whole_) text_ += piece;
}

}  // namespace keepsake::storage
