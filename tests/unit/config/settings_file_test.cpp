// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/settings_file.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::config;
using keepsake::tests::TempFolder;

namespace {

Id128 id_of(char digit) { return *Id128::from_hex(std::string(32, digit)); }

Source phone() { return {"phone", id_of('1'), SourceKind::folder, {"/home/anna/Pictures"}}; }

Destination nas() {
  Destination destination;
  destination.name = "nas";
  destination.id = id_of('2');
  destination.location = {std::filesystem::path("/mnt/nas")};
  return destination;
}

}  // namespace

TEST_CASE("a home without a settings file gets one that explains itself") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");

  CHECK(*file.read() == Settings{});
  REQUIRE(file.set_catalog(id_of('c')));
  REQUIRE(file.set_zone("UTC"));
  REQUIRE(file.add(phone()));
  REQUIRE(file.add(nas()));

  CHECK(home.read("keepsake.toml") ==
        "# The settings of Keepsake. You may edit them: what you write here stays.\n"
        "version = 1\n"
        "catalog = \"cccccccccccccccccccccccccccccccc\"\n"
        "zone = \"UTC\"\n"
        "\n"
        "[source.phone]\n"
        "id = \"11111111111111111111111111111111\"\n"
        "kind = \"folder\"\n"
        "path = \"/home/anna/Pictures\"\n"
        "\n"
        "[destination.nas]\n"
        "id = \"22222222222222222222222222222222\"\n"
        "kind = \"folder\"\n"
        "url = \"/mnt/nas\"\n");
  const auto settings = file.read();
  REQUIRE(settings.has_value());
  CHECK(*settings->source("phone") == phone());
  CHECK(*settings->destination("nas") == nas());
}

TEST_CASE("only its owner can read the settings file") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");

  REQUIRE(file.set_zone("UTC"));

  using std::filesystem::perms;
  CHECK(std::filesystem::status(home / "keepsake.toml").permissions() ==
        (perms::owner_read | perms::owner_write));
}

TEST_CASE("what the owner wrote stays when the program edits") {
  const TempFolder home;
  const std::string text = "# mine\nversion = 1\n\n# the old disk\n[destination.disk]\nid = \"" +
                           id_of('3').hex() +
                           "\"\nkind = 'folder'  # plain files\n\nurl = '/mnt/disk'\n";
  home.write("keepsake.toml", text);
  const SettingsFile file(home / "keepsake.toml");

  REQUIRE(file.add(nas()));
  CHECK(home.read("keepsake.toml") == text + "\n" + to_toml(nas()));
  REQUIRE(file.remove_destination("nas"));
  CHECK(home.read("keepsake.toml") == text);
  REQUIRE(file.remove_destination("disk"));
  CHECK(home.read("keepsake.toml") == "# mine\nversion = 1\n");
}

TEST_CASE("a name is given once") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");

  REQUIRE(file.add(phone()));

  CHECK(file.add(phone()).error().cause == Cause::conflict);
  CHECK(file.remove_source("tablet").error().cause == Cause::not_found);
  CHECK(file.remove_destination("phone").error().cause == Cause::not_found);
}

TEST_CASE("a source that a destination names is not removed from under it") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");
  auto destination = nas();
  destination.sources = {"phone"};

  REQUIRE(file.add(phone()));
  REQUIRE(file.add(destination));

  CHECK(file.remove_source("phone").error().cause == Cause::conflict);
  REQUIRE(file.remove_destination("nas"));
  CHECK(file.remove_source("phone"));
}

TEST_CASE("a value that could not be read again is not written") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");
  auto source = phone();

  source.name = "My Phone";
  CHECK(file.add(source).error().cause == Cause::invalid);
  source = phone();
  source.paths = {"Pictures"};
  CHECK(file.add(source).error().cause == Cause::invalid);
  source.paths = {"/caf\xE9"};
  CHECK(file.add(source).error().cause == Cause::unsupported);
  CHECK(file.set_zone("Europe/Atlantis").error().cause == Cause::not_found);
  CHECK_FALSE(home.has("keepsake.toml"));
}

TEST_CASE("a file that is broken or not to be edited safely stays untouched") {
  const TempFolder home;
  const SettingsFile file(home / "keepsake.toml");
  const std::string inline_table = "source = { phone = { id = \"" + id_of('1').hex() +
                                   "\", kind = \"folder\", path = \"/a\" } }\n";

  for (const std::string& text : {std::string("version = = 1\n"), inline_table}) {
    home.write("keepsake.toml", text);
    CHECK_FALSE(file.remove_source("phone"));
    CHECK(home.read("keepsake.toml") == text);
  }
}

TEST_CASE("a settings file kept elsewhere stays there") {
  const TempFolder home;
  home.write("dotfiles/keepsake.toml", "");
  std::filesystem::create_symlink("dotfiles/keepsake.toml", home / "keepsake.toml");

  REQUIRE(SettingsFile(home / "keepsake.toml").set_zone("UTC"));

  CHECK(std::filesystem::is_symlink(home / "keepsake.toml"));
  CHECK(home.read("dotfiles/keepsake.toml").find("zone = \"UTC\"") != std::string::npos);
}
