// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/file_writer.h"

#include <ios>
#include <system_error>

namespace keepsake::simulate {

FileWriter::FileWriter(const std::filesystem::path& path)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
  std::error_code ignored;  // the file itself tells whether it can be made
  std::filesystem::create_directories(path.parent_path(), ignored);
  FileWriter writer(path);
  if (!writer.file_) return fail(Cause::denied, "cannot make {}", path.native());
  return writer;
}

Result<> FileWriter::write(ByteView bytes) {
  const auto text = text_of(bytes);
  file_.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file_.flush()) return fail(Cause::full, "cannot write {}", path_.native());
  return {};
}

}  // namespace keepsake::simulate
