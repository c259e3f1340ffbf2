// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/file_types.h"

#include "base/path.h"
#include "media/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keepsake::source::icloud {

namespace {

struct Type {
  std::string_view name;
  std::string_view extension;
};

constexpr std::array<Type, 34> types{{{"public.jpeg", "JPG"},
                                      {"public.heic", "HEIC"},
                                      {"public.heif", "HEIF"},
                                      {"public.png", "PNG"},
                                      {"public.tiff", "TIFF"},
                                      {"com.compuserve.gif", "GIF"},
                                      {"org.webmproject.webp", "WEBP"},
                                      {"public.avif", "AVIF"},
                                      {"public.jpeg-xl", "JXL"},
                                      {"com.microsoft.bmp", "BMP"},
                                      {"com.adobe.photoshop-image", "PSD"},
                                      {"com.apple.quicktime-movie", "MOV"},
                                      {"public.mpeg-4", "MP4"},
                                      {"com.apple.m4v-video", "M4V"},
                                      {"public.avi", "AVI"},
                                      {"public.3gpp", "3GP"},
                                      {"public.mpeg", "MPG"},
                                      {"com.adobe.raw-image", "DNG"},
                                      {"com.canon.cr2-raw-image", "CR2"},
                                      {"com.canon.cr3-raw-image", "CR3"},
                                      {"com.canon.crw-raw-image", "CRW"},
                                      {"com.nikon.raw-image", "NEF"},
                                      {"com.nikon.nrw-raw-image", "NRW"},
                                      {"com.sony.arw-raw-image", "ARW"},
                                      {"com.fuji.raw-image", "RAF"},
                                      {"com.panasonic.rw2-raw-image", "RW2"},
                                      {"com.olympus.raw-image", "ORF"},
                                      {"com.olympus.or-raw-image", "ORF"},
                                      {"com.pentax.raw-image", "PEF"},
                                      {"com.adobe.xmp", "XMP"},
                                      {"com.adobe.xmp-sidecar", "XMP"},
                                      {"com.apple.photos.apple-adjustment-envelope", "AAE"},
                                      {"com.apple.aae", "AAE"},
                                      {"public.xmp", "XMP"}}};

/// What looks like an extension and is none of media's belongs to the name: "Mr. Smith".
bool has_extension(std::string_view name) {
  return media::kind_by_extension(name).has_value() && !stem_of(name).empty();
}

std::string named(std::string_view stem, std::string_view extension) {
  return extension.empty() ? std::string(stem) : fmt::format("{}.{}", stem, extension);
}

}  // namespace

std::string_view extension_of_type(std::string_view type) {
  const auto* const found = std::find_if(
      types.begin(), types.end(), [&](const Type& known) { return known.name == type; });
  return found == types.end() ? std::string_view() : found->extension;
}

bool is_movie_type(std::string_view type) {
  const auto kind = media::kind_by_extension(named("x", extension_of_type(type)));
  return kind && kind->family == media::Family::video;
}

bool is_raw_type(std::string_view type) { return type.find("raw") != std::string_view::npos; }

std::string name_beside(std::string_view original_name, std::string_view type) {
  return named(has_extension(original_name) ? stem_of(original_name) : original_name,
               extension_of_type(type));
}

std::string name_of_original(std::string_view name, std::string_view type) {
  return has_extension(name) ? std::string(name) : named(name, extension_of_type(type));
}

}  // namespace keepsake::source::icloud
