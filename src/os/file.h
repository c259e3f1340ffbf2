// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/descriptor.h"
#include "os/direct.h"
#include "os/folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

namespace keepsake::os {

/// What a stat call said about the thing of that name.
Entry entry_of(std::string name, const struct stat& status);

/// Takes an open regular file to read; from the disk, with the pool's buffers. `where` is its full
/// path, for messages.
Result<std::unique_ptr<InFile>> reading(Descriptor file,
                                        Reading reading,
                                        std::shared_ptr<BufferPool> direct,
                                        const std::filesystem::path& where);

/// Takes a new, empty or cloned, file to write. `reserved` was allocated for it. With a pool it is
/// written past the page cache where the file system can (the file must be open for reading too).
std::unique_ptr<OutFile> writing(Descriptor file,
                                 ByteCount reserved,
                                 std::shared_ptr<BufferPool> direct,
                                 const std::filesystem::path& where);

/// Writes all bytes at the file's position. Returns 0 or the error.
int write_all(int file, ByteView bytes);

/// Makes a file's bytes, or a folder's names, durable. Returns 0 or the error.
int sync_all(int file);

}  // namespace keepsake::os
