// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/server.h"

#include <doctest/doctest.h>

using namespace keepsake;
using simulate::icloud::parse_listen;

TEST_CASE("it listens on this machine only") {
  CHECK(parse_listen("127.0.0.1:8443").value().port == 8443);
  CHECK(parse_listen("localhost:0").value().host == "localhost");
  for (const char* text :
       {"0.0.0.0:8443", "192.168.1.2:443", "8443", "127.0.0.1:", "127.0.0.1:99999", ""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen(text));
  }
}
