// SPDX-License-Identifier: GPL-3.0-or-later
// Whole conversations with Apple that somebody recorded once (icloudpd's, MIT; no part of the
// source), held again with the source of this program, from sign-in to the bytes of a photo.
#include "base/text.h"
#include "crypto/sha.h"
#include "os/folder.h"
#include "os/machine.h"
#include "recording.h"
#include "source/icloud/icloud.h"
#include "source/icloud/memory.h"
#include "source/icloud/session.h"
#include "stand_in.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"
#include "tests/unit/source/taken_down.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Json = nlohmann::json;

namespace {

/// A recording that is served, and a client's folder beside it.
struct Conversation {
  explicit Conversation(const std::filesystem::path& file) : recording(file) {}

  /// A session that was begun before the recording was.
  void be_signed_in() const {
    const Json session{{"version", 1},
                       {"client_id", "auth-0"},
                       {"session_id", "0"},
                       {"scnt", "0"},
                       {"auth_attributes", ""},
                       {"account_country", "USA"},
                       {"session_token", "0"},
                       {"trust_token", "0"},
                       {"cookies", Json::array()}};
    state.write("session.json", session.dump());
  }

  Recording recording;
  TempFolder state;
  StandIn cloud{[this](const simulate::icloud::Request& request) {
    return recording.answer(request, "https://" + request.host);
  }};
};

/// The recordings by their names; none where there are none, which is said.
std::map<std::string, std::filesystem::path> recordings() {
  std::map<std::string, std::filesystem::path> all;
  const auto folder = test_data("icloud-cassettes");
  if (!folder) return all;
  for (const auto& entry : std::filesystem::directory_iterator(*folder))
    if (entry.path().extension() == ".json") all[entry.path().stem()] = entry.path();
  return all;
}

Json value_in(const Json& record, const std::string& field) {
  return record.value(Json::json_pointer("/fields/" + field + "/value"), Json());
}

bool has(const Json& record, const std::string& field) {
  return !value_in(record, field).is_null();
}

bool is_on(const Json& record, const std::string& field) {
  const auto value = value_in(record, field);
  return value.is_number_integer() && value != 0;
}

std::string text_of_field(const Json& record, const std::string& field) {
  const auto value = value_in(record, field);
  if (!value.is_string()) return {};
  if (record["fields"][field].value("type", "") == "STRING") return value;
  return std::string(text_of(from_base64(value.get<std::string>()).value()));
}

/// What a photo must be, read from its two records without any of the source's own readers.
struct Expected {
  Json asset;
  Json master;

  [[nodiscard]] std::string item_type() const {
    const auto item = value_in(master, "itemType");
    return item.is_string() ? item : value_in(master, "resOriginalFileType");
  }

  [[nodiscard]] bool is_movie() const {
    return item_type() == "com.apple.quicktime-movie" || item_type() == "public.mpeg-4";
  }

  [[nodiscard]] photo::Kind kind() const {
    if (is_movie()) return photo::Kind::video;
    return has(master, "resOriginalVidComplRes") ? photo::Kind::live : photo::Kind::photo;
  }

  /// The checksums of its files, by the fields that they are in.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> sums;
    for (const char* prefix : {"resOriginal", "resOriginalAlt", "resOriginalVidCompl"})
      add(master, prefix, sums);
    for (const char* prefix : {"resJPEGFull", "resVidFull"}) add(asset, prefix, sums);
    return sums;
  }

 private:
  static void add(const Json& record,
                  const std::string& prefix,
                  std::map<std::string, std::string>& sums) {
    const auto file = value_in(record, prefix + "Res");
    if (file.is_object()) sums[prefix] = file["fileChecksum"];
  }
};

std::map<std::string, Expected> expected_of(const Recording& recording) {
  std::map<std::string, Json> masters;
  for (const auto& [zone, master] : recording.records("CPLMaster"))
    masters[master["recordName"]] = master;
  std::map<std::string, Expected> photos;
  for (const auto& [zone, asset] : recording.records("CPLAsset")) {
    if (!asset.contains("fields") || !has(asset, "masterRef")) continue;  // the answer to a change
    const std::string master = value_in(asset, "masterRef")["recordName"];
    photos[asset["recordName"]] = {asset, masters.at(master)};
  }
  return photos;
}

void check(const photo::Asset& found, const Expected& expected) {
  CAPTURE(found.key.id);
  const auto name = text_of_field(expected.master, "filenameEnc");
  if (!name.empty()) CHECK(found.name == name);
  CHECK(found.kind == expected.kind());
  CHECK(found.hidden == is_on(expected.asset, "isHidden"));
  CHECK(found.trashed == is_on(expected.asset, "isDeleted"));
  CHECK(found.favorite == is_on(expected.asset, "isFavorite"));
  CHECK(found.albums.empty());  // no recording tells who is in one
  const auto taken = value_in(expected.asset, "assetDate");
  if (taken.is_number_integer() && taken > 0) {  // others are no dates of photos
    REQUIRE(found.taken);
    CHECK(instant_of(found.taken->time) ==
          Instant(std::chrono::milliseconds(taken.get<std::int64_t>())));
  }
  std::map<std::string, std::string> sums;
  for (const photo::Rendition& file : found.renditions)
    if (file.apple_checksum) sums[file.key] = to_text(*file.apple_checksum);
  CHECK(sums == expected.files());
}

/// The bytes, where they are what the service says they are.
Result<std::string> download(source::Source& source,
                             const photo::Asset& asset,
                             const photo::Rendition& file) {
  const auto stream = TRY(source.open(asset.key, file, {}));
  std::string bytes;
  std::array<std::byte, 65536> buffer{};
  for (;;) {
    const auto count = TRY(stream->read(buffer));
    if (count == 0) break;
    bytes += text_of(std::span(buffer).first(count));
  }
  TRY(stream->confirm());
  return bytes;
}

/// The recorded body of a file of a photo; nothing where it was never downloaded.
std::optional<std::string> body_of(const Recording& recording,
                                   const Expected& expected,
                                   const photo::Rendition& file) {
  for (const Json* record : {&expected.master, &expected.asset}) {
    const auto value = value_in(*record, file.key + "Res");
    const std::string url = value.is_object() ? value.value("downloadURL", "") : "";
    for (const auto& [address, body] : recording.files())
      if (url.find(address + "/") != std::string::npos) return body;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("every recorded photo is found as it was, and only bytes with Apple's sum are taken") {
  int libraries = 0;
  std::size_t photos = 0;
  int genuine = 0;
  int refused = 0;
  for (const auto& [name, file] : recordings()) {
    CAPTURE(name);
    const Conversation conversation(file);
    if (!conversation.recording.has("/records/query")) continue;
    ++libraries;
    conversation.be_signed_in();
    const auto source = source_of(conversation.cloud, conversation.state.path());
    TakenDown taken;

    const auto noted = source->note_changes(taken, {});

    REQUIRE_MESSAGE(noted, noted.error().message());
    const auto expected = expected_of(conversation.recording);
    CHECK(taken.assets.size() == expected.size());
    CHECK(taken.unreadable_paths.empty());
    for (const auto& [id, photo] : expected) {
      REQUIRE(taken.assets.contains(id));
      const auto& found = taken.assets.at(id);
      check(found, photo);
      for (const photo::Rendition& rendition : found.renditions) {
        const auto body = body_of(conversation.recording, photo, rendition);
        if (!body) continue;
        const bool is_genuine = crypto::apple_checksum(bytes_of(*body)) == rendition.apple_checksum;
        const auto bytes = download(*source, found, rendition);
        CHECK(bytes.has_value() == is_genuine);
        if (bytes) CHECK(*bytes == *body);
        if (!bytes) CHECK(bytes.error().cause == Cause::corrupt);
        ++(is_genuine ? genuine : refused);
      }
    }
    photos += expected.size();
  }
  MESSAGE(libraries,
          " recorded libraries with ",
          photos,
          " photos; ",
          genuine,
          " files with Apple's sum were taken, ",
          refused,
          " stubs were refused");
  if (libraries == 0) return;
  CHECK(photos > 0);
  CHECK(genuine > 0);
  CHECK(refused > 0);
}

TEST_CASE("every recorded album is known by its name") {
  for (const auto& [name, file] : recordings()) {
    CAPTURE(name);
    const Conversation conversation(file);
    std::multiset<std::string> recorded;
    for (const auto& [zone, album] : conversation.recording.records("CPLAlbum"))
      if (has(album, "albumNameEnc") && !is_on(album, "isDeleted"))
        recorded.insert(to_nfc(text_of_field(album, "albumNameEnc")));
    if (recorded.empty()) continue;
    conversation.be_signed_in();
    TakenDown taken;

    REQUIRE(source_of(conversation.cloud, conversation.state.path())->note_changes(taken, {}));

    source::icloud::LibraryMemory memory(taken.rows, "PrimarySync");
    const auto albums = memory.albums().value();
    std::multiset<std::string> known;
    for (const auto& [id, album] : albums) known.insert(album.title);
    CHECK(known == recorded);
  }
}

TEST_CASE("recorded sign-ins come to their ends") {
  struct Row {
    const char* recording;
    std::optional<Cause> failure;
  };

  const auto all = recordings();
  for (const Row& row : {Row{"2fa_flow_valid_code", std::nullopt},
                         Row{"2fa_flow_invalid_code", Cause::approval_needed},
                         Row{"auth_non_2fa", std::nullopt},
                         Row{"failed_auth", Cause::wrong_password}}) {
    CAPTURE(row.recording);
    if (!all.contains(row.recording)) continue;
    Conversation conversation(all.at(row.recording));

    const auto signed_in = source::sign_in_to_icloud(
        conversation.cloud.account(),
        source::icloud::session_file(os::open_folder(conversation.state.path()).value()),
        os::system_clock(),
        {.code = "123456"},
        [] { return Result<Secret>(Secret("correct horse")); },
        [](const std::string&) -> Result<std::string> { return fail(Cause::not_found, "nobody"); },
        {});

    CHECK(signed_in.has_value() == !row.failure.has_value());
    if (!signed_in) CHECK(signed_in.error().cause == row.failure);
  }
}
