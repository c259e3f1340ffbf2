// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/translate.h"

#include "records.h"
#include "source/icloud/record_text.h"
#include "tests/support/plist.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>

using namespace keepsake;
using namespace keepsake::tests;
using photo::Role;
using source::icloud::asset_of;
using source::icloud::FilePlace;
using source::icloud::joined;

namespace {

constexpr Instant now = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
const Json jpeg = file("resOriginal", "public.jpeg", 1000, checksum("AA"));
const Json heic = file("resOriginal", "public.heic", 1000, checksum("AA"));
const Json as_heic = {{"filenameEnc", encoded("IMG_0042.HEIC")}};
const Json taken = {{"assetDate", value(1'714'557'600'000)}};  // 2024-05-01 10:00 UTC

/// A photo of these fields; the master has the name "M".
photo::Asset photo_of(const Json& asset,
                      const Json& master,
                      std::string_view zone = "PrimarySync") {
  const auto page =
      page_of_records({record("CPLMaster", "M", master),
                       record("CPLAsset", "A", merged({{{"masterRef", reference("M")}}, asset}))});
  return asset_of(joined(page.assets.at(0).text, page.masters.at(0).text), {}, zone, now).value();
}

/// "original IMG_1.HEIC, live-video IMG_1.MOV"
std::string files_of(const photo::Asset& asset) {
  std::string text;
  for (const auto& file : asset.renditions)
    text += (text.empty() ? "" : ", ") + std::string(photo::name(file.role)) + " " + file.name;
  return text;
}

const photo::Rendition& file_in(const photo::Asset& asset, Role role) {
  for (const auto& file : asset.renditions)
    if (file.role == role) return file;
  throw std::runtime_error("no such file");
}

}  // namespace

TEST_CASE("a photo is known by its asset's record, and its bytes by record and checksum") {
  const auto asset = photo_of(taken, merged({heic, as_heic}));

  CHECK(asset.key.id == "A");
  CHECK(asset.key.library == "PrimarySync");
  CHECK(asset.name == "IMG_0042.HEIC");
  CHECK(asset.kind == photo::Kind::photo);
  CHECK(files_of(asset) == "original IMG_0042.HEIC");
  const auto& original = asset.renditions.at(0);
  CHECK(original.size == ByteCount{1000});
  CHECK(to_text(original.apple_checksum.value()) == checksum("AA"));
  CHECK(original.source_version == "M " + checksum("AA"));
  CHECK(!original.unavailable);
  CHECK(FilePlace::parse(original.source_version)->record == "M");
}

TEST_CASE("what a photo is, and which files it has, is seen by what it comes with") {
  const auto video = file("resOriginalVidCompl", "com.apple.quicktime-movie", 9, checksum("BB"));
  const auto edit = file("resJPEGFull", "public.jpeg", 9, checksum("CC"));
  const auto moving_edit = file("resVidFull", "com.apple.quicktime-movie", 9, checksum("DD"));
  const auto movie = file("resOriginal", "com.apple.quicktime-movie", 9, checksum("EE"));
  const auto raw = file("resOriginal", "com.adobe.raw-image", 9, checksum("FF"));
  const auto jpeg_beside = file("resOriginalAlt", "public.jpeg", 9, checksum("GG"));
  const auto raw_beside = file("resOriginalAlt", "com.canon.cr3-raw-image", 9, checksum("HH"));
  const auto recipe = file("resSidecar", "com.apple.photos.apple-adjustment-envelope", 9, "x");

  struct Row {
    const char* about;
    Json asset;
    Json master;
    photo::Kind kind;
    const char* files;
  };

  for (const Row& row :
       {Row{"a Live Photo",
            {},
            merged({heic, video}),
            photo::Kind::live,
            "original IMG_0042.HEIC, live-video IMG_0042.MOV"},
        Row{"an edit",
            edit,
            heic,
            photo::Kind::photo,
            "original IMG_0042.HEIC, edited IMG_0042.JPG"},
        Row{"an edited Live Photo",
            merged({edit, moving_edit}),
            merged({heic, video}),
            photo::Kind::live,
            "original IMG_0042.HEIC, live-video IMG_0042.MOV, edited IMG_0042.JPG, "
            "edited-live-video IMG_0042.MOV"},
        Row{"a video", {}, movie, photo::Kind::video, "original IMG_0042.HEIC"},
        Row{"an edited video",
            merged({moving_edit, edit}),
            movie,
            photo::Kind::video,
            "original IMG_0042.HEIC, edited IMG_0042.MOV"},
        Row{"a RAW beside a JPEG",
            {},
            merged({jpeg, raw_beside}),
            photo::Kind::photo,
            "original IMG_0042.HEIC, raw IMG_0042.CR3"},
        Row{"a JPEG beside a RAW",
            {},
            merged({raw, jpeg_beside}),
            photo::Kind::photo,
            "original IMG_0042.JPG, raw IMG_0042.HEIC"},
        Row{"a recipe",
            merged({edit, recipe}),
            heic,
            photo::Kind::photo,
            "original IMG_0042.HEIC, edited IMG_0042.JPG, adjustment IMG_0042.AAE"}}) {
    CAPTURE(row.about);

    const auto asset = photo_of(row.asset, merged({row.master, as_heic}));

    CHECK(asset.kind == row.kind);
    CHECK(files_of(asset) == row.files);
  }
}

TEST_CASE("edits lie with the asset, originals with the master that others may share") {
  const auto asset =
      photo_of(file("resJPEGFull", "public.jpeg", 9, checksum("CC")), merged({heic, as_heic}));

  CHECK(file_in(asset, Role::original).source_version == "M " + checksum("AA"));
  CHECK(file_in(asset, Role::edited).source_version == "A " + checksum("CC"));
}

TEST_CASE("names that are missing, plain, bare or odd are names all the same") {
  struct Row {
    Json master;
    std::string_view name;
  };

  for (const Row& row :
       {Row{{{"filenameEnc", value("IMG_7.HEIC", "STRING")}}, "IMG_7.HEIC"},
        Row{{{"filenameEnc", encoded("Cafe\u0301 \U0001F30B.HEIC")}}, "Cafe\u0301 \U0001F30B.HEIC"},
        Row{Json::object(), "M.HEIC"},
        Row{{{"filenameEnc", encoded("")}}, "M.HEIC"},
        Row{{{"filenameEnc", {{"type", "ENCRYPTED_BYTES"}}}}, "M.HEIC"}}) {
    CAPTURE(row.master.dump());

    CHECK(photo_of({}, merged({heic, row.master})).name == row.name);
  }
}

TEST_CASE("the kind of file is taken from wherever it is said") {
  const auto movie = file("resOriginal", "com.apple.quicktime-movie", 9, checksum("EE"));
  const auto unknown = file("resOriginal", "dyn.ah62d4rv4ge80k5p2", 9, checksum("EE"));
  const Json as_movie = {{"filenameEnc", encoded("clip.MOV")}};

  CHECK(photo_of({}, merged({movie, {{"itemType", value("", "STRING")}}})).kind ==
        photo::Kind::video);
  CHECK(photo_of({}, merged({movie, {{"itemType", {{"type", "STRING"}}}}})).kind ==
        photo::Kind::video);
  CHECK(photo_of({}, merged({unknown, as_movie})).kind == photo::Kind::video);
  CHECK(photo_of({}, merged({unknown, as_heic})).kind == photo::Kind::photo);
}

TEST_CASE("when a photo was taken is told with its zone, by the best there is") {
  const Json summer = {{"timeZoneOffset", value(7200)}};
  const Json kyoto = {{"timeZoneNameEnc", encoded("Asia/Tokyo")}};
  const Json nowhere = {{"timeZoneNameEnc", encoded("Nowhere/Land")}};
  const Json wild = {{"timeZoneOffset", value(999'999)}};
  const Json absurd = {{"assetDate", value(9'000'000'000'000'000)}};
  const Json zero = {{"assetDate", value(0)}};
  const Json old = {{"assetDate", value(-141'652'800'000)}};  // 1965

  struct Row {
    const char* about;
    Json asset;
    Json master;
    std::optional<std::string> taken;
  };

  for (const Row& row :
       {Row{"with an offset", merged({taken, summer}), {}, "2024-05-01T12:00:00+02:00"},
        Row{"with a zone's name", merged({taken, kyoto}), {}, "2024-05-01T19:00:00+09:00"},
        Row{"the offset counts for more",
            merged({taken, summer, kyoto}),
            {},
            "2024-05-01T12:00:00+02:00"},
        Row{"without a zone", taken, {}, "2024-05-01T10:00:00Z"},
        Row{"with a zone that is none", merged({taken, nowhere, wild}), {}, "2024-05-01T10:00:00Z"},
        Row{"before 1970", old, {}, "1965-07-06T12:00:00Z"},
        Row{"absurd, but the master knows",
            absurd,
            {{"originalCreationDate", value(1'714'557'600'000)}},
            "2024-05-01T10:00:00Z"},
        Row{"a camera's zero", zero, {}, std::nullopt},
        Row{"nothing", {}, {}, std::nullopt}}) {
    CAPTURE(row.about);

    const auto asset = photo_of(row.asset, merged({heic, row.master}));

    CHECK(asset.taken.has_value() == row.taken.has_value());
    if (asset.taken && row.taken) CHECK(to_rfc3339(asset.taken->time) == *row.taken);
    if (asset.taken) CHECK(asset.taken->from == photo::TakenFrom::service);
  }
}

TEST_CASE("labels, place and marks are as their owner gave them") {
  const auto asset = photo_of(
      {{"captionEnc", encoded("At the sea")},
       {"extendedDescEnc", encoded("Grüße")},
       {"keywordsEnc",
        encoded(plist::array({plist::ascii("sun"), plist::ascii("beach"), plist::ascii("sun")}))},
       {"locationEnc",
        encoded(plist::dictionary({{"lat", plist::real(48.5)}, {"lon", plist::real(-9.25)}}))},
       {"isFavorite", value(1)},
       {"isHidden", value(true)},
       {"isDeleted", value(nullptr)},
       {"burstId", value("B1", "STRING")}},
      merged({heic, as_heic}));

  CHECK(asset.labels.title == "At the sea");
  CHECK(asset.labels.caption == "Grüße");
  CHECK(asset.labels.keywords == std::vector<std::string>{"beach", "sun"});
  CHECK(asset.place == photo::Place{48.5, -9.25});
  CHECK(asset.favorite);
  CHECK(asset.hidden);
  CHECK(!asset.trashed);
  CHECK(asset.burst == "B1");
  CHECK(asset.shelf == photo::Shelf::hidden);
}

TEST_CASE("a photo lies on the shelf that its owner sees it on") {
  using photo::Shelf;
  const std::string shared = "SharedSync-1";

  CHECK(photo_of({}, heic).shelf == Shelf::visible);
  CHECK(photo_of({}, heic, shared).shelf == Shelf::shared_library);
  CHECK(photo_of({{"isHidden", value(1)}}, heic, shared).shelf == Shelf::hidden);
  CHECK(photo_of({{"isHidden", value(1)}, {"isDeleted", value(1)}}, heic).shelf ==
        Shelf::recently_deleted);
}

TEST_CASE("a place that is none on earth is none") {
  for (const auto& [latitude, longitude] :
       std::map<double, double>{{91.0, 0.0}, {0.5, 181.0}, {-90.5, 0.0}})
    CHECK(!photo_of({{"locationLatitude", value(latitude, "DOUBLE")},
                     {"locationLongitude", value(longitude, "DOUBLE")}},
                    heic)
               .place);
}

TEST_CASE("without its original a photo is known, named, and not to be had yet") {
  const auto without_file = photo_of(taken, as_heic);
  CHECK(without_file.renditions.at(0).unavailable == Cause::absent);

  const auto page = page_of_records({record("CPLAsset", "A", taken)});
  const auto without_master =
      asset_of(joined(page.assets.at(0).text, {}), {}, "PrimarySync", now).value();
  CHECK(without_master.key.id == "A");
  CHECK(without_master.renditions.at(0).unavailable == Cause::not_found);
}

TEST_CASE("a checksum of another scheme is none to check by, but tells versions apart") {
  const std::string other = "gYnnoj1r4lMYTs3JP/g7mjGaDCgO";

  const auto asset = photo_of({}, file("resOriginal", "public.heic", 9, other));

  CHECK(!asset.renditions.at(0).apple_checksum);
  CHECK(asset.renditions.at(0).source_version == "M " + other);
}

TEST_CASE("sizes beyond four gigabytes are sizes") {
  const auto asset =
      photo_of({}, file("resOriginal", "com.apple.quicktime-movie", 5'000'000'000, checksum("AA")));

  CHECK(asset.renditions.at(0).size == ByteCount{5'000'000'000});
}

TEST_CASE("the same photo told again is the same to the letter, whatever changes by itself") {
  auto later = heic;
  later["resOriginalRes"]["value"]["downloadURL"] = "https://cvws.icloud-content.com/B/later";
  later["recordModificationDate"] = value(1'800'000'000'000, "TIMESTAMP");

  CHECK(photo_of(taken, merged({heic, as_heic})) == photo_of(taken, merged({later, as_heic})));
}

TEST_CASE("what is no record of a photo is refused") {
  CHECK(asset_of("", {}, "PrimarySync", now).error().cause == Cause::corrupt);
  CHECK(asset_of("[]", {}, "PrimarySync", now).error().cause == Cause::corrupt);
  CHECK(asset_of("{}", {}, "PrimarySync", now).error().cause == Cause::corrupt);
}
