// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/webdav/multistatus.h"

#include "net/url.h"
#include "storage/xml_values.h"

#include <charconv>
#include <utility>

namespace keepsake::storage::webdav {

namespace {

/// An address may be whole or a path, and is encoded in as many ways as there are servers.
std::optional<std::string> path_in(std::string_view href) {
  if (const auto scheme = href.find("://"); scheme != std::string_view::npos && scheme < 8) {
    href.remove_prefix(scheme + 3);
    const auto slash = href.find('/');
    href = slash == std::string_view::npos ? "/" : href.substr(slash);
  }
  auto path = net::decoded(href.substr(0, href.find_first_of("?#")));
  if (!path || !path->starts_with('/')) return std::nullopt;
  while (path->ends_with('/')) path->pop_back();
  return path;
}

/// "HTTP/1.1 200 OK"
bool is_good(std::string_view status) {
  const auto blank = status.find(' ');
  return blank != std::string_view::npos && status.substr(blank + 1).starts_with('2');
}

}  // namespace

Result<std::vector<Resource>> read_multistatus(std::string_view text) {
  std::vector<Resource> resources;
  Resource resource;
  Resource told;  // by the properties that are being read
  bool is_told_well = false;
  bool is_multistatus = false;
  bool is_sound = true;
  XmlValues values([&](std::string_view path, std::string_view value) {
    constexpr std::string_view root = "multistatus";
    if (!path.starts_with(root)) return;
    is_multistatus = true;
    path.remove_prefix(root.size());
    if (path == "/response/href") {
      auto decoded = path_in(value);
      is_sound = is_sound && decoded;
      resource.path = std::move(decoded).value_or("");
    } else if (path == "/response/propstat/status") {
      is_told_well = is_good(value);
    } else if (path == "/response/propstat/prop/resourcetype/collection") {
      told.is_folder = true;
    } else if (path == "/response/propstat/prop/getcontentlength" && !value.empty()) {
      ByteCount size;
      const auto [rest, error] = std::from_chars(value.begin(), value.end(), size.value);
      if (error == std::errc() && rest == value.end()) told.size = size;
    } else if (path == "/response/propstat/") {
      if (is_told_well) resource.is_folder = resource.is_folder || told.is_folder;
      if (is_told_well && told.size) resource.size = told.size;
      told = {};
      is_told_well = false;
    } else if (path == "/response/") {
      resources.push_back(std::exchange(resource, {}));
    }
  });
  const bool read = xml::read(text, values);
  if (!read || !values.is_whole() || !is_multistatus || !is_sound)
    return fail(Cause::corrupt, "the server's list of files cannot be understood");
  return resources;
}

}  // namespace keepsake::storage::webdav
