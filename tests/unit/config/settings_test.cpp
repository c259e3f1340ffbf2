// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/settings.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::config;

namespace {

const std::string id_a(32, 'a');
const std::string id_b(32, 'b');

const std::string whole = "version = 1\ncatalog = \"" + std::string(32, 'c') +
                          "\"\nzone = \"UTC\"\n"
                          "[destination.nas]\nid = \"" +
                          id_a +
                          "\"\nkind = \"folder\"\nurl = \"/mnt/nas\"\n"
                          "layout = \"Pictures/{year}/{name}\"\nalbums = \"list\"\n"
                          "sidecars = \"xmp\"\nexclude = [\"is:hidden\", 'album:\"A B\"']\n"
                          "sources = [\"phone\"]\non_source_delete = \"quarantine\"\n"
                          "quarantine_days = 7\nremind_days = 14\nconfirm = \"read\"\n"
                          "[source.phone]\nid = \"" +
                          id_a + "\"\nkind = \"folder\"\npath = [\"/home/anna/Pictures\"]\n";

std::string refusal(const std::string& text) {
  const auto settings = parse_settings(text, "keepsake.toml");
  return settings ? "" : settings.error().message();
}

std::string source_table(const std::string& lines) { return "[source.a]\n" + lines; }

std::string destination(const std::string& lines) {
  return "[destination.d]\nid = \"" + id_a + "\"\nkind = \"folder\"\nurl = \"/d\"\n" + lines;
}

}  // namespace

TEST_CASE("an empty file is settings without anything") {
  CHECK(*parse_settings("", "keepsake.toml") == Settings{});
  CHECK(*parse_settings("# nothing yet\nversion = 1\n", "keepsake.toml") == Settings{});
}

TEST_CASE("an account is a source without a path, and is written as it is read") {
  const auto text = "[source.phone]\nid = \"" + id_a +
                    "\"\nkind = \"icloud\"\naccount = \"jane@example.com\"\n"
                    "domain = \"cn\"\nbandwidth = \"2.5 MB/s\"\n";

  const auto settings = parse_settings(text, "keepsake.toml");

  REQUIRE_MESSAGE(settings.has_value(), settings.error().message());
  const Source& phone = settings->sources.at(0);
  CHECK(phone.kind == SourceKind::icloud);
  CHECK(phone.account == "jane@example.com");
  CHECK(phone.domain == keepsake::source::icloud::Domain::cn);
  CHECK(phone.bandwidth->at({}) == ByteCount{2'500'000});
  CHECK(parse_settings(to_toml(phone), "keepsake.toml")->sources.at(0) == phone);
}

TEST_CASE("what belongs to accounts is refused elsewhere, and the reverse") {
  const auto with = [](const std::string& kind, const std::string& lines) {
    return refusal(source_table("id = \"" + id_a + "\"\nkind = \"" + kind + "\"\n" + lines));
  };
  const std::string account = "account = \"jane@example.com\"\n";

  CHECK(with("icloud", "").find("account") != std::string::npos);
  CHECK(with("icloud", account + "path = \"/a\"").find("no path") != std::string::npos);
  CHECK(with("icloud", account + "bandwidth = \"fast\"").find("no bandwidth") != std::string::npos);
  CHECK(with("icloud", account + "domain = \"de\"").find("com, cn") != std::string::npos);
  CHECK(with("folder", account + "path = \"/a\"").find("icloud") != std::string::npos);
}

TEST_CASE("settings are read as typed values") {
  const auto settings = parse_settings(whole, "keepsake.toml");

  REQUIRE_MESSAGE(settings.has_value(), settings.error().message());
  CHECK(settings->catalog->hex() == std::string(32, 'c'));
  CHECK(settings->zone == "UTC");
  const Source* phone = settings->source("phone");
  REQUIRE(phone != nullptr);
  CHECK(phone->paths == std::vector<std::filesystem::path>{"/home/anna/Pictures"});
  const Destination* nas = settings->destination("nas");
  REQUIRE(nas != nullptr);
  CHECK(nas->location.url() == "/mnt/nas");
  CHECK(nas->layout.text() == "Pictures/{year}/{name}");
  CHECK(nas->albums == Albums::list);
  CHECK(nas->sidecars == Sidecars::xmp);
  CHECK(nas->exclude.at(1).text() == "album:\"A B\"");
  CHECK(nas->sources == std::vector<std::string>{"phone"});
  CHECK(nas->on_source_delete == OnSourceDelete::quarantine);
  CHECK(nas->quarantine_days == 7);
  CHECK(nas->remind_days == 14);
  CHECK(nas->is_read_back());
  CHECK(settings->source("nas") == nullptr);
}

TEST_CASE("what is not said has its default") {
  const auto settings = parse_settings(destination(""), "keepsake.toml");

  REQUIRE(settings.has_value());
  const Destination& plain = settings->destinations.front();
  CHECK(plain.layout == plan::Layout::standard());
  CHECK(plain.albums == Albums::links);
  CHECK(plain.sidecars == Sidecars::none);
  CHECK(plain.exclude.empty());
  CHECK_FALSE(plain.sources.has_value());
  CHECK(plain.on_source_delete == OnSourceDelete::keep);
  CHECK(plain.quarantine_days == 30);
  CHECK(plain.remind_days == 30);
  CHECK_FALSE(plain.is_read_back());
}

TEST_CASE("every mistake names its line and what was meant") {
  struct Row {
    std::string text;
    const char* says;
  };

  for (const Row& row :
       {Row{"a = = 1", "keepsake.toml:1: "},
        Row{"\nverison = 1",
            "keepsake.toml:2: the top of the file knows no \"verison\"; did you "
            "mean \"version\"?"},
        Row{"version = 2", "version 2 need a newer Keepsake"},
        Row{"version = \"1\"", "keepsake.toml:1: version must be a whole number"},
        Row{"catalog = \"1234\"", "an id is 32 hexadecimal digits"},
        Row{"zone = 5", "zone must be a text in quotes"},
        Row{"zone = \"Europe/Atlantis\"", "knows no time zone"},
        Row{"source = 3", "knows no \"source\""},
        Row{"[source]\nphone = 3", "knows no \"source.phone\""},
        Row{"[sources.phone]\nid = \"\"", "keepsake.toml:1: a table is [source.NAME]"},
        Row{"[[source.phone]]\nid = \"\"", "knows no \"source.phone\""},
        Row{"[source.Phone]", "the name \"Phone\" must be"},
        Row{source_table("kind = \"folder\"\npath = \"/a\""),
            "keepsake.toml:1: [source.a] needs a line "
            "\"id = …\""},
        Row{source_table("id = \"" + id_a + "\"\nkind = \"takeout\""),
            "keepsake.toml:3: takeout is not there in this version"},
        Row{source_table("id = \"" + id_a + "\"\nkind = \"foldr\""),
            "not one of the choices: folder"},
        Row{source_table("id = \"" + id_a + "\"\nkind = \"folder\"\npath = \"a\""),
            "keepsake.toml:4: \"a\" must be a whole path"},
        Row{source_table("id = \"" + id_a + "\"\nkind = \"folder\"\npath = \"/a\\u0000b\""),
            "keepsake.toml:4: a folder's path"},
        Row{source_table("id = \"" + id_a + "\"\nkind = \"folder\""),
            "a folder source needs one path"},
        Row{destination("exlude = []"),
            "keepsake.toml:5: [destination.d] knows no \"exlude\"; did you mean \"exclude\"?"},
        Row{destination("exclude = [\"is:hiden\"]"), "did you mean is:hidden?"},
        Row{destination("exclude = [\" \"]"), "would exclude every photo"},
        Row{destination("exclude = [1]"), "exclude must be a list of texts"},
        Row{destination("layout = \"{year}\""), "keepsake.toml:5: a layout ends with /{name}"},
        Row{destination("albums = \"lists\""), "not one of the choices: links, list, none"},
        Row{destination("on_source_delete = \"delete\""),
            "not one of the choices: keep, quarantine"},
        Row{destination("quarantine_days = 0"), "keepsake.toml:5: 0 days cannot be"},
        Row{destination("quarantine_days = \"30\""), "quarantine_days must be a whole number"},
        Row{destination("sources = [\"phoen\"]\n[source.phone]\nid = \"" + id_a +
                        "\"\nkind = \"folder\"\npath = \"/a\""),
            "keepsake.toml:5: d takes photos from \"phoen\", which is no source; did you mean "
            "\"phone\"?"},
        Row{destination("sources = []"), "sources names no source"},
        Row{destination("[destination.e]\nid = \"" + id_a + "\"\nkind = \"folder\"\nurl = \"/e\""),
            "keepsake.toml:6: d and e have the same id"}}) {
    CAPTURE(row.text);
    CAPTURE(refusal(row.text));
    CHECK(refusal(row.text).find(row.says) != std::string::npos);
  }
}

TEST_CASE("a url of the settings is whole, and of a kind that there is") {
  CHECK(refusal("[destination.d]\nid = \"" + id_a + "\"\nkind = \"folder\"\nurl = \"d\"") ==
        "keepsake.toml:4: \"d\" must be a whole path, beginning with /");
  CHECK(refusal("[destination.d]\nid = \"" + id_a +
                "\"\nkind = \"folder\"\nurl = \"rest:http://h/\"") ==
        "keepsake.toml:4: a server of restic's REST protocol holds vaults only");
}

TEST_CASE("a storage class is for buckets, and one that can be read from") {
  const auto with_class = [](const std::string& url, const std::string& word) {
    return "[destination.d]\nid = \"" + id_a + "\"\nkind = \"vault\"\nurl = \"" + url +
           "\"\nstorage_class = \"" + word + "\"\n";
  };
  const std::string bucket = "s3:https://host/bucket/photos";

  const auto read = parse_settings(with_class(bucket, "STANDARD_IA"), "keepsake.toml");

  REQUIRE(read.has_value());
  CHECK(to_toml(read->destinations.front()).find("storage_class = \"STANDARD_IA\"") !=
        std::string::npos);
  CHECK(refusal(with_class(bucket, "DEEP_ARCHIVE")).find("GLACIER_IR") != std::string::npos);
  CHECK(refusal(with_class("/mnt/nas", "STANDARD_IA")).find("for buckets") != std::string::npos);
}

TEST_CASE("days for which files are locked are for vaults in buckets") {
  const auto locked = [](const std::string& kind, const std::string& url, const std::string& days) {
    return "[destination.d]\nid = \"" + id_a + "\"\nkind = \"" + kind + "\"\nurl = \"" + url +
           "\"\nlocked_days = " + days + "\n";
  };
  const std::string bucket = "s3:https://host/bucket/photos";

  const auto read = parse_settings(locked("vault", bucket, "30"), "keepsake.toml");

  REQUIRE(read.has_value());
  CHECK(to_toml(read->destinations.front()).find("locked_days = 30\n") != std::string::npos);
  CHECK(refusal(locked("folder", bucket, "30")).find("for vaults") != std::string::npos);
  CHECK(refusal(locked("vault", "/mnt/nas", "30")).find("for buckets") != std::string::npos);
  CHECK(refusal(locked("vault", bucket, "0")).find("days") != std::string::npos);
}

TEST_CASE("printed tables read back as the same settings") {
  const auto settings = *parse_settings(whole, "keepsake.toml");

  const auto again = parse_settings(
      to_toml(settings.sources.front()) + to_toml(settings.destinations.front()), "keepsake.toml");

  REQUIRE(again.has_value());
  CHECK(again->sources == settings.sources);
  CHECK(again->destinations == settings.destinations);
}

TEST_CASE("a name is of small letters, digits and hyphens") {
  for (const char* name : {"a", "0", "my-nas-2", "abcdefghijklmnopqrstuvwxyz012345"})
    CHECK(is_name(name));
  for (const char* name : {"", "-a", "A", "a_b", "a.b", "abcdefghijklmnopqrstuvwxyz0123456"})
    CHECK_FALSE(is_name(name));
}

TEST_CASE("any text is settings or is refused") {
  CHECK(rc::check([](const std::string& text) {
    const auto settings = parse_settings(text, "keepsake.toml");
    RC_ASSERT(settings || !settings.error().where.empty());
  }));
}

TEST_CASE("a server's bandwidth follows the hours, and a folder of this machine has none") {
  const auto text = [](const std::string& url) {
    return "[destination.far]\nid = \"" + id_a + "\"\nkind = \"folder\"\nurl = \"" + url +
           "\"\nbandwidth = \"08:00 500 kB/s, 23:00 off\"\n";
  };

  const auto far = parse_settings(text("sftp://nas/photos"), "keepsake.toml");

  REQUIRE_MESSAGE(far.has_value(), far.error().message());
  const auto& bandwidth = far->destinations.front().bandwidth;
  REQUIRE(bandwidth.has_value());
  CHECK(bandwidth->at(std::chrono::hours(9)) == ByteCount{500'000});
  CHECK(bandwidth->at(std::chrono::hours(23)) == std::nullopt);
  CHECK(parse_settings(to_toml(far->destinations.front()), "keepsake.toml")->destinations ==
        far->destinations);
  CHECK(refusal(text("/mnt/photos")).find("servers") != std::string::npos);
}
