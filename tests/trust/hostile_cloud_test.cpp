// SPDX-License-Identifier: GPL-3.0-or-later
// An iCloud that lies, or somebody who sits between it and here.
#include "tests/journey/cloud.h"
#include "tests/trust/siege.h"
#include "tests/support/soak.h"
#include "tests/trust/table.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::string_literals;

namespace {

/// An account as a source beside the folder, with a photo that tells no lies.
class LyingCloud : public Siege {
 public:
  explicit LyingCloud(const std::string& name) : Siege(name), cloud_(journey(), 0) {
    add_signed_in(journey());
    add_photo("honest.JPG");
  }

  [[nodiscard]] const Cloud& cloud() const { return cloud_; }

  /// A photo whose bytes are there, whatever else its records say; its id.
  std::string add_photo(const std::string& name) {
    const auto bytes = jpeg_of("photo " + std::to_string(++photos_));
    count(bytes);
    return put(name, bytes);
  }

  /// A photo that cannot be had; its id.
  std::string add_lost() {
    count();
    return put("lost.JPG", jpeg_of("lost " + std::to_string(++photos_)));
  }

  /// From now on the photo's own record says this.
  void lie(const std::string& asset, const json& fields) const { say(asset, fields); }

  /// The same of the record of its original.
  void lie_of_original(const std::string& asset, const json& fields) const {
    say(cloud_.photos().at(asset)["master"], fields);
  }

  /// What the record of the original says of its file.
  void lie_of_file(const std::string& asset, const json& file) const {
    lie_of_original(asset, {{"resOriginalRes", {{"value", file}}}});
  }

 private:
  std::string put(const std::string& name, const std::string& bytes) {
    const auto file = files_ / std::to_string(photos_);
    write_file(file, bytes);
    return cloud_.import(name, file);
  }

  void say(const std::string& record, const json& fields) const {
    cloud_.say("lie", {{"record", record}, {"says", {{"fields", fields}}}});
  }

  TempFolder files_;
  Cloud cloud_;
  int photos_ = 0;
};

json text(const json& value) { return {{"value", value}}; }

}  // namespace

TEST_CASE("names that iCloud gives lead nowhere else and are taken by every file system") {
  LyingCloud cloud("iCloud: names that lead elsewhere, or are none");
  for (const std::string& name : {"../../../outside/evil.JPG"s,
                                  "/etc/evil.JPG"s,
                                  ".."s,
                                  "nul\0in it.JPG"s,
                                  "new\nline.JPG"s,
                                  "\u202Egpj.exe.JPG"s,
                                  "CON.JPG"s,
                                  std::string(255, 'x') + ".JPG",
                                  std::string(100'000, 'y') + ".JPG"})
    cloud.add_photo(name);
  for (const json& name :
       {text("%%%not base64%%%"), text(4711), text(json::array({"a"})), json(), json("text")})
    cloud.lie_of_original(cloud.add_photo("told otherwise.JPG"), {{"filenameEnc", name}});
  cloud.lie_of_original(cloud.add_photo("no text.JPG"), {{"filenameEnc", text("//79/A==")}});

  cloud.withstand({});
}

TEST_CASE("the words and numbers of iCloud's records may be what they want") {
  LyingCloud cloud("iCloud: words and numbers of all kinds");
  const auto huge = std::string(1'000'000, 'z');
  for (const auto& [field, value] : std::vector<std::pair<std::string, json>>{
           {"assetDate", text(9223372036854775807)},
           {"assetDate", text(-9.0e99)},
           {"assetDate", text("yesterday")},
           {"timeZoneOffset", text(-9223372036854775807)},
           {"timeZoneNameEnc", text("Li4vLi4vZXRjL3Bhc3N3ZA==")},
           {"adjustmentSimpleDataEnc", text("YnBsaXN0MDD///////////////////8=")},
           {"locationEnc", text("YnBsaXN0MDDRAQIA")},
           {"keywordsEnc", text("YnBsaXN0MDCvEP//////////////////")},
           {"captionEnc", text(huge)},
           {"extendedDescEnc", text("AAAA")},
           {"burstId", text("../../outside")},
           {"duration", text(-1)},
           {"isHidden", text("perhaps")},
           {"isFavorite", text(json::object())}})
    cloud.lie(cloud.add_photo("asset.JPG"), {{field, value}});
  for (const auto& [field, value] :
       std::vector<std::pair<std::string, json>>{{"itemType", text("../../outside")},
                                                 {"itemType", text(huge)},
                                                 {"itemType", json()},
                                                 {"resOriginalFileType", text("a.b/../c")},
                                                 {"resOriginalFileType", text(1)},
                                                 {"resOriginalWidth", text(-1)},
                                                 {"mediaMetaDataEnc", text(huge)}})
    cloud.lie_of_original(cloud.add_photo("master.JPG"), {{field, value}});

  cloud.withstand({});
}

TEST_CASE("files are fetched from safe addresses only, and only as they were promised") {
  LyingCloud cloud("iCloud: addresses that lead elsewhere, sizes and sums that are not so");
  Siege::Expected expected{.exit_code = 3};
  const auto secret = (cloud / "outside/secret.jpg").string();
  for (const std::string& url : {"file://" + secret,
                                 "http://127.0.0.1:1/B/x"s,
                                 "ftp://127.0.0.1/x"s,
                                 "../../outside/secret.jpg"s,
                                 "https://"s,
                                 "https://" + std::string(100'000, 'h') + "/x"}) {
    const auto photo = cloud.add_lost();
    cloud.lie_of_file(photo, {{"downloadURL", url}});
    expected.not_safe[photo] = "corrupt";
  }
  for (const json& file : {json{{"size", 1}},
                           json{{"size", 5'000'000'000}},
                           json{{"fileChecksum", "AYnnoj1r4lMYTs3JP/g7mjGaDCgO"}}}) {
    const auto photo = cloud.add_lost();
    cloud.lie_of_file(photo, file);
    expected.not_safe[photo] = "corrupt";
  }
  // A size that is none is not believed; the sum is.
  for (const json& size : {json(-1), json("many"), json(1e300)})
    cloud.lie_of_file(cloud.add_photo("size.JPG"), {{"size", size}});

  cloud.withstand(expected);
}

TEST_CASE("iCloud's albums and folders may lead in circles, and be called anything") {
  LyingCloud cloud("iCloud: albums in circles, or named after other places");
  const auto album = [&](const std::string& id, const json& says) {
    cloud.cloud().act({{"do", "make-album"}, {"album", id}, {"title", id}});
    cloud.cloud().act(
        {{"do", "put-in-album"}, {"album", id}, {"asset", cloud.add_photo(id + ".JPG")}});
    cloud.cloud().say("lie", {{"record", id}, {"says", {{"fields", says}}}});
  };
  for (const char* title :
       {"Li4vLi4vb3V0c2lkZQ==", "L291dHNpZGU=", "Li4=", "Lg==", "", "YQBi", "%"})
    album("title-"s + title, {{"albumNameEnc", text(title)}});
  album("its-own-folder", {{"parentId", text("its-own-folder")}, {"albumType", text(3)}});
  album("first", {{"parentId", text("second")}, {"albumType", text(3)}});
  album("second", {{"parentId", text("first")}, {"albumType", text(3)}});
  album("in-a-circle", {{"parentId", text("first")}});
  album("no-type", {{"albumType", text("album")}});
  // Each folder's list is the whole library's: every folder is in each, itself included.
  cloud.cloud().set_faults({"endless,at=albums,times=3"});

  cloud.withstand({});
}

TEST_CASE("lists of iCloud's that never end, and answers that unfold, are told and left") {
  struct Row {
    const char* fault;
    const char* told;
    bool takes_a_minute = false;
  };

  for (const Row& row : {Row{"endless,at=list", "round and round"},
                         Row{"endless,at=list,on=2", "round and round"},
                         Row{"endless,at=albums", "round and round"},
                         Row{"endless,at=changes", "round and round", true},
                         Row{"endless,at=database-changes", "does not end"},
                         Row{"deep,times=always", "cannot be read", true}}) {
    CAPTURE(row.fault);
    if (row.takes_a_minute && !is_soak()) {
      MESSAGE("skipped: it takes a minute, and is run where KEEPSAKE_SOAK is set");
      continue;
    }
    Journey journey;
    const Cloud cloud(journey, 120);
    add_signed_in(journey);
    journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
    cloud.set_faults({row.fault});

    const auto error = journey.expect(1, {"backup"});

    CHECK(error["message"].get<std::string>().find(row.told) != std::string::npos);
    cloud.set_faults({});
    journey.expect(0, {"backup"});
    CHECK(kept(journey, "disk") == served(cloud));
    print_row({"an answer of iCloud's that does not end", "told as", "exit code"},
              {row.fault, row.told, "1"});
  }
}
