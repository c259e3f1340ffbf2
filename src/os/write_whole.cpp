// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/path.h"
#include "base/result.h"
#include "base/time.h"
#include "os/folder.h"

#include <fmt/core.h>

#include <cstdint>
#include <optional>

namespace keepsake::os {

namespace {

constexpr std::uint32_t owner_only = 0600;

Result<> replace(Folder& folder,
                 const RelativePath& file,
                 ByteView bytes,
                 std::optional<Instant> modified,
                 std::optional<std::uint32_t> permissions) {
  // Always the same name beside: what a power cut left behind is swept away by the next writer.
  const auto beside = file.folder() / fmt::format(".{}.keepsake-new", file.name());
  TRY(folder.remove(beside));
  auto out = TRY(folder.create(beside, ByteCount{bytes.size()}));
  if (permissions) TRY(folder.set_permissions(beside, *permissions));
  TRY(out->write(bytes));
  TRY(out->finish(modified));
  TRY(folder.rename(beside, file, Existing::replace));
  return folder.sync(file.folder());
}

}  // namespace

Result<> write_whole(Folder& folder,
                     const RelativePath& file,
                     ByteView bytes,
                     std::optional<Instant> modified) {
  return replace(folder, file, bytes, modified, std::nullopt);
}

Result<> write_private(Folder& folder, const RelativePath& file, ByteView bytes) {
  return replace(folder, file, bytes, std::nullopt, owner_only);
}

}  // namespace keepsake::os
