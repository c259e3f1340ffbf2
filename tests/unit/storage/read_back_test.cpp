// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/read_back.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "crypto/sha.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

/// A drive that changes a byte of whatever is written, if it is told to.
struct Drive {
  TempFolder folder;
  std::shared_ptr<Fortune> fortune = std::make_shared<Fortune>();
  std::unique_ptr<storage::Storage> storage =
      storage::with_read_back(std::make_unique<FaultyStorage>(
          storage::make_local(os::open_folder(folder.path()).value()), fortune));

  void go_bad() const {
    fortune->spoils = [](Bytes& bytes) { bytes.back() ^= std::byte{1}; };
  }

  [[nodiscard]] Result<> write_pack(std::string_view bytes) const {
    const auto draft = TRY(storage->draft(ByteCount{bytes.size()}));
    TRY(draft->write(bytes_of(bytes)));
    return draft->publish("data/" + crypto::sha256(bytes_of(bytes)).hex());
  }
};

}  // namespace

TEST_CASE("what comes back as it was written counts") {
  const Drive drive;

  CHECK(drive.storage->put("config", bytes_of("bytes")));
  CHECK(drive.write_pack("a pack"));
  CHECK(drive.storage->list_below("").value().size() == 2);
}

TEST_CASE("what comes back otherwise is refused, and nothing of it stays") {
  const Drive drive;
  drive.go_bad();

  CHECK(drive.storage->put("config", bytes_of("bytes")).error().cause == Cause::corrupt);
  const auto refused = drive.write_pack("a pack");

  CHECK(refused.error().cause == Cause::corrupt);
  CHECK(refused.error().scope == Scope::destination);
  CHECK(drive.storage->list_below("").value().empty());
}
