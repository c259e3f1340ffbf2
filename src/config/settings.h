// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "config/bandwidth.h"
#include "photo/query.h"
#include "plan/layout.h"
#include "plan/quarantine.h"
#include "source/icloud/endpoints.h"
#include "storage/location.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the owner decided, as typed values. The file `keepsake.toml` holds it:
///
///   version = 1
///   catalog = "<32 hexadecimal digits>"
///   zone = "Europe/Berlin"
///
///   [source.phone]
///   id = "<32 hexadecimal digits>"
///   kind = "folder"
///   path = "/home/anna/Pictures"
///
///   [destination.nas]
///   id = "<32 hexadecimal digits>"
///   kind = "folder"
///   url = "/mnt/nas/photos"
///   exclude = ["is:hidden"]
namespace keepsake::config {

enum class SourceKind { folder, photos_library, icloud };
enum class DestinationKind { folder, vault };

/// How a folder tree shows albums: as links to the photos, as text, or not at all.
enum class Albums { links, list, none };

/// Which sidecars a folder tree gets beside the photos.
enum class Sidecars { none, xmp };

/// What a destination does with what was deleted at its source.
using plan::OnSourceDelete;

/// What a destination must show before a file counts as held.
enum class Confirm {
  size,  ///< that it has all of its bytes, or that the server checked their digest
  read   ///< the bytes themselves, read back past every cache
};

/// Where this program keeps what must stay secret.
enum class Secrets {
  file,    ///< a sign-in in a file of the home; a vault's password nowhere
  keyring  ///< both in the desktop's keyring
};

std::string_view name(SourceKind kind);
std::string_view name(DestinationKind kind);
std::string_view name(Albums albums);
std::string_view name(Sidecars sidecars);
std::string_view name(OnSourceDelete rule);
std::string_view name(Confirm confirm);
std::string_view name(Secrets secrets);

struct Source {
  std::string name;
  Id128 id;
  SourceKind kind = SourceKind::folder;
  std::vector<std::filesystem::path> paths;  ///< one, of the kinds that lie on this machine
  std::string account{};                     ///< of icloud: the Apple Account
  source::icloud::Domain domain = source::icloud::Domain::com;  ///< of icloud
  std::optional<Bandwidth> bandwidth{};                         ///< of icloud
  Secrets secrets = Secrets::file;                              ///< of icloud
  friend bool operator==(const Source&, const Source&) = default;
};

struct Destination {
  std::string name;
  Id128 id;
  DestinationKind kind = DestinationKind::folder;
  storage::Location location;  ///< what its url names; with `ssh`, the program that goes there
  plan::Layout layout = plan::Layout::standard();
  Albums albums = Albums::links;
  Sidecars sidecars = Sidecars::none;
  std::vector<photo::Query> exclude;                ///< what one of them matches is not kept here
  std::optional<std::vector<std::string>> sources;  ///< nothing: all of them
  OnSourceDelete on_source_delete = OnSourceDelete::keep;
  int quarantine_days = 30;        ///< after which what is in quarantine may be deleted
  std::optional<Confirm> confirm;  ///< nothing: what is usual where it lies
  int remind_days = 30;            ///< without a backup, after which `status` says that one is due
  std::optional<Bandwidth> bandwidth;  ///< of a server
  Secrets secrets = Secrets::file;     ///< of a vault

  /// Drives that are carried about are read back, unless their owner says otherwise.
  [[nodiscard]] bool is_read_back() const {
    const auto usual = location.on_drive() != nullptr ? Confirm::read : Confirm::size;
    return confirm.value_or(usual) == Confirm::read;
  }

  friend bool operator==(const Destination&, const Destination&) = default;
};

struct Settings {
  std::optional<Id128> catalog;
  std::optional<std::string> zone;        ///< a name of the system's database
  std::vector<Source> sources;            ///< sorted by name
  std::vector<Destination> destinations;  ///< sorted by name
  friend bool operator==(const Settings&, const Settings&) = default;

  /// Null when there is none of that name.
  [[nodiscard]] const Source* source(std::string_view name) const;
  [[nodiscard]] const Destination* destination(std::string_view name) const;
};

/// Reads the text of a settings file; `file` names it in errors ("keepsake.toml:12: …"). An empty
/// text is settings without anything. Causes: invalid; unsupported for what this version does not
/// have.
Result<Settings> parse_settings(std::string_view text, std::string_view file);

/// The table of the file, with only what differs from the defaults.
std::string to_toml(const Source& source);
std::string to_toml(const Destination& destination);

/// Whether a source or destination may be called so: `[a-z0-9][a-z0-9-]{0,31}`.
bool is_name(std::string_view text);

}  // namespace keepsake::config
