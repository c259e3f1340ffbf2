// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/file_stream.h"

#include "crypto/sha.h"
#include "media/facts.h"

#include <chrono>
#include <optional>
#include <utility>

namespace keepsake::source {

namespace {

class FileStream final : public Bytestream {
 public:
  FileStream(std::unique_ptr<os::InFile> file, std::string version, Sum sum)
      : file_(std::move(file)), version_(std::move(version)) {
    if (sum == Sum::apple) sum_.emplace();
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(file_->read(buffer));
    if (sum_) sum_->add(buffer.first(count));
    return count;
  }

  Result<> confirm() override {
    const auto entry = TRY(file_->look());
    if (to_text(stamp_of(entry)) != version_)
      return fail(Cause::changed,
                  "the file was written to while it was read; the next run takes it again");
    return {};
  }

  std::optional<AppleChecksum> apple_checksum() override {
    return sum_ ? std::optional(sum_->finish()) : std::nullopt;
  }

 private:
  std::unique_ptr<os::InFile> file_;
  std::string version_;
  std::optional<crypto::AppleSum> sum_;
};

}  // namespace

Stamp stamp_of(const os::Entry& entry) {
  return {entry.size.value, entry.modified_ns, entry.changed_ns};
}

std::string to_text(const Stamp& stamp) {
  return fmt::format("{}-{}-{}", stamp.size, stamp.modified_ns, stamp.changed_ns);
}

Instant modified_of(const Stamp& stamp) {
  return Instant(
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(stamp.modified_ns)));
}

Result<std::optional<Cause>> why_hollow(os::InFile& file, const os::Entry& entry) {
  if (entry.size.value == 0) return Cause::invalid;
  const bool zeros = TRY(media::is_all_zeros(file));
  if (!zeros) return std::nullopt;
  return entry.allocated.value == 0 ? Cause::absent : Cause::invalid;
}

Result<std::unique_ptr<Bytestream>> stream_of(std::unique_ptr<os::InFile> file,
                                              const std::string& version,
                                              Sum sum) {
  auto stream = std::make_unique<FileStream>(std::move(file), version, sum);
  TRY(stream->confirm());
  return stream;
}

}  // namespace keepsake::source
