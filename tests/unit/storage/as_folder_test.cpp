// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/as_folder.h"

#include "base/bytes.h"
#include "base/path.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

const RelativePath journal = RelativePath::known("journal");
const RelativePath work = RelativePath::known("work");

std::unique_ptr<storage::Storage> local(const TempFolder& folder) {
  return storage::make_local(os::open_folder(folder.path()).value());
}

Result<> write(os::Folder& folder, const RelativePath& file, std::string_view text) {
  const auto out = TRY(folder.create(file, ByteCount{text.size()}));
  TRY(out->write(bytes_of(text)));
  return out->finish(std::nullopt);
}

/// Everything that happens to a journal.
Result<> live(os::Folder& folder) {
  TRY(folder.append(journal, bytes_of("a")));
  TRY(folder.append(journal, bytes_of("b")));
  TRY(folder.append(journal, bytes_of("c")));
  TRY(write(folder, work, "abcd"));
  TRY(folder.rename(work, journal, os::Existing::replace));
  TRY(folder.append(journal, bytes_of("e")));
  TRY(folder.remove(journal));
  return folder.append(journal, bytes_of("f"));
}

std::string text_of_journal(os::Folder& folder) {
  const auto opened = folder.open(journal, os::Reading::cached);
  if (!opened) return "none";
  Bytes bytes(100);
  bytes.resize((*opened)->read(bytes).value());
  return std::string(text_of(bytes));
}

}  // namespace

TEST_CASE("a growing file that was cut off at any step is what it was before or after the step") {
  // While its pieces are replaced, the old ones may follow the new bytes: never only some of them.
  const std::set<std::string> right{"none", "a", "ab", "abc", "abcdbc", "abcd", "abcde", "f"};
  bool whole = false;
  for (int step = 1; !whole; ++step) {
    CAPTURE(step);
    const TempFolder place;
    const auto fortune = std::make_shared<Fortune>();
    fortune->fail_from(step);
    {
      const auto folder = storage::as_folder(
          std::make_unique<FaultyStorage>(local(place), fortune), journal, "the test");
      whole = live(*folder).has_value();
    }
    const auto folder = storage::as_folder(local(place), journal, "the test");

    CHECK(right.contains(text_of_journal(*folder)));
    // And it can go on from there.
    REQUIRE(folder->remove(journal));
    REQUIRE(folder->append(journal, bytes_of("x")));
    REQUIRE(folder->append(journal, bytes_of("y")));
    CHECK(text_of_journal(*folder) == "xy");
  }
}
