// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/quarantine.h"

namespace keepsake::photo {

bool is_in_quarantine(std::string_view path) { return path.starts_with(quarantine_folder); }

std::string own_place(std::string_view path) {
  return std::string(is_in_quarantine(path) ? path.substr(quarantine_folder.size()) : path);
}

std::string other_place(std::string_view path) {
  return is_in_quarantine(path) ? own_place(path)
                                : std::string(quarantine_folder) + std::string(path);
}

}  // namespace keepsake::photo
