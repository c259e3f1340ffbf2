// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"

#include <doctest/doctest.h>

using namespace keepsake::tests;

namespace {

const std::string month = "Photos/2024/2024-05/";

void set_up_library(const Journey& journey) {
  fs::create_directories(journey / "pictures");
  const fs::path demo = KEEPSAKE_DEMO_LIBRARY;
  fs::copy(demo / "2024 Kyoto", journey / "pictures");
  journey.set_up({"disk", "drive"});
  journey.expect(0, {"backup"});
}

}  // namespace

TEST_CASE("verify reads everything back and finds an untouched backup right") {
  const Journey journey;
  set_up_library(journey);
  const auto disk = listing(journey / "disk");

  const auto summary = journey.expect(0, {"verify"});

  CHECK(summary["damaged"].empty());
  CHECK(of(summary, "disk")["checked"] == 12);
  CHECK(of(summary, "disk")["bytes_read"] == of(journey.status(), "disk")["bytes"]);
  CHECK(listing(journey / "disk") == disk);
  const auto assets = journey.find();
  for (const auto& [id, asset] : assets) {
    const json original = rendition(asset, "original");
    for (const json& place : original["destinations"]) CHECK(place["verified_at"].is_string());
  }
}

TEST_CASE("verify names every damaged file, whatever its damage") {
  const Journey journey;
  set_up_library(journey);
  flip_byte(journey / "disk" / (month + "IMG_0001.HEIC"), 1000);
  fs::resize_file(journey / "disk" / (month + "IMG_0002.JPG"), 100);
  fs::remove(journey / "disk" / (month + "IMG_0003.HEIC"));

  const auto all = journey.expect(25, {"verify", "disk"});

  const std::map<std::string, std::string> expected{{month + "IMG_0001.HEIC", "corrupt"},
                                                    {month + "IMG_0002.JPG", "corrupt"},
                                                    {month + "IMG_0003.HEIC", "not_found"}};
  CHECK(damage_in(all) == expected);
  CHECK(of(all, "disk")["damaged"] == 2);
  CHECK(of(all, "disk")["missing"] == 1);
  CHECK(of(all, "disk")["repaired"] == 0);
  journey.expect(0, {"verify", "drive"});
}

TEST_CASE("verify --read none looks at presence and sizes and claims no more") {
  const Journey journey;
  set_up_library(journey);
  flip_byte(journey / "disk" / (month + "IMG_0001.HEIC"), 1000);
  fs::remove(journey / "disk" / (month + "IMG_0003.HEIC"));

  const auto summary = journey.expect(25, {"verify", "disk", "--read", "none"});

  const std::map<std::string, std::string> expected{{month + "IMG_0003.HEIC", "not_found"}};
  CHECK(damage_in(summary) == expected);
  CHECK(of(summary, "disk")["bytes_read"] == 0);
  const auto status = of(journey.expect(0, {"status"}), "disk");
  CHECK(status["verified"] == 0);
  CHECK(status["last_verified"] == nullptr);
}

TEST_CASE("verify --read 10% reads others each time, until all were read") {
  const Journey journey;
  set_up_library(journey);

  std::uint64_t read = 0;
  for (int i = 0; i < 6; ++i) {
    const auto summary = journey.expect(0, {"verify", "disk", "--read", "10%"});
    CHECK(of(summary, "disk")["checked"] == 12);
    read += of(summary, "disk")["bytes_read"].get<std::uint64_t>();
  }

  CHECK(read == of(journey.status(), "disk")["bytes"]);
  CHECK(of(journey.expect(0, {"status"}), "disk")["verified"] == 12);
}

TEST_CASE("the tree's own sums and records are verified as well, and made anew") {
  struct Row {
    const char* name;
    void (*damage)(const fs::path& own);
    const char* named;
  };

  const char* const sums = ".keepsake/SHA256SUMS";
  const char* const manifest = ".keepsake/manifest";
  for (const Row& row :
       {Row{"a digit of the sums",
            [](const fs::path& own) { flip_byte(own / "SHA256SUMS", 70); },
            sums},
        Row{"the sums cut short",
            [](const fs::path& own) { fs::resize_file(own / "SHA256SUMS", 50); },
            sums},
        Row{"the sums emptied",
            [](const fs::path& own) { fs::resize_file(own / "SHA256SUMS", 0); },
            sums},
        Row{"the sums gone", [](const fs::path& own) { fs::remove(own / "SHA256SUMS"); }, sums},
        Row{"a record torn",
            [](const fs::path& own) { fs::resize_file(own / "manifest/2024-05.jsonl", 700); },
            manifest},
        Row{"a digit of a record",
            [](const fs::path& own) {
              auto text = read_file(own / "manifest/2024-05.jsonl");
              const auto at = text.find("\"sha256\":\"") + 12;
              text[at] = text[at] == '0' ? '1' : '0';
              write_file(own / "manifest/2024-05.jsonl", text);
            },
            manifest},
        Row{"a month of records gone",
            [](const fs::path& own) { fs::remove(own / "manifest/2024-05.jsonl"); },
            manifest}}) {
    CAPTURE(row.name);
    const Journey journey;
    set_up_library(journey);
    row.damage(journey / "disk/.keepsake");

    const auto found = journey.expect(25, {"verify", "disk", "--read", "none"});
    CHECK(damage_in(found) == std::map<std::string, std::string>{{row.named, "corrupt"}});

    const auto repaired = journey.expect(0, {"verify", "disk", "--repair"});
    CHECK(of(repaired, "disk")["repaired"] == 1);
    CHECK(sums_are_right(journey / "disk"));
    journey.expect(0, {"verify", "disk"});
  }
}

TEST_CASE("--repair heals from the other tree what the source has lost") {
  const Journey journey;
  set_up_library(journey);
  const auto before = contents(journey / "disk");
  const auto time = seconds_of(journey / "disk" / (month + "IMG_0001.HEIC"));
  flip_byte(journey / "disk" / (month + "IMG_0001.HEIC"), 1000);
  fs::resize_file(journey / "disk" / (month + "IMG_0002.JPG"), 100);
  fs::remove(journey / "disk" / (month + "IMG_0003.HEIC"));
  fs::remove(journey / "pictures/IMG_0001.HEIC");
  fs::rename(journey / "pictures/IMG_0003.HEIC", journey / "elsewhere.HEIC");

  const auto summary = journey.expect(0, {"verify", "disk", "--repair"});

  CHECK(of(summary, "disk")["repaired"] == 3);
  for (const json& it : summary["damaged"]) CHECK(it["repaired"] == true);
  CHECK(contents(journey / "disk") == before);
  CHECK(seconds_of(journey / "disk" / (month + "IMG_0001.HEIC")) == time);
  CHECK(sums_are_right(journey / "disk"));
  journey.expect(0, {"verify"});
}

TEST_CASE("--repair heals from the source where no other tree has it") {
  const Journey journey;
  set_up_library(journey);
  journey.expect(0, {"destination", "remove", "drive"});
  flip_byte(journey / "disk" / (month + "IMG_0001.HEIC"), 1000);

  const auto summary = journey.expect(0, {"verify", "--repair"});

  CHECK(of(summary, "disk")["repaired"] == 1);
  journey.expect(0, {"verify"});
}

TEST_CASE("what no place has whole any more stays damaged, and only that") {
  const Journey journey;
  set_up_library(journey);
  for (const char* tree : {"disk", "drive"})
    flip_byte(journey / tree / (month + "IMG_0001.HEIC"), 1000);
  flip_byte(journey / "disk" / (month + "IMG_0002.JPG"), 1000);
  fs::remove(journey / "pictures/IMG_0001.HEIC");

  const auto summary = journey.expect(25, {"verify", "--repair"});

  CHECK(of(summary, "disk")["repaired"] == 1);
  CHECK(of(summary, "drive")["repaired"] == 0);
  journey.expect(25, {"verify"});
  CHECK(journey.find({"name:IMG_0001.HEIC"}).at("IMG_0001.HEIC")["renditions"][0]["state"] ==
        "failed");
}

TEST_CASE("the next backup heals what verify found damaged") {
  const Journey journey;
  set_up_library(journey);
  flip_byte(journey / "disk" / (month + "IMG_0001.HEIC"), 1000);
  journey.expect(25, {"verify"});

  journey.expect(0, {"backup"});

  journey.expect(0, {"verify"});
  CHECK(sums_are_right(journey / "disk"));
}
