// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/unfinished.h"

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/sha.h"
#include "os/machine.h"
#include "storage/storage.h"

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace keepsake::storage {

namespace {

constexpr std::size_t writer_digits = 16;

}  // namespace

/// A home that was copied to another machine is another writer there.
Result<> UnfinishedFiles::belong_to(std::string_view writer, Storage& storage) {
  const auto who = crypto::sha256(bytes_of(fmt::format("{}/{}", os::host_name(), writer)));
  prefix_ = fmt::format("{}{}-", unfinished_prefix, who.hex().substr(0, writer_digits));
  const auto files = TRY(storage.list(""));
  for (const Listed& file : files)
    if (file.name.starts_with(prefix_)) TRY(storage.remove(file.name));
  return {};
}

std::string UnfinishedFiles::name() const { return prefix_ + os::random_id().hex(); }

}  // namespace keepsake::storage
