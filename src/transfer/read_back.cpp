// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/read_back.h"

#include "crypto/sha.h"

namespace keepsake::transfer {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

}  // namespace

Result<photo::Content> read_back(RandomAccess& file,
                                 std::vector<std::byte>& block,
                                 const std::stop_token& stop,
                                 const std::function<Result<>(ByteView)>& take) {
  crypto::Sha256 sha256;
  photo::Content content;
  block.resize(block_bytes);
  for (;;) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    const auto count = TRY(file.read_at(content.size.value, block));
    if (count == 0) break;
    const auto bytes = ByteView(block).first(count);
    sha256.add(bytes);
    if (take) TRY(take(bytes));
    content.size += ByteCount{count};
  }
  content.sha256 = sha256.finish();
  return content;
}

}  // namespace keepsake::transfer
