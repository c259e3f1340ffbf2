// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/read_back.h"

#include "crypto/sha.h"

namespace keepsake::transfer {

namespace {

constexpr std::size_t read_back_bytes = std::size_t{1} << 20U;
constexpr std::size_t read_through_bytes = std::size_t{256} << 10U;

/// `read(position, block)` gives the next bytes, 0 at the end.
template <class Read>
Result<photo::Content> read_all(const Read& read,
                                std::span<std::byte> block,
                                const std::stop_token& stop,
                                const std::function<Result<>(ByteView)>& take) {
  crypto::Sha256 sha256;
  photo::Content content;
  for (;;) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    const std::size_t count = TRY(read(content.size.value, block));
    if (count == 0) break;
    const auto bytes = ByteView(block).first(count);
    sha256.add(bytes);
    if (take) TRY(take(bytes));
    content.size += ByteCount{count};
  }
  content.sha256 = sha256.finish();
  return content;
}

}  // namespace

Result<photo::Content> read_back(RandomAccess& file,
                                 std::vector<std::byte>& block,
                                 const std::stop_token& stop,
                                 const std::function<Result<>(ByteView)>& take) {
  block.resize(read_back_bytes);
  return read_all([&](std::uint64_t position,
                      std::span<std::byte> room) { return file.read_at(position, room); },
                  block,
                  stop,
                  take);
}

Result<photo::Content> read_through(source::Bytestream& stream,
                                    std::vector<std::byte>& block,
                                    const std::stop_token& stop,
                                    const std::function<Result<>(ByteView)>& take) {
  block.resize(read_through_bytes);
  const auto content =
      TRY(read_all([&](std::uint64_t, std::span<std::byte> room) { return stream.read(room); },
                   block,
                   stop,
                   take));
  TRY(stream.confirm());
  return content;
}

}  // namespace keepsake::transfer
