// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "storage/sftp/packet.h"

using namespace keepsake;
using namespace keepsake::storage;

/// The first byte is the reply's type, the rest its body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto body = fuzz::bytes(data, size).subspan(1);
  const sftp::Reply reply{.type = static_cast<sftp::Type>(*data),
                          .body = Bytes(body.begin(), body.end())};
  static_cast<void>(sftp::read_version(body));
  static_cast<void>(sftp::read_done(reply));
  static_cast<void>(sftp::read_attributes(reply));
  static_cast<void>(sftp::read_limits(reply));
  static_cast<void>(sftp::read_free_space(reply));
  const auto handle = sftp::read_handle(reply);
  if (handle) fuzz::must(handle->size() <= size);
  const auto names = sftp::read_names(reply);
  if (names && *names)
    for (const sftp::Name& entry : **names) fuzz::must(entry.name.size() <= size);
  const auto bytes = sftp::read_data(reply);
  if (bytes && *bytes) fuzz::must((*bytes)->size() + 5 == size);
  return 0;
}
