// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/xmp.h"

#include "base/text.h"
#include "base/xml.h"
#include "media/xmp_property.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::media {

namespace {

constexpr std::size_t most_packet = 8U << 20U;
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_text = 64U << 10U;  ///< of one value; pictures in base64 are longer

/// An element that is open.
struct Level {
  Property property = Property::unknown;         ///< the picture's property that it stands in
  std::optional<Property> field = std::nullopt;  ///< within that property, where it is a structure
  bool describes = false;  ///< its children are properties of the picture itself
  bool in_region = false;
  bool is_region = false;
  bool has_children = false;
  Language language = Language::any;
};

/// Follows the elements of one packet. Only descriptions directly below rdf:RDF are about the
/// picture itself: the same names deeper down tell of its ingredients.
class PacketReader final : public xml::Handler {
 public:
  explicit PacketReader(Xmp& xmp) : xmp_(xmp) {}

  /// False when the packet is nested too deep.
  bool open(std::string_view name, std::span<const xml::Attribute> attributes) override {
    if (levels_.size() >= most_depth) return false;
    const Property property = property_named(name);
    Level level{.property = property};
    if (property != Property::rdf_root && !levels_.empty())
      level = child_of(levels_.back(), property);
    if (!levels_.empty()) levels_.back().has_children = true;
    levels_.push_back(level);
    text_.clear();
    for (const auto& attribute : attributes) see_attribute(attribute.name, attribute.value);
    return true;
  }

  void close() override {
    const Level level = levels_.back();
    levels_.pop_back();
    if (!level.has_children && text_.size() <= most_text)
      see_value(level, std::string(trimmed(text_)));
    text_.clear();
    if (level.is_region) end_region();
  }

  void add_text(std::string_view piece) override {
    if (text_.size() <= most_text) text_ += piece;
  }

 private:
  static Level child_of(const Level& parent, Property property) {
    if (parent.property == Property::rdf_root) return Level{.describes = true};
    if (parent.describes) return Level{.property = property};
    const bool is_rdf = property == Property::rdf_other || property == Property::rdf_item;
    const bool is_item = property == Property::rdf_item && is_regions(parent.property);
    return Level{.property = parent.property,
                 .field = is_rdf ? parent.field : property,
                 .in_region = parent.in_region || is_item,
                 .is_region = is_item && !parent.in_region};
  }

  static bool is_regions(Property property) {
    return property == Property::regions_mwg || property == Property::regions_mp;
  }

  void see_attribute(std::string_view name, std::string_view value) {
    Level& level = levels_.back();
    if (name == "http://www.w3.org/XML/1998/namespace\nlang" && value == "x-default")
      level.language = Language::fallback;
    if (value.size() > most_text) return;
    const auto property = property_named(name);
    const std::string text(trimmed(value));
    if (level.describes) keep_value(property, text, Language::any, xmp_);
    if (level.in_region) see_region_field(property, text);
  }

  void see_value(const Level& level, const std::string& text) {
    if (level.in_region && level.field) {
      see_region_field(*level.field, text);
    } else if (!level.field && !is_regions(level.property)) {
      keep_value(level.property, text, level.language, xmp_);
    }
  }

  void see_region_field(Property field, const std::string& text) {
    if (field == Property::region_name) name_ = text;
    if (field == Property::region_type) type_ = text;
    if (field == Property::region_person)
      keep_value(Property::regions_mp, text, Language::any, xmp_);
  }

  /// Pets, bar codes and points of focus are regions too.
  void end_region() {
    if (type_.empty() || type_ == "Face")
      keep_value(Property::regions_mwg, name_, Language::any, xmp_);
    name_.clear();
    type_.clear();
  }

  Xmp& xmp_;
  std::vector<Level> levels_;
  std::string text_;
  std::string name_;
  std::string type_;
};

}  // namespace

void read_xmp(ByteView packet, Xmp& xmp) {
  const auto text = trimmed(text_of(packet));
  if (text.empty() || text.size() > std::min(most_packet, xmp.bytes_left)) return;
  xmp.bytes_left -= text.size();
  PacketReader reader(xmp);
  // What stood before an error is worth having, so whether it came to the end does not matter.
  xml::read(text, reader);
}

void read_xmp(Part packet, Xmp& xmp) { read_xmp(packet.all(), xmp); }

}  // namespace keepsake::media
