// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::media;
using namespace std::string_literals;

namespace {

using Words = std::vector<std::string>;

photo::Labels of_xmp(std::string_view properties) {
  return build::look_at(build::xmp(properties), "a.xmp").labels;
}

photo::Labels of_exif(const build::Directories& directories) {
  return build::look_at(build::jpeg({build::exif_segment(directories)}), "a.jpg").labels;
}

std::string iptc_record(int number, std::string_view value) {
  return "\x1C\x02"s + static_cast<char>(number) + build::number(value.size(), 2) +
         std::string(value);
}

photo::Labels of_iptc(const std::string& records) {
  const auto resource = "8BIM\4\4\0\0"s + build::number(records.size(), 4) + records;
  return build::look_at(build::jpeg({build::segment(0xED, "Photoshop 3.0\0"s + resource)}), "a.jpg")
      .labels;
}

}  // namespace

TEST_CASE("a title in the default language is preferred, a plain one accepted") {
  CHECK(of_xmp(R"(><dc:title><rdf:Alt><rdf:li xml:lang="de">See</rdf:li>
                   <rdf:li xml:lang="x-default">Lake</rdf:li></rdf:Alt></dc:title>)")
            .title == "Lake");
  CHECK(of_xmp("><dc:title>Lake</dc:title>").title == "Lake");
  CHECK(of_xmp(R"(dc:title="Lake">)").title == "Lake");
}

TEST_CASE("keywords of all kinds become one list of leaves") {
  CHECK(of_xmp(R"(><dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>boat</rdf:li></rdf:Bag>
      </dc:subject><lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Italy</rdf:li></rdf:Bag>
      </lr:hierarchicalSubject><digiKam:TagsList><rdf:Seq><rdf:li>Trips/2019/lake</rdf:li></rdf:Seq>
      </digiKam:TagsList>)")
            .keywords == Words{"Italy", "boat", "lake"});
}

TEST_CASE("people are the faces that are named, not pets nor what others list") {
  const auto region = [](const char* name, const char* type) {
    return "<rdf:li><rdf:Description mwg-rs:Name=\""s + name + "\" mwg-rs:Type=\"" + type +
           "\"><mwg-rs:Area/></rdf:Description></rdf:li>";
  };
  const auto regions = R"(><mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>)" +
                       region("Ann", "Face") + region("Rex", "Pet") +
                       R"(<rdf:li rdf:parseType="Resource"><mwg-rs:Type>Face</mwg-rs:Type>
                          <mwg-rs:Name>Bob</mwg-rs:Name></rdf:li>)" +
                       "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>";
  const auto persons =
      "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Cid</rdf:li></rdf:Bag>"
      "</Iptc4xmpExt:PersonInImage>"s;

  CHECK(of_xmp(regions + persons).people == Words{"Ann", "Bob"});
  CHECK(of_xmp(">" + persons).people == Words{"Cid"});
  CHECK(of_xmp(R"(><MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li
      MPReg:PersonDisplayName="Dora"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>)")
            .people == Words{"Dora"});
}

TEST_CASE("what an ingredient of a picture is called is not the picture's name") {
  CHECK_FALSE(of_xmp(R"(><xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description dc:title="Other"
      xmp:Rating="5"/></rdf:li></rdf:Bag></xmpMM:Pantry>)")
                  .title.has_value());
}

TEST_CASE("a rating is one from rejected to five stars") {
  CHECK(of_xmp(R"(xmp:Rating="4">)").rating == 4);
  CHECK(of_xmp(R"(xmp:Rating="-1">)").rating == -1);
  CHECK(of_xmp("><xmp:Rating>3.0</xmp:Rating>").rating == 3);
  CHECK_FALSE(of_xmp(R"(xmp:Rating="99">)").rating.has_value());
  CHECK_FALSE(of_xmp(R"(xmp:Rating="good">)").rating.has_value());
}

TEST_CASE("camera junk is no caption") {
  for (const std::string junk : {"OLYMPUS DIGITAL CAMERA", "SONY DSC", "          ", ""}) {
    CAPTURE(junk);
    CHECK_FALSE(of_exif({.main = {build::text(0x010E, junk)}}).caption.has_value());
  }
  CHECK(of_exif({.main = {build::text(0x010E, "At the lake")}}).caption == "At the lake");
}

TEST_CASE("a comment is the caption when there is no better one") {
  const build::Tag comment{0x9286, 7, 18, "ASCII\0\0\0At a lake "s};

  CHECK(of_exif({.exif = {comment}}).caption == "At a lake");
  CHECK(of_exif({.main = {build::text(0x010E, "Better")}, .exif = {comment}}).caption == "Better");
}

TEST_CASE("IPTC text is UTF-8 where it can be, else Latin-1") {
  const auto utf8 = of_iptc(iptc_record(5, "Z\u00fcrich") + iptc_record(120, "See"));
  const auto latin1 =
      of_iptc(iptc_record(5, "Z\xFCrich") + iptc_record(25, "b") + iptc_record(25, "a"));

  CHECK(utf8.title == "Z\u00fcrich");
  CHECK(utf8.caption == "See");
  CHECK(latin1.title == "Z\u00fcrich");
  CHECK(latin1.keywords == Words{"a", "b"});
}

TEST_CASE("a camera is named once") {
  const auto camera = [](const char* make, const char* model) {
    return build::look_at(build::jpeg({build::exif_segment(
                              {.main = {build::text(0x010F, make), build::text(0x0110, model)}})}),
                          "a.jpg")
        .camera;
  };

  CHECK(camera("Apple", "iPhone 15 Pro") == "Apple iPhone 15 Pro");
  CHECK(camera("Canon", "Canon EOS 5D") == "Canon EOS 5D");
  CHECK(camera("NIKON CORPORATION", "NIKON D70") == "NIKON D70");
  CHECK(camera("", "D70") == "D70");
  CHECK_FALSE(camera("", "").has_value());
}
