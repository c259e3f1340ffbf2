// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/uuid.h"

#include "os/machine.h"

namespace keepsake::source::icloud {

std::string random_uuid() {
  auto bytes = os::random_id().bytes;
  // Version 4, variant 1 (RFC 4122 §4.4).
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  auto text = to_hex(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, "-");
  return text;
}

}  // namespace keepsake::source::icloud
