// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/small_file.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "simulate/file_writer.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace keepsake::simulate::icloud {

Result<> write_small_file(const std::filesystem::path& file, std::string_view text) {
  namespace fs = std::filesystem;
  auto beside = file;
  beside += ".new";
  {
    auto writer = TRY(FileWriter::create(beside));
    TRY(writer.write(bytes_of(text)));
  }
  std::error_code problem;
  fs::permissions(beside, fs::perms::owner_read | fs::perms::owner_write, problem);
  if (!problem) fs::rename(beside, file, problem);
  if (problem) return fail(Cause::denied, "cannot write {}: {}", file.native(), problem.message());
  return {};
}

}  // namespace keepsake::simulate::icloud
