// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/rounds.h"

#include "source/icloud/endpoints.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::source::icloud;

namespace {

Page page_of(const std::string& asset) {
  Page page;
  page.assets.push_back({asset, {}, {}, false, false});
  return page;
}

/// How many such pages in a row are taken, of at most so many.
int taken(Rounds& rounds, const Page& page, int most) {
  for (int i = 0; i < most; ++i)
    if (!rounds.note(page)) return i;
  return most;
}

}  // namespace

TEST_CASE("a list that goes round is told from one that goes on") {
  Rounds rounds;

  for (int i = 0; i < 1000; ++i) REQUIRE(rounds.note(page_of(std::to_string(i))));
  CHECK(taken(rounds, page_of("again"), 1000) == 10);
}

TEST_CASE("a photo that changes while changes are read may be on several pages in a row") {
  Rounds rounds;

  CHECK(taken(rounds, page_of("busy"), 5) == 5);
}

TEST_CASE("long runs of empty pages are usual, ones without end are not") {
  Rounds rounds;

  CHECK(taken(rounds, Page(), 5000) == 5000);
  CHECK(rounds.note(page_of("then a photo")));
  CHECK(taken(rounds, Page(), 100'000) < 100'000);
}

TEST_CASE("files come from wherever proves its name, from this machine only if the account does") {
  struct Row {
    const char* account;
    const char* file;
    bool may;
  };

  for (const Row& row :
       {Row{"https://setup.icloud.com", "https://cvws.icloud-content.com/B/x", true},
        Row{"https://setup.icloud.com", "https://files.example.com/x", true},
        Row{"https://setup.icloud.com", "http://cvws.icloud-content.com/x", false},
        Row{"https://setup.icloud.com", "https://127.0.0.1:8443/x", false},
        Row{"https://setup.icloud.com", "https://[::1]/x", false},
        Row{"https://setup.icloud.com", "https://localhost/x", false},
        Row{"https://127.0.0.1:8443", "https://127.0.0.1:8443/B/x", true},
        Row{"https://127.0.0.1:8443", "http://127.0.0.1:8443/B/x", false}}) {
    CAPTURE(row.file);
    const auto account = net::Url::parse(row.account).value();
    CHECK(may_give_files(net::Url::parse(row.file).value(), {account, account, account}) ==
          row.may);
  }
}
