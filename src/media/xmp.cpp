// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/xmp.h"

#include "base/text.h"
#include "media/xmp_property.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
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
class PacketReader {
 public:
  explicit PacketReader(Xmp& xmp) : xmp_(xmp) {}

  /// False when the packet is nested too deep.
  bool open(std::string_view name, const char** attributes) {
    if (levels_.size() >= most_depth) return false;
    const Property property = property_named(name);
    Level level{.property = property};
    if (property != Property::rdf_root && !levels_.empty())
      level = child_of(levels_.back(), property);
    if (!levels_.empty()) levels_.back().has_children = true;
    levels_.push_back(level);
    text_.clear();
    for (; *attributes != nullptr; attributes += 2) see_attribute(attributes[0], attributes[1]);
    return true;
  }

  void close() {
    const Level level = levels_.back();
    levels_.pop_back();
    if (!level.has_children && text_.size() <= most_text)
      see_value(level, std::string(trimmed(text_)));
    text_.clear();
    if (level.is_region) end_region();
  }

  void add_text(std::string_view piece) {
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

struct Session {
  XML_Parser parser;
  PacketReader reader;
};

Session& session(void* user) { return *static_cast<Session*>(user); }

void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
  if (!session(user).reader.open(name, attributes)) XML_StopParser(session(user).parser, XML_FALSE);
}

void on_end(void* user, const XML_Char*) { session(user).reader.close(); }

void on_text(void* user, const XML_Char* text, int length) {
  session(user).reader.add_text({text, static_cast<std::size_t>(length)});
}

void on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  XML_StopParser(session(user).parser, XML_FALSE);
}

}  // namespace

void read_xmp(ByteView packet, Xmp& xmp) {
  const auto text = trimmed(text_of(packet));
  if (text.empty() || text.size() > std::min(most_packet, xmp.bytes_left)) return;
  xmp.bytes_left -= text.size();
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS(nullptr, name_separator), &XML_ParserFree);
  if (!parser) return;
  Session state{parser.get(), PacketReader(xmp)};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  // What stood before an error is worth having, so its status does not matter.
  XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
}

void read_xmp(Part packet, Xmp& xmp) { read_xmp(packet.all(), xmp); }

}  // namespace keepsake::media
