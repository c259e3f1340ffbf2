// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/adoption.h"

#include "catalog/offers.h"
#include "crypto/sha.h"

#include <utility>

namespace keepsake::transfer {

namespace {

constexpr std::size_t page = 1024;  // files noted at once
constexpr std::size_t block_bytes = std::size_t{1} << 20U;

/// Notes every file below one of the folders.
class Walk {
 public:
  Walk(catalog::Catalog& catalog,
       std::int64_t number,
       os::Folder& folder,
       const Adoption::ShowUnreadable& show_unreadable,
       const std::stop_token& stop)
      : catalog_(catalog),
        number_(number),
        folder_(folder),
        show_unreadable_(show_unreadable),
        stop_(stop) {}

  Result<> walk_all() {
    TRY(walk(RelativePath()));
    return flush();
  }

 private:
  Result<> walk(const RelativePath& folder) {
    if (stop_.stop_requested()) return fail(Cause::cancelled, "interrupted");
    const auto entries = folder_.list(folder);
    if (!entries) {
      if (show_unreadable_) show_unreadable_(folder_.where() / folder.text(), entries.error());
      return {};
    }
    for (const os::Entry& entry : *entries) {
      if (entry.type == os::Entry::Type::folder) TRY(walk(folder / entry.name));
      if (entry.type == os::Entry::Type::file) TRY(note(folder / entry.name, entry.size));
    }
    return {};
  }

  Result<> note(const RelativePath& path, ByteCount size) {
    files_.push_back({0, number_, path.text(), size, std::nullopt});
    return files_.size() < page ? Result<>() : flush();
  }

  Result<> flush() {
    TRY(catalog::note_offers(catalog_, files_));
    files_.clear();
    return {};
  }

  catalog::Catalog& catalog_;
  const std::int64_t number_;
  os::Folder& folder_;
  const Adoption::ShowUnreadable& show_unreadable_;
  const std::stop_token& stop_;
  std::vector<catalog::Offer> files_;
};

/// The bytes of a file that had the checksum when it was last read.
class AdoptedStream final : public source::Bytestream {
 public:
  AdoptedStream(std::unique_ptr<os::InFile> file, const AppleChecksum& checksum)
      : file_(std::move(file)), checksum_(checksum) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(file_->read(buffer));
    sum_.add(buffer.first(count));
    return count;
  }

  Result<> confirm() override {
    if (sum_.finish() == checksum_) return {};
    return fail(Cause::changed, "the file was written to since it was looked at");
  }

  std::optional<AppleChecksum> apple_checksum() override { return checksum_; }

 private:
  std::unique_ptr<os::InFile> file_;
  const AppleChecksum checksum_;
  crypto::AppleSum sum_;
};

Result<std::unique_ptr<os::InFile>> open(os::Folder& folder, const catalog::Offer& offer) {
  return folder.open(RelativePath::known(offer.path), os::Reading::cached);
}

Result<AppleChecksum> sum_of(os::Folder& folder,
                             const catalog::Offer& offer,
                             std::span<std::byte> block,
                             const std::stop_token& stop) {
  const auto file = TRY(open(folder, offer));
  crypto::AppleSum sum;
  for (;;) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    const std::size_t count = TRY(file->read(block));
    if (count == 0) return sum.finish();
    sum.add(block.first(count));
  }
}

}  // namespace

Result<std::unique_ptr<Adoption>> Adoption::look(catalog::Catalog& catalog,
                                                 std::vector<std::unique_ptr<os::Folder>> folders,
                                                 const ShowUnreadable& show_unreadable,
                                                 const std::stop_token& stop) {
  std::unique_ptr<Adoption> adoption(new Adoption(catalog, std::move(folders)));
  TRY(catalog::begin_offers(catalog));
  for (std::size_t i = 0; i < adoption->folders_.size(); ++i)
    TRY(Walk(catalog, static_cast<std::int64_t>(i), *adoption->folders_[i], show_unreadable, stop)
            .walk_all());
  return adoption;
}

Result<std::optional<Found>> Adoption::find(const photo::Rendition& rendition,
                                            const std::stop_token& stop) {
  if (!rendition.apple_checksum) return std::nullopt;
  const AppleChecksum& wanted = *rendition.apple_checksum;
  return block_.with([&](std::vector<std::byte>& block) -> Result<std::optional<Found>> {
    block.resize(block_bytes);
    for (;;) {
      const auto offer = TRY(catalog::find_offer(catalog_, rendition.size, wanted));
      if (!offer) return std::nullopt;
      os::Folder& folder = *folders_[static_cast<std::size_t>(offer->folder)];
      if (offer->checksum) {
        auto file = open(folder, *offer);
        if (!file) {
          TRY(catalog::note_read(catalog_, offer->row, std::nullopt));
          continue;
        }
        return Found{offer->row,
                     folder.where() / offer->path,
                     std::make_unique<AdoptedStream>(*std::move(file), wanted)};
      }
      const auto sum = sum_of(folder, *offer, block, stop);
      if (!sum && sum.error().cause == Cause::cancelled) return fail(sum.error());
      TRY(catalog::note_read(catalog_, offer->row, sum ? std::optional(*sum) : std::nullopt));
    }
  });
}

Result<> Adoption::note_taken(const Found& found) {
  return catalog::note_taken(catalog_, found.offer);
}

Result<std::int64_t> Adoption::files_left() { return catalog::offers_left(catalog_); }

}  // namespace keepsake::transfer
