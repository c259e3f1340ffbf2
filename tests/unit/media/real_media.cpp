// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_media.h"

#include "base/random_access.h"
#include "build.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace keepsake::media::real {

namespace fs = std::filesystem;

namespace {

fs::path folder() {
  const char* const named = std::getenv("KEEPSAKE_TEST_DATA");
  return named != nullptr ? named : KEEPSAKE_TEST_DATA;
}

void say_absent() { MESSAGE("skipped: there are no real pictures at ", folder().string()); }

/// Documents about the samples and what other programs keep beside them are no media.
bool is_media(const fs::path& path) {
  const auto extension = path.extension();
  return extension != ".json" && extension != ".md" && extension != ".plist";
}

}  // namespace

std::string path_of(const std::string& file) { return (folder() / file).string(); }

std::optional<Facts> look_at(const std::string& file) {
  std::ifstream stream(path_of(file), std::ios::binary);
  if (!stream) {
    say_absent();
    return std::nullopt;
  }
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  return build::look_at(bytes, fs::path(file).filename().string());
}

std::vector<std::string> files() {
  std::vector<std::string> found;
  if (!fs::exists(folder())) {
    say_absent();
    return found;
  }
  for (const auto& top : fs::directory_iterator(folder())) {
    const auto name = top.path().filename().string();
    const bool is_library = name.starts_with("photoslibrary-");
    if (name != "media" && !is_library) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      const auto path = fs::relative(entry.path(), folder()).string();
      const bool wanted = !is_library || path.find("/originals/") != std::string::npos;
      if (entry.is_regular_file() && wanted && is_media(entry.path())) found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace keepsake::media::real
