// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/replies.h"

#include <utility>

namespace keepsake::source::icloud {

using nlohmann::json;

const json& part(const json& object, const char* name) {
  static const json nothing = json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : nothing;
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool truth_in(const json& object, const char* name, bool otherwise) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

Error problem(Cause cause, std::string what) {
  return Error{cause, std::move(what), "iCloud", Scope::source};
}

}  // namespace keepsake::source::icloud
