// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/url.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::config;

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
    const auto folder = parse_url(row.url, "/home/anna");
    REQUIRE(folder.has_value());
    CHECK(folder->string() == row.folder);
  }
}

TEST_CASE("a storage that this version does not have is refused by its name") {
  struct Row {
    const char* url;
    Cause cause;
    const char* says;
  };

  for (const Row& row :
       {Row{"sftp://anna@host/photos", Cause::unsupported, "sftp: is not supported"},
        Row{"S3:https://host/bucket", Cause::unsupported, "S3: is not supported"},
        Row{"drive:ABCD-1234/photos", Cause::unsupported, "drive: is not supported"},
        Row{"webdav+https://host", Cause::unsupported, "webdav+https: is not supported"},
        Row{"rclone:remote:path", Cause::unsupported, "rclone: is not supported"},
        Row{"ftp://host", Cause::invalid, "is written ./ftp://host"},
        Row{"12:30", Cause::invalid, "is written ./12:30"},
        Row{"", Cause::invalid, "is empty"}}) {
    CAPTURE(row.url);
    const auto folder = parse_url(row.url, "/home/anna");
    REQUIRE_FALSE(folder.has_value());
    CHECK(folder.error().cause == row.cause);
    CHECK(folder.error().what.find(row.says) != std::string::npos);
  }
}
