// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/spool.h"

#include "os/descriptor.h"
#include "os/failure.h"
#include "os/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

namespace keepsake::os {

namespace {

constexpr mode_t only_its_owner = 0600;

/// Without a name where the file system can, else one whose name is taken away at once.
Descriptor open_nameless(const std::filesystem::path& folder) {
  Descriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, only_its_owner));
  if (file.is_open() || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  auto name = (folder / "keepsake-XXXXXX").string();
  file = Descriptor(mkostemp(name.data(), O_CLOEXEC));
  if (file.is_open()) unlink(name.c_str());
  return file;
}

class NamelessFile final : public Spool {
 public:
  NamelessFile(Descriptor file, std::filesystem::path folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<> write(ByteView bytes) override {
    if (const int error = write_all(file_.number(), bytes); error != 0)
      return failed(error, "what waits to be sent cannot be written", folder_);
    size_ += ByteCount{bytes.size()};
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    const auto length = static_cast<off_t>(size.value);
    if (ftruncate(file_.number(), length) != 0 || lseek(file_.number(), length, SEEK_SET) < 0)
      return failed(errno, "what waits to be sent cannot be written", folder_);
    size_ = size;
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    std::size_t done = 0;
    while (done < buffer.size()) {
      const auto count = unless_interrupted([&] {
        return pread(file_.number(),
                     buffer.data() + done,
                     buffer.size() - done,
                     static_cast<off_t>(position + done));
      });
      if (count < 0) return failed(errno, "what waits to be sent cannot be read", folder_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  Descriptor file_;
  std::filesystem::path folder_;
  ByteCount size_;
};

}  // namespace

Result<std::unique_ptr<Spool>> make_spool() {
  const std::filesystem::path folder = "/var/tmp";
  auto file = open_nameless(folder);
  if (!file.is_open()) return failed(errno, "there is no place for what waits to be sent", folder);
  return std::make_unique<NamelessFile>(std::move(file), folder);
}

}  // namespace keepsake::os
