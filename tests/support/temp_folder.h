// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <ios>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace keepsake::tests {

/// An empty folder for one test; it and all in it vanish at the brace.
class TempFolder {
 public:
  TempFolder() : path_(fresh()) {}

  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

  /// Makes or replaces a file, and the folders above it.
  void write(std::string_view name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
  }

  [[nodiscard]] std::string read(std::string_view name) const {
    const auto file = path_ / name;
    std::string text(std::filesystem::file_size(file), '\0');
    std::ifstream in(file, std::ios::binary);
    if (!in.read(text.data(), static_cast<std::streamsize>(text.size())))
      throw std::runtime_error("cannot read " + file.string());
    return text;
  }

  [[nodiscard]] bool has(std::string_view name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }

 private:
  static std::filesystem::path fresh() {
    std::random_device random;
    for (;;) {
      auto path = std::filesystem::temp_directory_path() /
                  ("keepsake-test-" + std::to_string(random()) + std::to_string(random()));
      if (std::filesystem::create_directory(path)) return path;
    }
  }

  std::filesystem::path path_;
};

}  // namespace keepsake::tests
