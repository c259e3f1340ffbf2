// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/xmp.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cmath>

namespace keepsake::records {

namespace {

constexpr std::string_view our_toolkit = "x:xmptk=\"keepsake\"";

/// XML text; control characters and the two non-characters that XML 1.0 forbids are dropped.
std::string escaped(std::string_view text) {
  std::string out;
  auto allowed = to_nfc(shown(text));
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (auto at = allowed.find(forbidden); at != std::string::npos; at = allowed.find(forbidden))
      allowed.erase(at, forbidden.size());
  for (const char c : allowed) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("   <{0}>{1}</{0}>\n", name, escaped(value));
}

std::string alternative(std::string_view name, std::string_view value) {
  return fmt::format(
      "   <{0}><rdf:Alt><rdf:li xml:lang=\"x-default\">{1}</rdf:li></rdf:Alt></{0}>\n",
      name,
      escaped(value));
}

std::string list(std::string_view name,
                 std::string_view kind,
                 const std::vector<std::string>& values) {
  if (values.empty()) return {};
  std::string items;
  for (const std::string& value : values) items += "<rdf:li>" + escaped(value) + "</rdf:li>";
  return fmt::format("   <{0}><rdf:{1}>{2}</rdf:{1}></{0}>\n", name, kind, items);
}

/// Degrees and minutes as XMP wants them: `41,41.936167N`.
std::string degrees(double value, char positive, char negative) {
  constexpr double per_minute = 1e6;
  const double minutes = std::round(std::abs(value) * 60 * per_minute) / per_minute;
  const double whole = std::floor(minutes / 60);
  return fmt::format(
      "{:.0f},{:.6f}{}", whole, minutes - whole * 60, value < 0 ? negative : positive);
}

/// ISO 8601; without a zone where none is known, as XMP allows.
std::string date(const CaptureTime& time) {
  auto text = to_rfc3339(time);
  if (time.zone == ZoneKnown::wall_only)
    text.resize(text.size() - std::string_view("-00:00").size());
  return text;
}

}  // namespace

std::string xmp_of(const photo::Asset& asset) {
  std::string body;
  if (asset.taken) {
    const auto when = date(asset.taken->time);
    body += property("exif:DateTimeOriginal", when) + property("photoshop:DateCreated", when) +
            property("xmp:CreateDate", when);
  }
  if (asset.place) {
    body += property("exif:GPSLatitude", degrees(asset.place->latitude, 'N', 'S'));
    body += property("exif:GPSLongitude", degrees(asset.place->longitude, 'E', 'W'));
  }
  if (asset.labels.title) body += alternative("dc:title", *asset.labels.title);
  if (asset.labels.caption)
    body += alternative("dc:description", *asset.labels.caption) +
            alternative("tiff:ImageDescription", *asset.labels.caption);
  std::vector<std::string> tags = asset.labels.keywords;
  std::vector<std::string> hierarchy = asset.labels.keywords;
  for (const std::string& person : asset.labels.people) {
    tags.push_back("People/" + person);
    hierarchy.push_back("People|" + person);
  }
  body += list("dc:subject", "Bag", asset.labels.keywords);
  body += list("digiKam:TagsList", "Seq", tags);
  body += list("lr:hierarchicalSubject", "Bag", hierarchy);
  body += list("Iptc4xmpExt:PersonInImage", "Bag", asset.labels.people);
  if (asset.favorite) {
    body += property("xmp:Rating", "5") + property("fstop:favorite", "1");
  } else if (asset.labels.rating) {
    body += property("xmp:Rating", std::to_string(*asset.labels.rating));
  }
  return fmt::format(
      "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" {}>\n"
      " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "  <rdf:Description rdf:about=\"\"\n"
      "    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
      "    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n"
      "    xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"\n"
      "    xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\"\n"
      "    xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"\n"
      "    xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\"\n"
      "    xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\"\n"
      "    xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n"
      "    xmlns:fstop=\"http://www.fstopapp.com/xmp/\">\n"
      "{}  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n",
      our_toolkit,
      body);
}

bool is_our_xmp(std::string_view text) { return text.find(our_toolkit) != std::string_view::npos; }

}  // namespace keepsake::records
