// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/xmp_property.h"

#include "base/xml.h"

#include <algorithm>
#include <array>

namespace keepsake::media {

namespace {

constexpr std::size_t most_values = 10000;  ///< of one property

struct Known {
  std::string_view space;
  std::string_view name;
  Property property;
};

constexpr std::string_view rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr std::string_view dc = "http://purl.org/dc/elements/1.1/";
constexpr std::string_view xmp_basic = "http://ns.adobe.com/xap/1.0/";
constexpr std::string_view exif = "http://ns.adobe.com/exif/1.0/";
constexpr std::string_view tiff = "http://ns.adobe.com/tiff/1.0/";
constexpr std::string_view regions = "http://www.metadataworkinggroup.com/schemas/regions/";

constexpr std::array known_properties = {
    Known{exif, "DateTimeOriginal", Property::original},
    Known{"http://ns.adobe.com/photoshop/1.0/", "DateCreated", Property::created},
    Known{xmp_basic, "CreateDate", Property::digitized},
    Known{exif, "GPSTimeStamp", Property::gps_moment},
    Known{exif, "GPSLatitude", Property::latitude},
    Known{exif, "GPSLongitude", Property::longitude},
    Known{tiff, "Make", Property::make},
    Known{tiff, "Model", Property::model},
    Known{dc, "title", Property::title},
    Known{dc, "description", Property::description},
    Known{tiff, "ImageDescription", Property::tiff_description},
    Known{exif, "UserComment", Property::comment},
    Known{xmp_basic, "Rating", Property::rating},
    Known{dc, "subject", Property::subjects},
    Known{"http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject", Property::hierarchies},
    Known{"http://www.digikam.org/ns/1.0/", "TagsList", Property::tags},
    Known{regions, "Regions", Property::regions_mwg},
    Known{regions, "Name", Property::region_name},
    Known{regions, "Type", Property::region_type},
    Known{"http://ns.microsoft.com/photo/1.2/", "RegionInfo", Property::regions_mp},
    Known{"http://ns.microsoft.com/photo/1.2/t/Region#",
          "PersonDisplayName",
          Property::region_person},
    Known{"http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "PersonInImage", Property::persons},
    Known{"http://ns.adobe.com/xmp/note/", "HasExtendedXMP", Property::extension},
};

Property rdf_part(std::string_view name) {
  if (name == "RDF") return Property::rdf_root;
  return name == "li" ? Property::rdf_item : Property::rdf_other;
}

std::string* single_value(Property property, Xmp& xmp) {
  switch (property) {
    case Property::original:
      return &xmp.original;
    case Property::created:
      return &xmp.created;
    case Property::digitized:
      return &xmp.digitized;
    case Property::gps_moment:
      return &xmp.gps_moment;
    case Property::latitude:
      return &xmp.latitude;
    case Property::longitude:
      return &xmp.longitude;
    case Property::make:
      return &xmp.make;
    case Property::model:
      return &xmp.model;
    case Property::title:
      return &xmp.title;
    case Property::description:
      return &xmp.description;
    case Property::tiff_description:
      return &xmp.tiff_description;
    case Property::comment:
      return &xmp.comment;
    case Property::rating:
      return &xmp.rating;
    case Property::extension:
      return &xmp.extension;
    default:
      return nullptr;
  }
}

std::vector<std::string>* list(Property property, Xmp& xmp) {
  switch (property) {
    case Property::subjects:
      return &xmp.subjects;
    case Property::hierarchies:
      return &xmp.hierarchies;
    case Property::tags:
      return &xmp.tags;
    case Property::persons:
      return &xmp.persons;
    case Property::regions_mwg:
      return &xmp.faces;
    case Property::regions_mp:
      return &xmp.regions;
    default:
      return nullptr;
  }
}

}  // namespace

Property property_named(std::string_view joined) {
  const auto end = joined.rfind(xml::name_separator);
  if (end == std::string_view::npos) return Property::unknown;
  const auto space = joined.substr(0, end);
  const auto name = joined.substr(end + 1);
  if (space == rdf) return rdf_part(name);
  const auto* const found =
      std::find_if(known_properties.begin(), known_properties.end(), [&](const Known& known) {
        return known.name == name && known.space == space;
      });
  return found == known_properties.end() ? Property::unknown : found->property;
}

void keep_value(Property property, std::string value, Language language, Xmp& xmp) {
  if (value.empty()) return;
  if (auto* const single = single_value(property, xmp)) {
    if (single->empty() || language == Language::fallback) *single = std::move(value);
  } else if (auto* const values = list(property, xmp); values && values->size() < most_values) {
    values->push_back(std::move(value));
  }
}

}  // namespace keepsake::media
