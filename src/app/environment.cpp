// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/environment.h"

#include "base/secret.h"
#include "os/folder.h"
#include "os/machine.h"
#include "os/shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace keepsake::app {

namespace {

namespace fs = std::filesystem;

constexpr ByteCount most_password{64 << 10};

/// A password is a line; the end of the line is none of it.
Result<Secret> first_line(std::string text, const std::string& where) {
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  if (!text.empty()) return Secret(std::move(text));
  return fail(Error{Cause::wrong_password,
                    "it gives no password: its first line is empty",
                    where,
                    Scope::destination});
}

std::optional<fs::path> variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any thread starts
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

Result<fs::path> xdg(const char* name, const char* otherwise) {
  if (const auto set = variable(name)) return *set / "keepsake";
  const auto home = variable("HOME");
  if (!home)
    return fail(Error{Cause::invalid,
                      "neither KEEPSAKE_HOME nor HOME says where the settings belong",
                      {},
                      Scope::run});
  return *home / otherwise / "keepsake";
}

Result<Secret> in_file(const fs::path& path) {
  std::error_code error;
  const auto file = fs::absolute(path, error);
  auto folder = TRY(os::open_folder(file.parent_path()));
  const auto bytes =
      TRY(folder->read_all(RelativePath::known(file.filename().string()), most_password));
  return first_line(std::string(text_of(bytes)), path.string());
}

/// "KEEPSAKE_PASSWORD_MY_VAULT" for "my-vault".
std::string variable_of(std::string_view vault) {
  std::string name = "KEEPSAKE_PASSWORD_";
  for (const char letter : vault)
    name += letter == '-'                    ? '_'
            : letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32)
                                             : letter;
  return name;
}

Result<Secret> ask(const std::string& vault, job::Password password) {
  auto typed = os::ask_hidden(fmt::format("Password of the vault '{}': ", vault));
  if (!typed)
    return fail(Error{Cause::wrong_password,
                      fmt::format("no password for the vault '{}'; set KEEPSAKE_PASSWORD or {}, or "
                                  "give --password-file or --password-command",
                                  vault,
                                  variable_of(vault)),
                      {},
                      Scope::destination});
  if (password == job::Password::known) return typed;
  const auto again = TRY(os::ask_hidden("The same again: "));
  if (again.reveal() == typed->reveal()) return typed;
  return fail(Error{
      Cause::wrong_password, "the two are not the same; nothing was made", {}, Scope::destination});
}

/// Only its owner may look into a home.
Result<> make_private(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (made) fs::permissions(folder, fs::perms::owner_all, error);
  if (error)
    return fail(Error{
        Cause::denied, "cannot make the folder: " + error.message(), folder.string(), Scope::run});
  return {};
}

job::FindPassword find_passwords(const PasswordOptions& options) {
  return [options](const std::string& vault) -> Result<Secret> {
    if (options.file) return in_file(*options.file);
    const auto own = variable(variable_of(vault).c_str());
    const auto from = [](const char* name) { return variable(name); };
    if (options.command) {
      auto text = TRY(os::output_of(*options.command, most_password));
      return first_line(std::move(text), "the password command");
    }
    if (own) return Secret(own->string());
    if (const auto all = from("KEEPSAKE_PASSWORD")) return Secret(all->string());
    if (const auto file = from("KEEPSAKE_PASSWORD_FILE")) return in_file(*file);
    if (const auto command = from("KEEPSAKE_PASSWORD_COMMAND")) {
      auto text = TRY(os::output_of(command->string(), most_password));
      return first_line(std::move(text), "the password command");
    }
    return fail(Cause::not_found, "the password of the vault is known nowhere");
  };
}

Result<Secret> apple_password(const std::string& /*source*/) {
  if (const auto known = variable("KEEPSAKE_APPLE_PASSWORD")) return Secret(known->string());
  return fail(Cause::not_found, "the password of the Apple Account is known nowhere");
}

std::optional<std::string> text_variable(const char* name) {
  const auto value = variable(name);
  return value ? std::optional(value->string()) : std::nullopt;
}

}  // namespace

Result<job::HomePaths> locate_home(const std::optional<fs::path>& settings) {
  job::HomePaths paths;
  if (const auto home = variable("KEEPSAKE_HOME")) {
    const auto root = fs::absolute(*home);
    TRY(make_private(root));
    paths = {root / "keepsake.toml",
             root / "catalog.db",
             root / "lock",
             root / "keepsake.log",
             root / "state"};
  } else {
    const auto config = TRY(xdg("XDG_CONFIG_HOME", ".config"));
    const auto data = TRY(xdg("XDG_DATA_HOME", ".local/share"));
    const auto state = TRY(xdg("XDG_STATE_HOME", ".local/state"));
    for (const fs::path& folder : {config, data, state}) TRY(make_private(folder));
    paths = {config / "keepsake.toml",
             data / "catalog.db",
             data / "lock",
             state / "keepsake.log",
             state / "places"};
  }
  if (settings) paths.settings = fs::absolute(*settings);
  return paths;
}

job::Outside outside_of(const PasswordOptions& options) {
  job::Outside outside;
  outside.find_password = find_passwords(options);
  outside.ask_password = ask;
  outside.find_apple_password = apple_password;
  outside.storages.variable = text_variable;
  outside.storages.ca_file = variable("KEEPSAKE_CA_FILE");
  outside.icloud = {text_variable("KEEPSAKE_ICLOUD_IDMS_URL"),
                    text_variable("KEEPSAKE_ICLOUD_SETUP_URL")};
  return outside;
}

}  // namespace keepsake::app
