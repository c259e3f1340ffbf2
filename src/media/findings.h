// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::media {

/// A date of EXIF stands in three tags: its text, the fraction of its second, its offset.
struct ExifDate {
  std::string text;
  std::string fraction;
  std::string offset;
};

/// An angle of the GPS tags: its amount, and the letter of its hemisphere.
struct GpsAngle {
  std::optional<double> degrees;
  char hemisphere = '\0';
};

/// What EXIF and the TIFF tags around it say. Texts are UTF-8, empty where absent.
struct Exif {
  ExifDate original;
  ExifDate digitized;
  ExifDate modified;
  std::string gps_date;
  std::optional<double> gps_seconds;  ///< since midnight UTC
  GpsAngle latitude;
  GpsAngle longitude;
  std::string make;
  std::string model;
  std::string description;
  std::string comment;
  std::string title;     ///< XPTitle
  std::string keywords;  ///< XPKeywords: words separated by ';'
  std::optional<double> rating;
  bool is_dng = false;          ///< it says which version of DNG it is
  bool is_sensor_data = false;  ///< one of its pictures is not developed yet
};

/// What XMP says: values as written, empty where absent.
struct Xmp {
  std::string original;    ///< exif:DateTimeOriginal
  std::string created;     ///< photoshop:DateCreated
  std::string digitized;   ///< xmp:CreateDate
  std::string gps_moment;  ///< exif:GPSTimeStamp, the day included
  std::string latitude;
  std::string longitude;
  std::string make;
  std::string model;
  std::string title;
  std::string description;       ///< dc:description
  std::string tiff_description;  ///< tiff:ImageDescription
  std::string comment;           ///< exif:UserComment
  std::string rating;
  std::vector<std::string> subjects;     ///< dc:subject
  std::vector<std::string> hierarchies;  ///< lr:hierarchicalSubject, parts separated by '|'
  std::vector<std::string> tags;         ///< digiKam:TagsList, parts separated by '/'
  std::vector<std::string> faces;        ///< names in mwg-rs:Regions
  std::vector<std::string> regions;      ///< names in MP:RegionInfo
  std::vector<std::string> persons;      ///< Iptc4xmpExt:PersonInImage
  std::string extension;                 ///< xmpNote:HasExtendedXMP, names the rest of the packet
  std::size_t bytes_left = 16U << 20U;   ///< of all packets of a file that may yet be read
};

/// What the IPTC records say, in UTF-8.
struct Iptc {
  std::string date;  ///< YYYYMMDD
  std::string time;  ///< HHMMSS+HHMM
  std::string title;
  std::string caption;
  std::vector<std::string> keywords;
};

/// What the header of a video says.
struct Movie {
  std::string creation_date;       ///< com.apple.quicktime.creationdate
  std::string day;                 ///< the user data's (c)day
  std::optional<Instant> created;  ///< the header's own clock
  std::string location;            ///< ISO 6709
  std::string make;
  std::string model;
  std::string title;
  std::string description;
  std::vector<std::string> keywords;
  std::optional<double> duration;  ///< seconds
};

/// Everything that the readers came across in one file, before any priority decides between them.
struct Findings {
  Exif exif;
  Xmp xmp;
  Iptc iptc;
  Movie movie;
  std::string content_id;
  std::string burst_id;
  std::vector<std::string> warnings;
  /// TIFF structures hold pictures and resources that hold TIFF structures; a hostile file would
  /// nest or repeat them without end.
  int tiffs_left = 32;
};

/// Keeps the first value that is worth something: what comes later in a file is a copy or a
/// thumbnail's.
inline void keep_first(std::string& field, std::string value) {
  if (field.empty()) field = std::move(value);
}

}  // namespace keepsake::media
