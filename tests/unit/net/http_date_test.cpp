// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_date.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace keepsake;

TEST_CASE("dates are read in every form that servers write them") {
  struct Row {
    const char* text;
    std::optional<std::string> expected;
  };

  for (const Row& row : {Row{"Wed, 13 Dec 2023 05:06:31 GMT", "2023-12-13T05:06:31Z"},
                         Row{"Tue,16-Jan-2024 02:07:19 GMT", "2024-01-16T02:07:19Z"},
                         Row{"Fri, 12-Jan-24 05:06:31 GMT", "2024-01-12T05:06:31Z"},
                         Row{"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
                         Row{"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
                         Row{"", std::nullopt},
                         Row{"soon", std::nullopt},
                         Row{"Wed, 31 Feb 2023 05:06:31 GMT", std::nullopt},
                         Row{"Wed, 13 Dec 2023", std::nullopt},
                         Row{"Wed, 13 Dec 2023 25:06:31 GMT", std::nullopt}}) {
    CAPTURE(row.text);
    const auto date = net::parse_http_date(row.text);
    CHECK((date ? std::optional(to_rfc3339(*date)) : std::nullopt) == row.expected);
  }
}
