// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/direct.h"

#include "base/result.h"

#include <fcntl.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

namespace keepsake::os {

namespace {

constexpr std::size_t most_waiting = 4;

}  // namespace

bool set_direct(int file, Direct direct) {
  const int before = fcntl(file, F_GETFL);
  if (before < 0) return false;
  const int after = direct == Direct::yes ? before | O_DIRECT : before & ~O_DIRECT;
  return before != after && fcntl(file, F_SETFL, after) == 0;
}

BufferPool::Memory BufferPool::lend() {
  auto memory = waiting_.with([](auto& waiting) {
    Memory last;
    if (waiting.empty()) return last;
    last = std::move(waiting.back());
    waiting.pop_back();
    return last;
  });
  if (!memory) memory.reset(static_cast<std::byte*>(std::aligned_alloc(block_, size_)));
  expect(memory != nullptr, "there is memory for a buffer");
  return memory;
}

void BufferPool::take_back(Memory memory) {
  waiting_.with([&](auto& waiting) {
    if (waiting.size() < most_waiting) waiting.push_back(std::move(memory));
  });
}

Buffer::Buffer(std::shared_ptr<BufferPool> pool) : pool_(std::move(pool)), memory_(pool_->lend()) {}

Buffer::~Buffer() { pool_->take_back(std::move(memory_)); }

}  // namespace keepsake::os
