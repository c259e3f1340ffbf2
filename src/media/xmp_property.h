// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"

#include <string>
#include <string_view>

namespace keepsake::media {

/// The properties of XMP that we read, and the parts of RDF that carry them.
enum class Property {
  unknown,
  rdf_root,
  rdf_item,   ///< rdf:li
  rdf_other,  ///< containers and descriptions
  original,
  created,
  digitized,
  gps_moment,
  latitude,
  longitude,
  make,
  model,
  title,
  description,
  tiff_description,
  comment,
  rating,
  subjects,
  hierarchies,
  tags,
  regions_mwg,
  regions_mp,
  persons,
  extension,
  region_name,  ///< inside one region
  region_type,
  region_person,
};

/// Which property a joined name means.
Property property_named(std::string_view joined);

/// What one value of a property is among others of the same property.
enum class Language { any, fallback };

/// Puts a value where it belongs. A title in the default language replaces another.
void keep_value(Property property, std::string value, Language language, Xmp& xmp);

}  // namespace keepsake::media
