// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/location.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::storage;

TEST_CASE("a path is a URL, and a relative one begins where one stands") {
  struct Row {
    const char* url;
    const char* folder;
  };

  for (const Row& row : {Row{"/mnt/nas", "/mnt/nas"},
                         Row{"/mnt/nas/", "/mnt/nas"},
                         Row{"/mnt//a/../nas", "/mnt/nas"},
                         Row{"/", "/"},
                         Row{"photos", "/home/anna/photos"},
                         Row{"../ben", "/home/ben"},
                         Row{".", "/home/anna"},
                         Row{"./12:30", "/home/anna/12:30"},
                         Row{"/a:b", "/a:b"},
                         Row{"two words: one", "/home/anna/two words: one"}}) {
    CAPTURE(row.url);
    const auto location = parse_location(row.url, "/home/anna");
    REQUIRE(location.has_value());
    REQUIRE(location->folder() != nullptr);
    CHECK(location->folder()->string() == row.folder);
    CHECK(location->url() == row.folder);
  }
}

TEST_CASE("a storage that this version does not have is refused by its name") {
  struct Row {
    const char* url;
    Cause cause;
    const char* says;
  };

  for (const Row& row : {Row{"dropbox:/photos", Cause::unsupported, "dropbox: is not supported"},
                         Row{"drive:", Cause::invalid, "names no drive"},
                         Row{"drive:/photos", Cause::invalid, "names no drive"},
                         Row{"drive:ABCD-1234/../../etc", Cause::invalid, "names no drive"},
                         Row{"ftp://host", Cause::invalid, "is written ./ftp://host"},
                         Row{"12:30", Cause::invalid, "is written ./12:30"},
                         Row{"", Cause::invalid, "is empty"}}) {
    CAPTURE(row.url);
    const auto location = parse_location(row.url, "/home/anna");
    REQUIRE_FALSE(location.has_value());
    CHECK(location.error().cause == row.cause);
    CHECK(location.error().what.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a WebDAV server's URL is written as it was read, and holds no password") {
  const auto location = parse_location("webdav+https://ann@cloud.example/dav/my%20photos/", "/");

  REQUIRE(location.has_value());
  CHECK(std::get<WebdavPlace>(location->place) ==
        WebdavPlace{{"https://cloud.example/dav/my%20photos/", "ann"}});
  CHECK(location->url() == "webdav+https://ann@cloud.example/dav/my%20photos/");
  CHECK(parse_location("webdav+http://nas:8080/photos", "/")->url() ==
        "webdav+http://nas:8080/photos/");
  const auto refused = parse_location("webdav+https://ann:hush@cloud.example/dav", "/").error();
  CHECK(refused.cause == Cause::invalid);
  CHECK(refused.what.find("KEEPSAKE_WEBDAV_PASSWORD") != std::string::npos);
}

TEST_CASE("a server's URL says user, host, port and folder, and is written as it was read") {
  struct Row {
    const char* url;
    SftpPlace place;
  };

  for (const Row& row :
       {Row{"sftp://ann@nas:2022/photos/vault", {"ann", "nas", 2022, "/photos/vault"}},
        Row{"sftp://nas/photos", {"", "nas", 0, "/photos"}},
        Row{"sftp://ann@nas/~/vault", {"ann", "nas", 0, "vault"}},
        Row{"sftp://[fe80::1]:22/v", {"", "fe80::1", 22, "/v"}},
        Row{"sftp://[::1]/v", {"", "::1", 0, "/v"}},
        Row{"sftp://nas/", {"", "nas", 0, "/"}}}) {
    CAPTURE(row.url);
    const auto location = parse_location(row.url, "/home/anna");
    REQUIRE(location.has_value());
    CHECK(std::get<SftpPlace>(location->place) == row.place);
    CHECK(location->url() == row.url);
  }
}

TEST_CASE("what could become an option of ssh, or holds a password, is no server") {
  for (const char* const url : {"sftp://-oProxyCommand=rm/x",
                                "sftp://-l@nas/x",
                                "sftp://ann:secret@nas/x",
                                "sftp://nas",
                                "sftp:///x",
                                "sftp://nas:0/x",
                                "sftp://nas:99999/x",
                                "sftp://na s/x",
                                "sftp://nas/~/"}) {
    CAPTURE(url);
    const auto location = parse_location(url, "/home/anna");
    REQUIRE_FALSE(location.has_value());
    CHECK(location.error().cause == Cause::invalid);
  }
}

TEST_CASE(
    "an address of a REST server says whom it is told that we are, and is written as it was read") {
  const auto location = parse_location("rest:https://ann@nas:8000/photos/vault/", "/home/anna");
  REQUIRE(location.has_value());
  CHECK(std::get<RestPlace>(location->place) ==
        RestPlace{{.url = "https://nas:8000/photos/vault/", .user = "ann"}});
  CHECK(location->url() == "rest:https://ann@nas:8000/photos/vault/");

  CHECK(parse_location("rest:http://nas/photos", "/")->url() == "rest:http://nas/photos/");
  CHECK(parse_location("rest:https://nas", "/")->url() == "rest:https://nas/");
}

TEST_CASE("a REST server's address holds no password and is a folder's") {
  for (const char* const url : {"rest:https://ann:secret@nas/",
                                "rest:https://nas/?create=true",
                                "rest:ftp://nas/",
                                "rest:nas",
                                "rest:"}) {
    CAPTURE(url);
    const auto location = parse_location(url, "/home/anna");
    REQUIRE_FALSE(location.has_value());
    CHECK(location.error().cause == Cause::invalid);
    CHECK(location.error().what.find("secret") == std::string::npos);
  }
}

TEST_CASE("a bucket's address is the one that restic takes") {
  const auto location = parse_location("s3:https://s3.example.net:9000/photos/my/vault/", "/");
  REQUIRE(location.has_value());
  CHECK(std::get<S3Place>(location->place) == S3Place{.endpoint = "https://s3.example.net:9000",
                                                      .bucket = "photos",
                                                      .prefix = "my/vault"});
  CHECK(location->url() == "s3:https://s3.example.net:9000/photos/my/vault");
  CHECK(parse_location("S3:http://nas/photos", "/")->url() == "s3:http://nas/photos");
}

TEST_CASE("a bucket's address holds no key, and names a bucket") {
  for (const char* const url : {"s3:https://key:secret@nas/photos",
                                "s3:https://nas/photos?x=1",
                                "s3:https://nas",
                                "s3:https://nas/",
                                "s3:https://nas/ab",
                                "s3:https://nas/a%20b/c",
                                "s3:https://nas/photos/../else",
                                "s3:nas/photos",
                                "s3:"}) {
    CAPTURE(url);
    const auto location = parse_location(url, "/home/anna");
    REQUIRE_FALSE(location.has_value());
    CHECK(location.error().cause == Cause::invalid);
    CHECK(location.error().what.find("secret") == std::string::npos);
  }
}

TEST_CASE("a place of rclone's is whatever it takes for one, and never an option") {
  for (const char* const url : {"rclone:drive:Photos/vault", "rclone::local:/mnt/x"}) {
    CAPTURE(url);
    const auto location = parse_location(url, "/home/anna");
    REQUIRE(location.has_value());
    CHECK(location->url() == url);
  }
  for (const char* const url : {"rclone:", "rclone:drive", "rclone:--config=x:y", "rclone:a:\nb"}) {
    CAPTURE(url);
    const auto location = parse_location(url, "/home/anna");
    REQUIRE_FALSE(location.has_value());
    CHECK(location.error().cause == Cause::invalid);
  }
}

TEST_CASE("where only a folder can be, a server is refused by its name") {
  const auto folder = parse_folder("sftp://nas/photos", "/home/anna");

  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error().cause == Cause::unsupported);
  CHECK(folder.error().what.find("sftp://nas/photos") != std::string::npos);
}
