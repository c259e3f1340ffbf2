// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/kinds.h"

#include "base/path.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace keepsake::media {

namespace {

struct Extension {
  std::string_view text;
  Family family;
  std::string_view format;
};

constexpr Extension extensions[] = {
    {"jpg", Family::still, "jpeg"},  {"jpeg", Family::still, "jpeg"},
    {"jpe", Family::still, "jpeg"},  {"jfif", Family::still, "jpeg"},
    {"mpo", Family::still, "jpeg"},  {"insp", Family::still, "jpeg"},
    {"heic", Family::still, "heic"}, {"heif", Family::still, "heif"},
    {"hif", Family::still, "heif"},  {"heics", Family::still, "heic"},
    {"avif", Family::still, "avif"}, {"png", Family::still, "png"},
    {"gif", Family::still, "gif"},   {"tif", Family::still, "tiff"},
    {"tiff", Family::still, "tiff"}, {"webp", Family::still, "webp"},
    {"bmp", Family::still, "bmp"},   {"jxl", Family::still, "jxl"},
    {"jp2", Family::still, "jp2"},   {"jpx", Family::still, "jp2"},
    {"jpf", Family::still, "jp2"},   {"psd", Family::still, "psd"},
    {"dng", Family::raw, "dng"},     {"cr2", Family::raw, "cr2"},
    {"cr3", Family::raw, "cr3"},     {"crw", Family::raw, "crw"},
    {"nef", Family::raw, "nef"},     {"nrw", Family::raw, "nef"},
    {"arw", Family::raw, "arw"},     {"sr2", Family::raw, "arw"},
    {"srf", Family::raw, "arw"},     {"raf", Family::raw, "raf"},
    {"rw2", Family::raw, "rw2"},     {"rwl", Family::raw, "rw2"},
    {"orf", Family::raw, "orf"},     {"pef", Family::raw, "pef"},
    {"srw", Family::raw, "srw"},     {"mrw", Family::raw, "mrw"},
    {"raw", Family::raw, "raw"},     {"x3f", Family::raw, "x3f"},
    {"3fr", Family::raw, "3fr"},     {"fff", Family::raw, "3fr"},
    {"iiq", Family::raw, "iiq"},     {"erf", Family::raw, "erf"},
    {"kdc", Family::raw, "kdc"},     {"dcr", Family::raw, "dcr"},
    {"mef", Family::raw, "mef"},     {"mos", Family::raw, "mos"},
    {"gpr", Family::raw, "dng"},     {"mov", Family::video, "mov"},
    {"qt", Family::video, "mov"},    {"mp4", Family::video, "mp4"},
    {"m4v", Family::video, "m4v"},   {"3gp", Family::video, "3gp"},
    {"3g2", Family::video, "3gp"},   {"insv", Family::video, "mp4"},
    {"lrv", Family::video, "mp4"},   {"avi", Family::video, "avi"},
    {"mkv", Family::video, "mkv"},   {"webm", Family::video, "webm"},
    {"mpg", Family::video, "mpeg"},  {"mpeg", Family::video, "mpeg"},
    {"mpe", Family::video, "mpeg"},  {"vob", Family::video, "mpeg"},
    {"mts", Family::video, "mts"},   {"m2ts", Family::video, "mts"},
    {"m2t", Family::video, "mts"},   {"wmv", Family::video, "wmv"},
    {"asf", Family::video, "wmv"},   {"flv", Family::video, "flv"},
    {"dv", Family::video, "dv"},     {"aae", Family::adjustment, "aae"},
    {"xmp", Family::sidecar, "xmp"},
};

/// Formats that share one container, so that programs accept either name.
constexpr std::array<std::string_view, 6> alike[] = {
    {"mov", "mp4", "m4v", "3gp"},
    {"heic", "heif"},
    {"avif", "heif"},
    {"mkv", "webm"},
    {"mpeg", "mts"},
    {"raw", "rw2"},
};

}  // namespace

std::optional<Kind> kind_by_extension(std::string_view name) {
  const auto wanted = lower_case(extension_of(name));
  const auto* const found =
      std::find_if(std::begin(extensions), std::end(extensions), [&](const Extension& known) {
        return known.text == wanted;
      });
  if (found == std::end(extensions)) return std::nullopt;
  return Kind{found->family, found->format};
}

bool may_be_named(std::string_view format, std::string_view claimed) {
  if (format == claimed) return true;
  const auto has = [](const auto& group, std::string_view one) {
    return std::find(group.begin(), group.end(), one) != group.end();
  };
  return std::any_of(std::begin(alike), std::end(alike), [&](const auto& group) {
    return has(group, format) && has(group, claimed);
  });
}

}  // namespace keepsake::media
