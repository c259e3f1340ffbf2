// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/file_download.h"

#include "crypto/sha.h"
#include "source/icloud/translate.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

/// Where a part of a file begins, of "bytes 100-999/1000"; nothing where it does not say.
std::optional<std::uint64_t> begin_of(std::optional<std::string_view> content_range) {
  constexpr std::string_view unit = "bytes ";
  if (!content_range || !content_range->starts_with(unit)) return std::nullopt;
  content_range->remove_prefix(unit.size());
  std::uint64_t begin = 0;
  const auto [rest, error] =
      std::from_chars(content_range->data(), content_range->data() + content_range->size(), begin);
  const bool ends = rest != content_range->data() + content_range->size() && *rest == '-';
  return error == std::errc() && ends ? std::optional(begin) : std::nullopt;
}

/// What an answer without a file's bytes means.
Error error_of(const net::Response& head) {
  if (const auto cause = net::cause_of(head.status))
    return Error{
        *cause, fmt::format("iCloud gives no files now (HTTP {})", head.status), {}, Scope::asset};
  return Error{Cause::not_found,
               fmt::format("iCloud does not give it (HTTP {})", head.status),
               {},
               Scope::asset};
}

class FileDownload final : public Bytestream {
 public:
  FileDownload(Web& web,
               Addresses& addresses,
               std::string library,
               const photo::Rendition& rendition,
               FilePlace place,
               std::stop_token stop)
      : web_(web),
        addresses_(addresses),
        library_(std::move(library)),
        prefix_(rendition.key),
        size_(rendition.size),
        claim_(rendition.apple_checksum),
        place_(std::move(place)),
        stop_(std::move(stop)) {}

  /// Opens at the position; an address that is no longer good is renewed once.
  Result<> open() {
    for (const auto age : {Addresses::Age::any, Addresses::Age::fresh}) {
      const auto url = TRY(addresses_.address_of(library_, place_, prefix_, age, stop_));
      auto download = TRY(web_.download(url, position_, stop_));
      const auto& head = download->head();
      if (head.status == 206 && begin_of(head.headers.find("Content-Range")) == position_) {
        download_ = std::move(download);
        return {};
      }
      if (head.status == 200) return skip_to_position(std::move(download));
      if (head.status == 206 || head.status == 416) return open_from_beginning(url);
      if (net::cause_of(head.status) || age == Addresses::Age::fresh) return fail(error_of(head));
    }
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    for (;;) {
      if (!download_) TRY(open());
      const auto count = download_->read(buffer);
      // An answer that ends too early of itself is no broken connection: `confirm` tells.
      if (count) return took(buffer.first(*count));
      download_.reset();
      TRY(wait_after(count.error()));
    }
  }

  Result<> confirm() override {
    sum_done_ = sum_.finish();
    if (is_size_known() && position_ != size_.value)
      return fail(Cause::corrupt,
                  "iCloud sent {} bytes of {}; they were not stored",
                  position_,
                  size_.value);
    if (claim_ && claim_ != sum_done_)
      return fail(Cause::corrupt,
                  "what iCloud sent is not what it says it has: Apple's own checksum does not fit; "
                  "it was not stored");
    if (!holds_something_)
      return fail(Cause::invalid,
                  "what iCloud has of it is empty or nothing but zeros; there is nothing to keep");
    return {};
  }

  std::optional<AppleChecksum> apple_checksum() override { return sum_done_; }

 private:
  [[nodiscard]] bool is_size_known() const { return size_.value > 0; }

  /// For a server that gives another part than the one that was asked for.
  Result<> open_from_beginning(const net::Url& url) {
    auto download = TRY(web_.download(url, 0, stop_));
    if (download->head().status != 200) return fail(error_of(download->head()));
    return skip_to_position(std::move(download));
  }

  /// Those bytes were taken before.
  Result<> skip_to_position(std::unique_ptr<net::Download> download) {
    std::vector<std::byte> skipped(std::min<std::uint64_t>(position_, 1U << 18U));
    for (std::uint64_t left = position_; left > 0;) {
      const auto count = TRY(download->read(std::span(skipped).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(left, skipped.size())))));
      if (count == 0) return fail(Cause::offline, "iCloud sent only a part of it");
      left -= count;
    }
    download_ = std::move(download);
    return {};
  }

  Result<std::size_t> took(ByteView bytes) {
    position_ += bytes.size();
    if (is_size_known() && position_ > size_.value)
      return fail(Cause::corrupt,
                  "iCloud sends more bytes than it says it has ({}); it was not stored",
                  size_.value);
    sum_.add(bytes);
    holds_something_ = holds_something_ || std::ranges::any_of(bytes, [](std::byte byte) {
                         return byte != std::byte{0};
                       });
    if (!bytes.empty()) failures_ = 0;
    return bytes.size();
  }

  /// Before a connection that broke is made anew; it may break again and again.
  Result<> wait_after(const Error& error) {
    const auto delay = net::delay_before(
        ++failures_, error.cause, std::nullopt, web_.pace().retry, net::system_random());
    if (!delay) return fail(error);
    return net::wait(*delay, stop_);
  }

  Web& web_;
  Addresses& addresses_;
  const std::string library_;
  const std::string prefix_;
  const ByteCount size_;
  const std::optional<AppleChecksum> claim_;
  const FilePlace place_;
  const std::stop_token stop_;
  std::unique_ptr<net::Download> download_;
  std::uint64_t position_ = 0;
  int failures_ = 0;  ///< since the last byte
  bool holds_something_ = false;
  crypto::AppleSum sum_;
  std::optional<AppleChecksum> sum_done_;
};

}  // namespace

Result<std::unique_ptr<Bytestream>> open_download(Web& web,
                                                  Addresses& addresses,
                                                  std::string library,
                                                  const photo::Rendition& rendition,
                                                  std::stop_token stop) {
  auto place = FilePlace::parse(rendition.source_version);
  if (!place) return fail(Cause::changed, "it is no longer known where iCloud keeps it");
  auto download = std::make_unique<FileDownload>(
      web, addresses, std::move(library), rendition, *std::move(place), std::move(stop));
  TRY(download->open());
  return std::unique_ptr<Bytestream>(std::move(download));
}

}  // namespace keepsake::source::icloud
