// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/query.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::photo;

namespace {

Asset dog_in_hawaii() {
  Asset asset;
  asset.key.id = "2024/IMG_0042.HEIC";
  asset.name = "IMG_0042.HEIC";
  asset.kind = Kind::live;
  asset.taken = Taken{*parse_rfc3339("2024-05-31T23:30:00-10:00"), TakenFrom::exif};
  asset.camera = "Apple iPhone 15 Pro";
  asset.labels.title = "Rex \u00e0 la plage";
  asset.labels.caption = "his first wave";
  asset.labels.keywords = {"beach", "dog"};
  asset.labels.people = {"Anna Bell"};
  asset.favorite = true;
  asset.albums = {AlbumPath{{"Trips", "Hawaii Trip"}}, AlbumPath{{"Raw"}}};
  return asset;
}

bool asks_for(std::string_view query, const Candidate& candidate) {
  const auto parsed = Query::parse(query);
  REQUIRE_MESSAGE(parsed.has_value(), parsed.error().message());
  return parsed->matches(candidate);
}

std::string refusal(std::string_view query) {
  const auto parsed = Query::parse(query);
  return parsed ? "" : parsed.error().message();
}

std::string understood(const std::vector<std::string>& words) {
  const auto parsed = Query::parse(words);
  return parsed ? parsed->text() : parsed.error().message();
}

}  // namespace

TEST_CASE("a query finds what it asks for and nothing else") {
  const Asset asset = dog_in_hawaii();
  const std::array<std::string, 1> missing_from{"nas"};
  const Candidate candidate{
      .asset = asset, .source = "phone", .at_risk = true, .missing_from = missing_from};

  struct Row {
    const char* query;
    bool matches;
  };

  for (const Row& row : {Row{"", true},
                         Row{"dog", true},
                         Row{"DOG beach", true},
                         Row{"dog cat", false},
                         Row{"dog,cat", true},
                         Row{"-cat", true},
                         Row{"-dog", false},
                         Row{"\"first wave\"", true},
                         Row{"\"wave first\"", false},
                         Row{"wave first", true},
                         Row{"bell", true},
                         Row{"hawaii", true},
                         Row{"A\u0300", true},
                         Row{"img_00*", true},
                         Row{"img_*.jpg", false},
                         Row{"2024/IMG_0042.HEIC", true},
                         Row{"2024/img_0042.heic", false},
                         Row{"name:IMG_00*", true},
                         Row{"name:IMG_00", false},
                         Row{"name:img_0042.heic", true},
                         Row{"album:\"Hawaii Trip\"", true},
                         Row{"album:Hawaii", false},
                         Row{"album:hawaii*", true},
                         Row{"album:\"trips/hawaii trip\"", true},
                         Row{"album:\"Test Album 1\",Raw", true},
                         Row{"label:dog", true},
                         Row{"label:do", false},
                         Row{"label:\"anna bell\"", true},
                         Row{"camera:iphone", true},
                         Row{"camera:apple*pro", true},
                         Row{"camera:canon", false},
                         Row{"source:phone", true},
                         Row{"source:ph*", true},
                         Row{"source:pho", false},
                         Row{"is:favorite", true},
                         Row{"IS:Favorite", true},
                         Row{"is:hidden,favorite", true},
                         Row{"is:hidden", false},
                         Row{"is:trashed", false},
                         Row{"is:gone", false},
                         Row{"is:edited", false},
                         Row{"is:at-risk", true},
                         Row{"type:live", true},
                         Row{"type:photo,video", false},
                         Row{"missing-from:nas", true},
                         Row{"missing-from:drive", false},
                         Row{"-missing-from:drive type:live is:favorite", true}}) {
    CAPTURE(row.query);
    CHECK(asks_for(row.query, candidate) == row.matches);
  }
}

TEST_CASE("a date is compared with what the clock on the wall showed") {
  const Asset asset = dog_in_hawaii();
  const Candidate candidate{.asset = asset};

  struct Row {
    const char* query;
    bool matches;
  };

  for (const Row& row : {Row{"taken:2024", true},
                         Row{"taken:2024-05", true},
                         Row{"taken:2024-06", false},
                         Row{"taken:2024-05-31", true},
                         Row{"taken:2024-05-31T23", true},
                         Row{"taken:2024-05-31T23:30", true},
                         Row{"taken:2024-05-31T23:30:00", true},
                         Row{"taken:2024-05-31T23:30:01", false},
                         Row{"taken:2024-05..2024-06", true},
                         Row{"taken:2023..2024-05", true},
                         Row{"taken:2023..2024-04", false},
                         Row{"taken:2024-06..", false},
                         Row{"taken:2024..", true},
                         Row{"taken:..2024", true},
                         Row{"taken:..2023", false},
                         Row{"taken:2020,2024", true},
                         Row{"taken:none", false}}) {
    CAPTURE(row.query);
    CHECK(asks_for(row.query, candidate) == row.matches);
  }
}

TEST_CASE("an undated photo is in no range, and is found as such") {
  const Asset asset;
  const Candidate candidate{.asset = asset};

  CHECK_FALSE(asks_for("taken:..2100", candidate));
  CHECK(asks_for("taken:none", candidate));
  CHECK(asks_for("-taken:2024", candidate));
}

TEST_CASE("a title with a comma is found as a whole and in its parts") {
  Asset asset;
  asset.albums = {AlbumPath{{"Kyoto, Japan"}}};
  const Candidate whole{.asset = asset};
  Asset other;
  other.albums = {AlbumPath{{"Japan"}}};
  const Candidate part{.asset = other};

  CHECK(asks_for("album:\"Kyoto, Japan\"", whole));
  CHECK_FALSE(asks_for("album:\"Kyoto, Japan\"", part));
  CHECK(Query::parse(std::vector<std::string>{"album:Kyoto, Japan"})->matches(whole));
  CHECK(Query::parse(std::vector<std::string>{"album:Kyoto, Japan"})->matches(part));
}

TEST_CASE("a name that is not UTF-8 is found by the form in which it is shown") {
  Asset asset;
  asset.name = "caf\xE9.jpg";
  asset.key.id = "old/caf\xE9.jpg";
  const Candidate candidate{.asset = asset};

  CHECK(asks_for("name:caf\\xE9.jpg", candidate));
  CHECK(asks_for("name:caf\\xE9*", candidate));
  CHECK(asks_for("old/caf\\xE9.jpg", candidate));
  CHECK_FALSE(asks_for("name:caf\\xE8.jpg", candidate));
}

TEST_CASE("an id of earlier days still finds its photo") {
  Asset asset;
  asset.key.id = "new";
  asset.aliases = {"IMG_1.MOV"};

  CHECK(asks_for("IMG_1.MOV", Candidate{.asset = asset}));
}

TEST_CASE("what a query cannot mean is refused with the nearest thing that it can") {
  struct Row {
    const char* query;
    const char* says;
  };

  for (const Row& row : {Row{"albun:Hawaii", "did you mean \"album:\"?"},
                         Row{"foo:bar", "is no key"},
                         Row{"is:favourite", "did you mean is:favorite?"},
                         Row{"is:burst", "it knows favorite, hidden, trashed, gone"},
                         Row{"type:vidoe", "did you mean type:video?"},
                         Row{"album:", "a value is missing"},
                         Row{"album:a,,b", "a value is missing"},
                         Row{"-", "is empty"},
                         Row{"\"\"", "is empty"},
                         Row{"album:\"Hawaii", "a quote is not closed"},
                         Row{"taken:..", "on at least one side"},
                         Row{"taken:2024-13", "is no date"},
                         Row{"taken:2023-02-29", "is no date"},
                         Row{"taken:yesterday", "is no date"},
                         Row{"taken:2024-05..2024-04", "ends before it begins"},
                         Row{"place:Kyoto", "does not know the names of places"}}) {
    CAPTURE(row.query);
    CAPTURE(refusal(row.query));
    CHECK(refusal(row.query).find(row.says) != std::string::npos);
  }
  CHECK(Query::parse("place:Kyoto").error().cause == Cause::unsupported);
}

TEST_CASE("words of a command line keep their blanks, and one word may be a whole query") {
  struct Row {
    std::vector<std::string> words;
    const char* understood;
  };

  for (const Row& row :
       {Row{{"is:favorite", "type:photo"}, "is:favorite type:photo"},
        Row{{"is:favorite type:photo"}, "is:favorite type:photo"},
        Row{{"album:Hawaii Trip"}, "album:\"Hawaii Trip\""},
        Row{{"-album:Hawaii Trip", "dog"}, "-album:\"Hawaii Trip\" dog"},
        Row{{"album:Test Album 1,Raw"}, "album:\"Test Album 1\",Raw"},
        Row{{"album:\"Hawaii Trip\" dog"}, "album:\"Hawaii Trip\" dog"},
        Row{{"album:Hawaii is:favorite"}, "album:Hawaii is:favorite"},
        Row{{"album:Hawaii -is:favorite"}, "album:Hawaii -is:favorite"},
        Row{{"album:Day 2: the beach"}, "album:\"Day 2: the beach\""},
        Row{{"first wave"}, "\"first wave\""},
        Row{{"dog is:favorite"}, "dog is:favorite"},
        Row{{"is:favorite dog"}, "is:favorite dog"},
        Row{{" dog ", ""}, "dog"},
        Row{{"albun:Hawaii Trip"},
            "\"albun:\" is no key of a query (did you mean \"album:\"?); a word with a colon is "
            "written in quotes"}}) {
    CAPTURE(row.words);
    CHECK(understood(row.words) == row.understood);
  }
}

TEST_CASE("a query tells whether it wants what is gone, and which destinations it names") {
  CHECK(Query::parse("is:gone")->asks_about_gone());
  CHECK(Query::parse("dog is:favorite,Gone")->asks_about_gone());
  CHECK_FALSE(Query::parse("-is:gone")->asks_about_gone());
  CHECK_FALSE(Query::parse("label:gone")->asks_about_gone());
  CHECK(Query::parse("missing-from:nas,drive -missing-from:cloud")->destinations_named() ==
        std::vector<std::string>{"nas", "drive", "cloud"});
}

TEST_CASE("a printed query reads back as the same query") {
  for (const char* text : {"dog",
                           "-\"-dog\"",
                           "\"a \"\"quoted\"\" word\"",
                           "\"12:30\"",
                           "album:\"Test Album 1\",Raw -is:gone taken:2024-05..",
                           "label:\"a,b\",c"}) {
    CAPTURE(text);
    CHECK(Query::parse(text)->text() == text);
  }
  CHECK(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "-", "\"", ",", ":", " ", "*", "..", "a", "name", "is", "gone", "taken", "2024", "\xFF"));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    const auto query = Query::parse(text);
    if (!query) return;
    const auto again = Query::parse(query->text());
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->text() == query->text());
  }));
}

TEST_CASE("any text is a query or is refused as invalid") {
  CHECK(rc::check([](const std::string& text, const std::vector<std::string>& words) {
    const auto query = Query::parse(text);
    const auto from_words = Query::parse(words);
    RC_ASSERT(query || query.error().cause == Cause::invalid);
    RC_ASSERT(from_words || from_words.error().cause == Cause::invalid);
  }));
}
