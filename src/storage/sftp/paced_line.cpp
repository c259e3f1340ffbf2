// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sftp/paced_line.h"

#include "base/guarded.h"

#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace keepsake::storage::sftp {

namespace {

class PacedLine final : public os::Child {
 public:
  PacedLine(std::unique_ptr<os::Child> line, Rate rate)
      : line_(std::move(line)), meter_(Meter(std::move(rate))) {}

  Result<> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const auto portion = bytes.first(wait_for_portion(bytes.size()));
      TRY(line_->write(portion));
      take(portion.size());
      bytes = bytes.subspan(portion.size());
    }
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(line_->read(buffer.first(wait_for_portion(buffer.size()))));
    take(count);
    return count;
  }

  void hang_up() override { line_->hang_up(); }

  std::string last_words() override { return line_->last_words(); }

 private:
  /// How much of so much may go now.
  std::size_t wait_for_portion(std::size_t bytes) {
    const auto [free_at, portion] = meter_.with(
        [&](const Meter& meter) { return std::pair(meter.free_at(), meter.portion(bytes)); });
    std::this_thread::sleep_until(free_at);
    return portion;
  }

  void take(std::size_t bytes) {
    meter_.with(
        [&](Meter& meter) { meter.take(ByteCount{bytes}, std::chrono::steady_clock::now()); });
  }

  std::unique_ptr<os::Child> line_;
  Guarded<Meter> meter_;
};

}  // namespace

std::unique_ptr<os::Child> paced(std::unique_ptr<os::Child> line, Rate rate) {
  return std::make_unique<PacedLine>(std::move(line), std::move(rate));
}

}  // namespace keepsake::storage::sftp
