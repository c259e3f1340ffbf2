// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

using namespace keepsake::media;

namespace {

/// Which parser's corpus a sample belongs to, by the extension it bears.
std::string_view parser_of(const std::filesystem::path& name) {
  constexpr std::pair<std::string_view, std::string_view> parsers[] = {{".jpg", "jpeg"},
                                                                       {".tif", "tiff"},
                                                                       {".heic", "heif"},
                                                                       {".mov", "quicktime"},
                                                                       {".png", "png"},
                                                                       {".gif", "gif"},
                                                                       {".webp", "riff"},
                                                                       {".avi", "riff"},
                                                                       {".mkv", "matroska"},
                                                                       {".jxl", "jpeg_boxes"},
                                                                       {".xmp", "xmp"}};
  for (const auto& [extension, parser] : parsers)
    if (name.extension() == extension) return parser;
  return "look";
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "usage: media_seeds FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  for (const auto& [name, bytes] : build::samples()) {
    write(folder / parser_of(name) / name, bytes);
    write(folder / "look" / name, bytes);
  }
}
