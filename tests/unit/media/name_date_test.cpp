// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/name_date.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::media;

namespace {

std::string date_of(std::string_view name) {
  const auto time = date_in_name(name);
  return time ? to_rfc3339(*time) : "none";
}

}  // namespace

TEST_CASE("a file's name gives the date that phones and programs put there") {
  struct Row {
    std::string name;
    const char* expected;
  };

  for (const Row& row : {
           Row{"IMG_20180725_163423.jpg", "2018-07-25T16:34:23-00:00"},
           Row{"20161105_170829.jpg", "2016-11-05T17:08:29-00:00"},
           Row{"VID_20190704_180001.mp4", "2019-07-04T18:00:01-00:00"},
           Row{"IMG_20180725_163423123.jpg", "2018-07-25T16:34:23.123-00:00"},
           Row{"IMG_20180725_163423(1).jpg", "2018-07-25T16:34:23-00:00"},
           Row{"IMG-20190704-WA0012.jpg", "2019-07-04T00:00:00-00:00"},
           Row{"Screenshot 2024-08-31 at 00.53.48.png", "2024-08-31T00:53:48-00:00"},
           Row{"Screenshot_20190101-123456_Maps.png", "2019-01-01T12:34:56-00:00"},
           Row{"Screen Shot 2014-05-06 at 1.02.03 PM.png", "2014-05-06T13:02:03-00:00"},
           Row{"Screenshot 2023-05-06 at 12.02.03\u202FAM.png", "2023-05-06T00:02:03-00:00"},
           Row{"signal-2021-01-02-030405.jpg", "2021-01-02T03:04:05-00:00"},
           Row{"signal-2021-01-02-03-04-05-678.jpg", "2021-01-02T03:04:05.678-00:00"},
           Row{"WhatsApp Image 2019-01-02 at 03.04.05.jpeg", "2019-01-02T03:04:05-00:00"},
           Row{"2016-11-05 17.08.29-2.jpg", "2016-11-05T17:08:29-00:00"},
           Row{"photo_2020-01-02_03-04-05.jpg", "2020-01-02T03:04:05-00:00"},
           Row{"2019-07-04 Picnic.jpg", "2019-07-04T00:00:00-00:00"},
           Row{"20180725163423.jpg", "2018-07-25T16:34:23-00:00"},
       }) {
    CAPTURE(row.name);
    CHECK(date_of(row.name) == row.expected);
  }
}

TEST_CASE("only a Pixel's name is in UTC") {
  CHECK(date_of("PXL_20220405_090123740.jpg") == "2022-04-05T09:01:23.740Z");
  CHECK(date_of("PXL_20220405_090123740.MP.jpg") == "2022-04-05T09:01:23.740Z");
}

TEST_CASE("digits that may mean something else are no date") {
  for (const std::string name : {"IMG_1234.HEIC",
                                 "20161105.jpg",
                                 "19850612_1234567890_n.jpg",
                                 "20181325_163423.jpg",
                                 "IMG_20180725_256099.jpg",
                                 "120180725_163423.jpg",
                                 "4E1A1B89-CE70-4FF8-873B-E4470B839314.jpg",
                                 "2019.jpg",
                                 "",
                                 "20"}) {
    CAPTURE(name);
    CHECK(date_of(name) == "none");
  }
}
