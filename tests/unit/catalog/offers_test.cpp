// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/offers.h"

#include "catalog/connection.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using catalog::Offer;

namespace {

constexpr ByteCount size{10};
const AppleChecksum wanted = crypto::apple_checksum(bytes_of("wanted"));
const AppleChecksum other = crypto::apple_checksum(bytes_of("other"));

struct Offers : Ledger {
  Offers() { must(catalog::begin_offers(*catalog)); }

  void offer(const std::vector<std::string>& paths, ByteCount of_size = size) const {
    std::vector<Offer> offers;
    for (const std::string& path : paths) offers.push_back({0, 3, path, of_size, std::nullopt});
    must(catalog::note_offers(*catalog, offers));
  }

  [[nodiscard]] std::optional<Offer> find() const {
    return must(catalog::find_offer(*catalog, size, wanted));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Offers,
                  "a file known to have the bytes is offered before one that was not read") {
  offer({"a", "b\xff"});
  must(catalog::note_read(*catalog, find()->row, other));
  const auto second = find();
  REQUIRE(second);
  CHECK(second->folder == 3);
  CHECK(second->path == "b\xff");
  must(catalog::note_read(*catalog, second->row, wanted));
  offer({"c"});

  const auto found = find();

  REQUIRE(found);
  CHECK(found->row == second->row);
  CHECK(found->checksum == wanted);
}

TEST_CASE_FIXTURE(Offers, "what has another size, other bytes or cannot be read is not offered") {
  offer({"shorter"}, ByteCount{9});
  offer({"other", "unreadable"});
  must(catalog::note_read(*catalog, find()->row, other));
  must(catalog::note_read(*catalog, find()->row, std::nullopt));

  CHECK_FALSE(find());
  CHECK(must(catalog::offers_left(*catalog)) == 3);
}

TEST_CASE_FIXTURE(Offers, "a file that was taken is left once, and may be taken again") {
  offer({"a", "b"});
  must(catalog::note_read(*catalog, find()->row, wanted));

  for (int i = 0; i < 2; ++i) must(catalog::note_taken(*catalog, find()->row));

  CHECK(must(catalog::offers_left(*catalog)) == 1);
}

TEST_CASE_FIXTURE(Offers, "the offers of an earlier run are forgotten") {
  offer({"a"});

  must(catalog::begin_offers(*catalog));

  CHECK_FALSE(find());
}

TEST_CASE("looking for an offer costs the same among few and many, also of one size") {
  const auto cost_among = [](int files) {
    const Offers offers;
    for (int i = 0; i < files; ++i) offers.offer({fmt::format("{}", i)});
    for (int i = 0; i < files / 2; ++i)
      must(catalog::note_read(*offers.catalog, offers.find()->row, other));
    const auto before = offers.catalog->connection().instructions();
    CHECK(offers.find());
    return offers.catalog->connection().instructions() - before;
  };

  CHECK(cost_among(2000) < 2 * cost_among(20));
}
