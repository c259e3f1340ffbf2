// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace keepsake::os {

enum class Direct { yes, no };

/// Makes an open file read and write past the page cache (O_DIRECT), or through it again. Returns
/// whether that changed anything: not where the file system only knows the cache.
bool set_direct(int file, Direct direct);

/// Memory to read and write past the page cache with, which wants addresses, positions and lengths
/// in whole blocks. Lent and taken back, so that file after file uses the same pages; may be called
/// from several threads. As many exist as are lent at once, and a few that wait.
class BufferPool {
 public:
  /// Holds for every drive: today's blocks have 512 or 4096 bytes.
  static constexpr std::size_t block_of_drives = 4096;
  static constexpr std::size_t usual_size = 1024 * std::size_t{1024};

  /// A buffer is a whole number of blocks, and so is its address; both sizes are powers of two.
  explicit BufferPool(std::size_t block = block_of_drives, std::size_t size = usual_size)
      : block_(block), size_(size) {}

  [[nodiscard]] std::size_t block() const { return block_; }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Buffer;

  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };

  using Memory = std::unique_ptr<std::byte, Free>;

  Memory lend();
  void take_back(Memory memory);

  std::size_t block_;
  std::size_t size_;
  Guarded<std::vector<Memory>> waiting_;
};

/// One buffer of a pool, given back at the brace.
class Buffer {
 public:
  /// The pool is shared with the folder that it came from: files may outlive that.
  explicit Buffer(std::shared_ptr<BufferPool> pool);
  ~Buffer();

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&&) = delete;
  Buffer& operator=(Buffer&&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return {memory_.get(), pool_->size()}; }

  [[nodiscard]] std::size_t block() const { return pool_->block(); }

 private:
  std::shared_ptr<BufferPool> pool_;
  BufferPool::Memory memory_;
};

}  // namespace keepsake::os
