// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/machine/recorder.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;

/// What stands on a tape before a deed's texts.
struct Head {
  Kind kind;
  std::uint32_t file;
  std::uint32_t path;
  std::uint32_t other;
  std::uint64_t number;
  std::uint64_t bytes;
  timespec modified;
  unsigned mode;
};

bool is_sync(Kind kind) { return kind == Kind::sync || kind == Kind::sync_folder; }

mode_t mask_of_new_files() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

}  // namespace

std::optional<std::string> below(const std::filesystem::path& folder, const std::string& path) {
  const auto& above = folder.native();
  const bool lies_there =
      path.starts_with(above) && path.size() > above.size() && path[above.size()] == '/';
  return lies_there ? std::optional(path.substr(above.size() + 1)) : std::nullopt;
}

Tape::Tape(std::size_t size) : size_(size) {
  void* const memory = mmap(
      nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("there is no memory for a tape");
  memory_ = static_cast<char*>(memory) + sizeof(std::size_t);
  size_ -= sizeof(std::size_t);
  end_ = static_cast<std::size_t*>(memory);
  *end_ = 0;
}

Tape::~Tape() { munmap(end_, size_ + sizeof(std::size_t)); }

bool Tape::add(const Deed& deed) {
  const Head head{deed.kind,
                  deed.file,
                  static_cast<std::uint32_t>(deed.path.size()),
                  static_cast<std::uint32_t>(deed.other.size()),
                  deed.number,
                  deed.bytes.size(),
                  deed.modified,
                  deed.mode};
  const auto size = sizeof head + deed.path.size() + deed.other.size() + deed.bytes.size();
  if (size > size_ - *end_) return false;
  char* to = memory_ + *end_;
  std::memcpy(to, &head, sizeof head);
  to += sizeof head;
  for (const std::string* text : {&deed.path, &deed.other, &deed.bytes})
    to = std::copy(text->begin(), text->end(), to);
  *end_ += size;
  return true;
}

std::vector<Deed> Tape::deeds() const {
  std::vector<Deed> deeds;
  for (const char* from = memory_; from < memory_ + *end_;) {
    Head head{};
    std::memcpy(&head, from, sizeof head);
    from += sizeof head;
    Deed deed{head.kind, head.file, {}, {}, head.number, {}, head.modified, head.mode};
    const auto take = [&](std::string& text, std::size_t size) {
      text.assign(from, size);
      from += size;
    };
    take(deed.path, head.path);
    take(deed.other, head.other);
    take(deed.bytes, head.bytes);
    deeds.push_back(std::move(deed));
  }
  return deeds;
}

long Recorder::pass(const Call& call, const Go& go) {
  const bool counts = changes_something(call.kind) || call.kind == Kind::close;
  if (!counts || !below(folder_, call.path)) return go(all);
  const std::scoped_lock lock(mutex_);
  return record(call, go);
}

long Recorder::record(const Call& call, const Go& go) {
  if (call.kind == Kind::close) {
    files_.erase(call.file);
    return go(all);
  }
  const long result = is_sync(call.kind) ? 0 : go(all);
  const int error = errno;
  if (result < 0) return result;
  const auto in_folder = [&](const std::string& path) {
    return below(folder_, path).value_or(path);
  };
  Deed deed{call.kind, 0, in_folder(call.path), call.other, call.number, {}, call.modified, 0};
  if (call.kind == Kind::create) {
    deed.file = files_[static_cast<int>(result)] = next_file_++;
    struct stat status{};
    if (fstat(static_cast<int>(result), &status) == 0) deed.mode = status.st_mode;
  } else if (const auto file = files_.find(call.file); file != files_.end()) {
    deed.file = file->second;
  }
  if (call.kind == Kind::write) deed.bytes = call.bytes.substr(0, static_cast<std::size_t>(result));
  if (call.kind == Kind::rename || call.kind == Kind::link) deed.other = in_folder(call.other);
  if (call.kind == Kind::make_folder) deed.number &= ~std::uint64_t{mask_of_new_files()};
  if (!tape_.add(deed)) throw std::runtime_error("the tape is full");
  errno = error;
  return result;
}

long Watcher::pass(const Call& call, const Go& go) {
  if (const auto path = below(folder_, call.path)) {
    const std::scoped_lock lock(mutex_);
    if (!tape_.add({call.kind, 0, *path, {}, 0, {}, {}, 0}))
      throw std::runtime_error("the tape is full");
  }
  return is_sync(call.kind) ? 0 : go(all);
}

long Haste::pass(const Call& call, const Go& go) { return is_sync(call.kind) ? 0 : go(all); }

}  // namespace keepsake::tests
