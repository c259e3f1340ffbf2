// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include "base/random_access.h"

namespace keepsake::media::build {

using namespace std::string_literals;

namespace {

/// A directory at this place, and behind it the values that do not fit in.
std::string directory(const std::vector<Tag>& tags, std::uint64_t place, Order order) {
  std::string entries = number(tags.size(), 2, order);
  std::string values;
  const auto values_start = place + 2 + tags.size() * 12 + 4;
  for (const Tag& tag : tags) {
    entries += number(tag.id, 2, order) + number(tag.type, 2, order) + number(tag.count, 4, order);
    if (tag.value.size() <= 4) {
      entries += tag.value + std::string(4 - tag.value.size(), '\0');
    } else {
      entries += number(values_start + values.size(), 4, order);
      values += tag.value;
    }
  }
  return entries + number(0, 4, order) + values;
}

Tag pointer(std::uint16_t id, std::uint64_t place, Order order) {
  return {id, 4, 1, number(place, 4, order)};
}

}  // namespace

std::string number(std::uint64_t value, unsigned width, Order order) {
  std::string bytes(width, '\0');
  for (unsigned i = 0; i < width; ++i, value >>= 8U)
    bytes[order == Order::little ? i : width - 1 - i] = static_cast<char>(value & 0xFFU);
  return bytes;
}

Tag text(std::uint16_t id, std::string_view value) {
  return {id, 2, static_cast<std::uint32_t>(value.size() + 1), std::string(value) + '\0'};
}

Tag short_number(std::uint16_t id, std::uint16_t value, Order order) {
  return {id, 3, 1, number(value, 2, order)};
}

Tag fractions(std::uint16_t id,
              const std::vector<std::pair<std::uint32_t, std::uint32_t>>& values,
              Order order) {
  Tag tag{id, 5, static_cast<std::uint32_t>(values.size()), {}};
  for (const auto& [above, below] : values)
    tag.value += number(above, 4, order) + number(below, 4, order);
  return tag;
}

std::string tiff(const Directories& directories, Order order) {
  auto main = directories.main;
  const auto main_size = [&] { return directory(main, 8, order).size(); };
  // The pointers' own space counts, so they are put in first and pointed later.
  const auto pointers = main.size();
  if (!directories.exif.empty()) main.push_back(pointer(0x8769, 0, order));
  if (!directories.gps.empty()) main.push_back(pointer(0x8825, 0, order));
  const auto exif_place = 8 + main_size();
  const auto exif = directories.exif.empty() ? ""s : directory(directories.exif, exif_place, order);
  const auto gps_place = exif_place + exif.size();
  const auto gps = directories.gps.empty() ? ""s : directory(directories.gps, gps_place, order);
  for (auto i = pointers; i < main.size(); ++i)
    main[i].value = number(main[i].id == 0x8769 ? exif_place : gps_place, 4, order);
  const std::string header = order == Order::big ? "MM\0*"s : "II*\0"s;
  return header + number(8, 4, order) + directory(main, 8, order) + exif + gps;
}

Tag apple_makernote(const std::vector<Tag>& tags) {
  const auto note = "Apple iOS\0\0\1MM"s + directory(tags, 14, Order::big);
  return {0x927C, 7, static_cast<std::uint32_t>(note.size()), note};
}

std::vector<Tag> gps_place(int latitude, int longitude, Order order) {
  const auto degrees = [&](std::uint16_t id, int value) {
    const auto amount = static_cast<std::uint32_t>(value < 0 ? -value : value);
    return fractions(id, {{amount, 1}, {0, 1}, {0, 1}}, order);
  };
  return {text(1, latitude < 0 ? "S" : "N"),
          degrees(2, latitude),
          text(3, longitude < 0 ? "W" : "E"),
          degrees(4, longitude)};
}

std::string segment(std::uint8_t marker, std::string_view data) {
  return "\xFF"s + static_cast<char>(marker) + number(data.size() + 2, 2) + std::string(data);
}

std::string jpeg(const std::vector<std::string>& segments) {
  std::string bytes = "\xFF\xD8";
  for (const auto& one : segments) bytes += one;
  return bytes + segment(0xDA, "\1\1\0\0\x3F\0"s) + "picture\xFF\0data\xFF\xD9"s;
}

std::string exif_segment(const Directories& directories, Order order) {
  return segment(0xE1, "Exif\0\0"s + tiff(directories, order));
}

std::string xmp_segment(std::string_view packet) {
  return segment(0xE1, "http://ns.adobe.com/xap/1.0/\0"s + std::string(packet));
}

std::string xmp(std::string_view properties) {
  return R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:MP="http://ns.microsoft.com/photo/1.2/"
    xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
    xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:xmpNote="http://ns.adobe.com/xmp/note/"><rdf:Description rdf:about="" )" +
         std::string(properties) + "</rdf:Description></rdf:RDF></x:xmpmeta>";
}

std::string box(std::string_view type, std::string_view body) {
  return number(body.size() + 8, 4) + std::string(type) + std::string(body);
}

std::string heic(const Directories& directories, unsigned method) {
  const auto exif = number(0, 4) + tiff(directories);
  const auto ftyp = box("ftyp", "heic\0\0\0\0mif1heic"s);
  const auto infe = box("infe", "\2\0\0\0"s + number(7, 2) + number(0, 2) + "Exif\0"s);
  const auto iinf = box("iinf", number(0, 4) + number(1, 2) + infe);
  const auto meta_with = [&](std::uint64_t place) {
    const auto iloc =
        box("iloc",
            "\1\0\0\0\x44\0"s + number(1, 2) + number(7, 2) + number(method, 2) + number(0, 2) +
                number(1, 2) + number(place, 4) + number(exif.size(), 4));
    const auto idat = method == 1 ? box("idat", exif) : ""s;
    return box("meta", number(0, 4) + iinf + iloc + idat);
  };
  if (method == 1) return ftyp + meta_with(0);
  const auto place = ftyp.size() + meta_with(0).size() + 8;
  return ftyp + meta_with(place) + box("mdat", exif);
}

std::string mov(const std::vector<std::pair<std::string, std::string>>& keys, std::uint64_t clock) {
  std::string names;
  std::string values;
  std::uint64_t index = 0;
  for (const auto& [key, value] : keys) {
    names += box("mdta", key);
    values += box(number(++index, 4), box("data", number(1, 4) + number(0, 4) + value));
  }
  const auto mvhd = box("mvhd",
                        number(0, 4) + number(clock, 4) + number(clock, 4) + number(600, 4) +
                            number(1500, 4) + std::string(80, '\0'));
  const auto meta =
      box("meta",
          box("hdlr", number(0, 8) + "mdta"s + number(0, 12)) +
              box("keys", number(0, 4) + number(keys.size(), 4) + names) + box("ilst", values));
  return box("ftyp", "qt  \0\0\0\0qt  "s) + box("wide", "") + box("mdat", "film") +
         box("moov", mvhd + meta);
}

std::string png(const std::vector<std::pair<std::string, std::string>>& chunks) {
  std::string bytes = "\x89PNG\r\n\x1A\n";
  const auto add = [&](std::string_view type, std::string_view data) {
    bytes += number(data.size(), 4) + std::string(type) + std::string(data) + number(0, 4);
  };
  add("IHDR", std::string(13, '\1'));
  for (const auto& [type, data] : chunks) add(type, data);
  add("IEND", "");
  return bytes;
}

std::string riff(std::string_view form,
                 const std::vector<std::pair<std::string, std::string>>& chunks) {
  std::string body(form);
  for (const auto& [type, data] : chunks)
    body +=
        type + number(data.size(), 4, Order::little) + data + std::string(data.size() % 2, '\0');
  return "RIFF" + number(body.size(), 4, Order::little) + body;
}

Instant now() { return *parse_instant("2030-01-01T00:00:00Z"); }

Facts look_at(std::string_view bytes, std::string_view name) {
  BytesInMemory memory(bytes_of(bytes));
  auto facts = look(memory, name, now());
  expect(facts.has_value(), "bytes in memory can always be read");
  return *std::move(facts);
}

std::string taken(const Facts& facts) {
  return facts.taken ? to_rfc3339(facts.taken->time) : "none";
}

}  // namespace keepsake::media::build
