// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/url.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace keepsake::config {

namespace {

/// The letters before a colon, as in "sftp://…"; empty when the text has no such beginning.
std::string_view scheme_of(std::string_view url) {
  const auto letters =
      url.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-");
  if (letters == std::string_view::npos || letters == 0 || url[letters] != ':') return {};
  return url.substr(0, letters);
}

}  // namespace

Result<std::filesystem::path> parse_url(std::string_view url, const std::filesystem::path& here) {
  static constexpr std::array<std::string_view, 8> known{
      "drive", "dropbox", "rclone", "rest", "s3", "sftp", "webdav+http", "webdav+https"};
  const auto scheme = scheme_of(url);
  if (std::ranges::find(known, folded(scheme)) != known.end())
    return fail(Cause::unsupported, "{}: is not supported in this version; give a folder", scheme);
  if (!scheme.empty())
    return fail(Cause::invalid,
                "\"{}:\" is no kind of storage; a folder of that name is written ./{}",
                scheme,
                url);
  if (url.empty() || url.find('\0') != std::string_view::npos)
    return fail(Cause::invalid, "a folder's path is empty or holds a NUL");
  const auto path = (here / std::filesystem::path(url)).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace keepsake::config
