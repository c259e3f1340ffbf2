// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_media.h"

#include "media/facts.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace keepsake;
using namespace keepsake::media;

TEST_CASE("real photos tell what is known of them") {
  struct Row {
    std::string file;
    const char* taken;
    std::optional<std::string> content_id = std::nullopt;
    std::optional<std::string> burst_id = std::nullopt;
  };

  const auto pair = "4E1A1B89-CE70-4FF8-873B-E4470B839314";
  const auto burst = "D4E4B3D1-0E45-4987-BE12-76D604E25D2C";
  for (const Row& row : {
           Row{"live/IMG_4580.HEIC", "2025-08-17T19:33:48.600-04:00", pair},
           Row{"live/IMG_4580.MOV", "2025-08-17T19:33:48-04:00", pair},
           Row{"live/orphan_still_IMG_6161.HEIC",
               "2024-03-22T09:12:58.197-04:00",
               "EB3DECCA-5151-4FB6-9DA6-CBDEE3F0290C"},
           Row{"edit/IMG_1853.HEIC",
               "2023-03-23T10:19:38.409-07:00",
               "DC121C25-1A7C-4FEC-BB42-99FB89A4719D"},
           Row{"edit/IMG_E1853.HEIC",
               "2023-03-23T10:19:38.409-07:00",
               "DDFE07E3-65A7-4329-896F-41C370FF4FCD"},
           Row{"heic/IMG_0102.HEIC", "2021-08-06T11:32:22.397-07:00"},
           Row{"heic/IMG_2682.heic", "2019-03-21T11:04:22.348-05:00"},  // by the GPS clock
           Row{"burst/IMG_0658.JPG", "2016-10-09T14:44:17.878-00:00", std::nullopt, burst},
           Row{"burst/IMG_0664.JPG", "2016-10-09T14:44:18.445-00:00", std::nullopt, burst},
           Row{"png/IMG_2908.PNG", "2015-09-27T16:29:28-00:00"},
           Row{"mov/Jellyfish.MOV", "2020-01-05T14:13:13-08:00"},
           Row{"mov/IMG_3539.MOV", "2016-01-18T15:20:40-07:00"},
           Row{"bad/badimage.jpeg", "2019-07-08T06:53:48-00:00"},  // its first dates are damaged
           Row{"dates/gps-datetime.jpg", "2023-11-15T12:30:00Z"},
           Row{"dates/2000.xmp", "2000-09-27T14:35:33+02:00"},
           Row{"jpg/IMG_4179.jpeg.xmp", "2021-04-08T16:04:55.787-07:00"},
       }) {
    CAPTURE(row.file);
    const auto facts = real::look_at("media/" + row.file);
    if (!facts) return;
    REQUIRE(facts->taken.has_value());
    CHECK(to_rfc3339(facts->taken->time) == row.taken);
    CHECK(facts->content_id == row.content_id);
    CHECK(facts->burst_id == row.burst_id);
  }
}

TEST_CASE("real photos are not warned of unless they are damaged") {
  for (const auto& file : real::files()) {
    const bool damaged = file.find("/bad/") != std::string::npos;
    const auto facts = real::look_at(file);
    CAPTURE(file);
    REQUIRE(facts.has_value());
    if (!damaged) CHECK(facts->warnings.empty());
  }
}

TEST_CASE("real labels are read where programs put them") {
  const auto photo = real::look_at("media/jpg/IMG_4179.jpeg");
  if (!photo) return;

  CHECK(photo->labels.title == "Waves crashing on rocks");
  CHECK(photo->labels.caption == "Used for testing osxphotos");
  CHECK(photo->labels.keywords == std::vector<std::string>{"S\u00fcmmer", "osxphotos"});
  CHECK(real::look_at("media/jpg/portrait_faces.jpg")->labels.people ==
        std::vector<std::string>{"Marie Curie", "Pierre Curie"});
  CHECK(real::look_at("media/jpg/mongolels_rating.jpg")->labels.rating == 3);
  CHECK(real::look_at("media/live/IMG_4580.HEIC")->camera == "Apple iPhone 15 Pro");
  CHECK_FALSE(real::look_at("media/jpg/empty_gps.jpg")->place.has_value());
}
