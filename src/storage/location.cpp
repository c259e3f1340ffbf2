// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/location.h"

#include "base/cause.h"
#include "base/path.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/text.h"
#include "net/http.h"
#include "net/url.h"
#include "os/child.h"
#include "os/drives.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "storage/rclone/rclone.h"
#include "storage/read_ahead.h"
#include "storage/rest/rest.h"
#include "storage/s3/s3.h"
#include "storage/sftp/paced_line.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"
#include "storage/webdav/webdav.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace keepsake::storage {

namespace {

/// The letters before a colon, as in "sftp://…"; empty when the text has no such beginning.
std::string_view scheme_of(std::string_view url) {
  const auto letters =
      url.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-");
  if (letters == std::string_view::npos || letters == 0 || url[letters] != ':') return {};
  return url.substr(0, letters);
}

Result<Location> parse_path(std::string_view path, const std::filesystem::path& here) {
  if (path.empty() || path.find('\0') != std::string_view::npos)
    return fail(Cause::invalid, "a folder's path is empty or holds a NUL");
  auto folder = (here / std::filesystem::path(path)).lexically_normal();
  return Location{folder.has_filename() ? std::move(folder) : folder.parent_path()};
}

/// What follows "drive:".
Result<Location> parse_drive(std::string_view text) {
  constexpr std::string_view written =
      "a drive is written drive:UUID/folder, or with its label instead";
  const auto slash = std::min(text.find('/'), text.size());
  auto path = text.substr(slash);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  auto folder = RelativePath::parse(path);
  if (slash == 0 || text.find('\0') != std::string_view::npos || !folder)
    return fail(Cause::invalid, "\"drive:{}\" names no drive; {}", shown(text), written);
  return Location{DrivePlace{std::string(text.substr(0, slash)), *std::move(folder)}};
}

/// Host and user become words of a command line: nothing in them may look like an option.
bool is_word(std::string_view text) {
  return !text.empty() && text.front() != '-' &&
         text.find_first_of(" \t\r\n@/\\'\"") == std::string_view::npos &&
         text.find('\0') == std::string_view::npos;
}

tl::unexpected<Error> no_sftp(std::string_view what) {
  return fail(Cause::invalid, "{}; a server is written sftp://user@host:port/path", what);
}

Result<int> port_in(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535)
    return no_sftp(fmt::format("\"{}\" is no port", text));
  return port;
}

/// What follows "sftp://".
Result<Location> parse_sftp(std::string_view text) {
  SftpPlace place;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return no_sftp("the server's folder is missing");
  auto host = text.substr(0, slash);
  auto path = text.substr(slash);
  if (const auto at = host.find('@'); at != std::string_view::npos) {
    place.user = host.substr(0, at);
    if (place.user.find(':') != std::string::npos)
      return no_sftp("a password does not belong into a URL: ssh uses keys");
    if (!is_word(place.user)) return no_sftp("the user's name cannot be one");
    host.remove_prefix(at + 1);
  }
  const auto bracket = host.find(']');  // of an IPv6 address
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    place.port = TRY(port_in(host.substr(colon + 1)));
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!is_word(host)) return no_sftp("the server's name cannot be one");
  place.host = host;
  if (path.starts_with("/~/")) path.remove_prefix(3);
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.empty() || path.find('\0') != std::string_view::npos)
    return no_sftp("the server's folder is missing");
  place.path = path;
  return Location{std::move(place)};
}

/// `written` says how such an address is written, `password` which variable holds what must not
/// stand in it.
Result<HttpPlace> parse_http(std::string_view text,
                             std::string_view password,
                             std::string_view written) {
  const auto url = net::Url::parse(text);
  if (!url) return fail(Cause::invalid, "{}; {}", url.error().what, written);
  HttpPlace place;
  const auto after_scheme = text.substr(text.find("//") + 2);
  const auto authority = after_scheme.substr(0, after_scheme.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    place.user = authority.substr(0, at);
    if (place.user.find(':') != std::string::npos)
      return fail(Cause::invalid,
                  "a password does not belong into an address, where others can see it; set "
                  "{}; {}",
                  password,
                  written);
    if (place.user.find('%') != std::string::npos)
      return fail(Cause::invalid, "the user's name cannot be one; {}", written);
  }
  if (url->target().find('?') != std::string::npos)
    return fail(Cause::invalid, "an address of a folder has no \"?\"; {}", written);
  place.url = url->origin() + url->target();
  if (!place.url.ends_with('/')) place.url += '/';
  return place;
}

/// What follows "rest:".
Result<Location> parse_rest(std::string_view text) {
  auto place = TRY(parse_http(
      text, "RESTIC_REST_PASSWORD", "a server is written rest:https://user@host:port/path/"));
  return Location{RestPlace{std::move(place)}};
}

/// What follows "webdav+".
Result<Location> parse_webdav(std::string_view text) {
  auto place = TRY(parse_http(
      text, "KEEPSAKE_WEBDAV_PASSWORD", "a server is written webdav+https://user@host:port/path/"));
  return Location{WebdavPlace{std::move(place)}};
}

/// What follows "s3:". A bucket's name and a folder's are taken as they stand.
Result<Location> parse_s3(std::string_view text) {
  const auto refused = [](std::string_view why) {
    return fail(Cause::invalid, "{}; a bucket is written s3:https://host/bucket/folder", why);
  };
  const auto url = net::Url::parse(text);
  if (!url) return refused(url.error().what);
  if (text.find_first_of("?#@") != std::string_view::npos)
    return refused("a key does not belong into an address, where others can see it");
  auto path = text.substr(text.find("//") + 2);
  path.remove_prefix(std::min(path.find('/'), path.size()));
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.find('/');
  S3Place place{url->origin(), std::string(path.substr(0, slash)), {}};
  if (slash != std::string_view::npos) place.prefix = path.substr(slash + 1);
  const bool is_name = std::ranges::all_of(place.bucket, [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
  });
  if (place.bucket.size() < 3 || place.bucket.size() > 63 || !is_name)
    return refused(fmt::format("\"{}\" is no bucket's name", shown(place.bucket)));
  if (!RelativePath::parse(place.prefix)) return refused("the folder's name cannot be one");
  return Location{std::move(place)};
}

/// What follows "rclone:".
Result<Location> parse_rclone(std::string_view text) {
  if (text.find(':') == std::string_view::npos || text.front() == '-' ||
      std::ranges::any_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }))
    return fail(Cause::invalid,
                "\"{}\" is no place of rclone's; one is written rclone:remote:path",
                shown(text));
  return Location{RclonePlace{std::string(text)}};
}

std::unique_ptr<Storage> sftp_storage(const SftpPlace& place, const Rate& rate) {
  return make_sftp(place, [place, rate]() -> Result<std::unique_ptr<os::Child>> {
    auto line = TRY(os::Child::start(ssh_command(place), sftp_patience));
    return rate ? sftp::paced(std::move(line), rate) : std::move(line);
  });
}

/// Nothing where no user is named.
std::optional<HttpLogin> login_at(const HttpPlace& place,
                                  const Surroundings& surroundings,
                                  const char* user_variable,
                                  const char* password_variable) {
  auto user = place.user;
  if (user.empty()) user = surroundings.variable(user_variable).value_or("");
  if (user.empty()) return std::nullopt;
  return HttpLogin{user, Secret(surroundings.variable(password_variable).value_or(""))};
}

Result<std::unique_ptr<Storage>> rest_storage(const RestPlace& place,
                                              const Surroundings& surroundings,
                                              const Rate& rate) {
  const auto login = login_at(place, surroundings, "RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD");
  auto http = TRY(net::Http::start({.ca_file = surroundings.ca_file, .rate = rate}));
  return make_rest(place, login, std::move(http));
}

Result<std::unique_ptr<Storage>> webdav_storage(const WebdavPlace& place,
                                                const Surroundings& surroundings,
                                                const Rate& rate) {
  const auto login =
      login_at(place, surroundings, "KEEPSAKE_WEBDAV_USERNAME", "KEEPSAKE_WEBDAV_PASSWORD");
  auto http = TRY(net::Http::start({.ca_file = surroundings.ca_file, .rate = rate}));
  return make_webdav(place, login, std::move(http));
}

Result<std::unique_ptr<Storage>> s3_storage(const S3Place& place,
                                            const Surroundings& surroundings,
                                            const Rate& rate) {
  auto login = TRY(s3::find_login(surroundings.variable));
  auto http = TRY(net::Http::start({.ca_file = surroundings.ca_file, .rate = rate}));
  return make_s3(place, std::move(login), std::move(http));
}

/// Anything but a folder of this machine.
Result<std::unique_ptr<Storage>> reach(const Location& location,
                                       const Surroundings& surroundings,
                                       const Opening& opening) {
  const auto& [holds, missing, rate] = opening;
  expect(holds == Holds::repository || location.takes_files(), "no files go to such a place");
  if (const auto* const server = std::get_if<SftpPlace>(&location.place))
    return sftp_storage(*server, rate);
  if (const auto* const server = std::get_if<RestPlace>(&location.place))
    return rest_storage(*server, surroundings, rate);
  if (const auto* const bucket = std::get_if<S3Place>(&location.place))
    return s3_storage(*bucket, surroundings, rate);
  if (const auto* const server = std::get_if<WebdavPlace>(&location.place))
    return webdav_storage(*server, surroundings, rate);
  const auto& remote = std::get<RclonePlace>(location.place);
  return holds == Holds::files ? start_rclone_for_files(remote, rate) : start_rclone(remote, rate);
}

}  // namespace

std::string Location::url() const {
  if (const auto* const path = folder()) return path->string();
  if (const auto* const drive = on_drive())
    return fmt::format("drive:{}/{}", drive->drive, drive->path.text());
  if (const auto* const server = std::get_if<SftpPlace>(&place)) return url_of(*server);
  if (const auto* const server = std::get_if<RestPlace>(&place)) return url_of(*server);
  if (const auto* const bucket = std::get_if<S3Place>(&place)) return url_of(*bucket);
  if (const auto* const server = std::get_if<WebdavPlace>(&place)) return url_of(*server);
  return url_of(std::get<RclonePlace>(place));
}

Result<Location> parse_location(std::string_view url, const std::filesystem::path& here) {
  constexpr std::string_view webdav = "webdav+";
  constexpr std::string_view sftp = "sftp://";
  const auto scheme = scheme_of(url);
  if (scheme.empty()) return parse_path(url, here);
  if (folded(scheme) == "sftp" && url.substr(scheme.size()).starts_with("://"))
    return parse_sftp(url.substr(sftp.size()));
  if (folded(scheme) == "rest") return parse_rest(url.substr(scheme.size() + 1));
  if (folded(scheme) == "s3") return parse_s3(url.substr(scheme.size() + 1));
  if (folded(scheme) == "rclone") return parse_rclone(url.substr(scheme.size() + 1));
  if (folded(scheme) == "webdav+http" || folded(scheme) == "webdav+https")
    return parse_webdav(url.substr(webdav.size()));
  if (folded(scheme) == "drive") return parse_drive(url.substr(scheme.size() + 1));
  if (folded(scheme) == "dropbox")
    return fail(Cause::unsupported,
                "{}: is not supported in this version; give a folder, drive:NAME/path, sftp://…, "
                "s3:https://…, "
                "webdav+https://…, rest:https://… or rclone:remote:path",
                scheme);
  return fail(Cause::invalid,
              "\"{}:\" is no kind of storage; a folder of that name is written ./{}",
              scheme,
              url);
}

Result<std::filesystem::path> parse_folder(std::string_view url,
                                           const std::filesystem::path& here) {
  const auto location = TRY(parse_location(url, here));
  if (const auto* const folder = location.folder()) return *folder;
  return fail(Cause::unsupported, "this must be a folder of this machine, not {}", location.url());
}

Result<std::filesystem::path> folder_now(const Location& location, Unmounted unmounted) {
  if (const auto* const path = location.folder()) return *path;
  const DrivePlace* const place = location.on_drive();
  if (place == nullptr)
    return fail(
        Cause::unsupported, "this must be a folder of this machine, not {}", location.url());
  const auto drive = TRY(os::find_drive(place->drive));
  if (!drive)
    return fail(
        Error{Cause::absent, "the drive is not plugged in", location.url(), Scope::destination});
  if (drive->mounts.empty() && unmounted == Unmounted::stays)
    return fail(
        Error{Cause::absent, "the drive is not mounted", location.url(), Scope::destination});
  auto mount = drive->mounts.empty() ? os::mount_drive(*drive)
                                     : Result<std::filesystem::path>(drive->mounts.front());
  if (!mount || place->path.is_root()) return mount;
  return *mount / place->path.text();
}

Result<std::unique_ptr<Storage>> open_storage(const Location& location,
                                              const Surroundings& surroundings,
                                              const Opening& opening) {
  const bool is_made = opening.missing == Missing::is_made;
  if (location.is_local()) {
    const auto path = TRY(folder_now(location));
    auto folder = TRY(is_made ? os::make_folder(path) : os::open_folder(path));
    return make_local(std::move(folder));
  }
  auto storage = TRY(reach(location, surroundings, opening));
  if (is_made) {
    TRY(storage->make_folder(""));
  } else {
    TRY(storage->list(""));
  }
  return with_read_ahead(std::move(storage));
}

}  // namespace keepsake::storage
