// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check_pack.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "crypto/sha.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/index.h"
#include "vault/pack_header.h"
#include "vault/repository.h"
#include "vault/seal.h"
#include "vault/tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::size_t iv_size = 16;
constexpr std::size_t mac_size = 16;

/// As much as stays in the processor's cache while one pass after the other goes over it.
constexpr std::size_t cache_piece = std::size_t{64} * 1024;

std::string named(const BlobPlace& blob) {
  return fmt::format("{} {}", blob.kind == BlobKind::tree ? "tree" : "blob", blob.id.hex());
}

ByteCount most_plain(const BlobPlace& blob) {
  return blob.kind == BlobKind::tree ? max_tree_json : max_data_blob;
}

/// How two lists of one pack's blobs differ; nothing when they say the same.
std::optional<std::string> difference(std::span<const BlobPlace> header,
                                      std::span<const BlobPlace> index) {
  if (header.size() != index.size())
    return fmt::format("its header lists {} blobs, and the index {}", header.size(), index.size());
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == index[i]) continue;
    if (header[i].id != index[i].id || header[i].kind != index[i].kind)
      return fmt::format(
          "its header lists {} where the index lists {}", named(header[i]), named(index[i]));
    return fmt::format("its header and the index differ about the lengths of {}", named(index[i]));
  }
  return std::nullopt;
}

/// Copies into a buffer what belongs to `[begin, begin + buffer.size())` of a blob, where `bytes`
/// stand at `at`.
void collect(std::span<std::byte> buffer,
             std::size_t begin,
             std::size_t at,
             std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto place = at + i;
    if (place >= begin && place - begin < buffer.size()) buffer[place - begin] = bytes[i];
  }
}

}  // namespace

std::optional<std::string> layout_fault(std::span<const BlobPlace> blobs, ByteCount pack) {
  std::uint64_t end = 0;
  for (const BlobPlace& blob : blobs) {
    if (blob.offset < end) return fmt::format("the index lets {} overlap another", named(blob));
    if (blob.offset > end) return fmt::format("the index leaves a gap before {}", named(blob));
    end += blob.length;
  }
  const auto implied = pack_size(blobs);
  if (implied != pack)
    return fmt::format("it has {} bytes, and the index implies {}", pack.value, implied.value);
  return std::nullopt;
}

PackProof::PackProof(const MasterKey& key, Of of) : key_(key), of_(of), opening_(key) {}

void PackProof::begin(const FileId& pack, std::vector<BlobPlace> blobs) {
  verdict_ = {.pack = pack, .missing = false, .faults = {}, .bad_blobs = {}, .good_blobs = 0};
  blobs_ = std::move(blobs);
  next_ = 0;
  inside_ = 0;
  header_.clear();
  plain_lengths_.clear();
}

void PackProof::add(std::span<std::byte> bytes) {
  if (of_ == Of::sum) {
    sum_.add(bytes);
    return;
  }
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), cache_piece));
    sum_.add(piece);
    add_to_blobs(piece);
    bytes = bytes.subspan(piece.size());
  }
}

PackVerdict PackProof::finish() {
  if (sum_.finish() != verdict_.pack)
    verdict_.faults.insert(verdict_.faults.begin(),
                           "its bytes are not those that its name is the sum of");
  if (of_ == Of::blobs) check_header();
  return std::move(verdict_);
}

void PackProof::add_to_blobs(std::span<std::byte> bytes) {
  while (!bytes.empty() && next_ < blobs_.size()) {
    const BlobPlace& blob = blobs_[next_];
    const auto piece = bytes.first(std::min<std::size_t>(bytes.size(), blob.length - inside_));
    add_to_blob(blob, piece);
    bytes = bytes.subspan(piece.size());
  }
  if (header_.size() + bytes.size() <= max_pack_header.value + cache_piece)
    header_.insert(header_.end(), bytes.begin(), bytes.end());
}

void PackProof::add_to_blob(const BlobPlace& blob, std::span<std::byte> bytes) {
  const std::size_t body_end = blob.length - mac_size;
  while (!bytes.empty()) {
    const auto region_end = inside_ < iv_size    ? iv_size
                            : inside_ < body_end ? body_end
                                                 : std::size_t{blob.length};
    const auto part = bytes.first(std::min(bytes.size(), region_end - inside_));
    if (inside_ < iv_size)
      collect(iv_, 0, inside_, part);
    else if (inside_ < body_end)
      add_body(blob, part);
    else
      collect(mac_, body_end, inside_, part);
    inside_ += part.size();
    bytes = bytes.subspan(part.size());
    if (inside_ == iv_size) {
      opening_.begin(iv_);
      decompression_.begin(most_plain(blob));
      not_decompressed_.reset();
      plain_length_ = 0;
    }
  }
  if (inside_ == blob.length) finish_blob(blob);
}

// Bytes are decrypted and decompressed before the MAC is known, but only to be summed up: nothing
// of them is believed, kept or shown.
void PackProof::add_body(const BlobPlace& blob, std::span<std::byte> body) {
  opening_.add(body);
  if (blob.plain_length == 0) {
    blob_sum_.add(body);
    plain_length_ += body.size();
    return;
  }
  if (not_decompressed_) return;
  auto added = decompression_.add(body, [&](ByteView plain) {
    blob_sum_.add(plain);
    plain_length_ += plain.size();
  });
  if (!added) not_decompressed_ = std::move(added).error();
}

void PackProof::finish_blob(const BlobPlace& blob) {
  const auto sum = blob_sum_.finish();
  if (blob.plain_length != 0 && !not_decompressed_)
    if (auto ended = decompression_.finish(); !ended) not_decompressed_ = std::move(ended).error();
  std::string fault;
  bool bad = true;
  if (!opening_.finish(mac_)) {
    fault = "has a broken seal";
  } else if (not_decompressed_) {
    fault = "cannot be decompressed";
  } else if (sum != blob.id) {
    fault = "has other bytes than its id says";
  } else {
    bad = false;
    if (plain_length_ != plain_length_of(blob))
      fault =
          fmt::format("has {} bytes, and the index says {}", plain_length_, plain_length_of(blob));
  }
  if (!fault.empty()) verdict_.faults.push_back(fmt::format("{} {}", named(blob), fault));
  if (bad)
    verdict_.bad_blobs.push_back(blob);
  else if (fault.empty())
    ++verdict_.good_blobs;
  plain_lengths_.push_back(bad ? plain_length_of(blob) : plain_length_);
  ++next_;
  inside_ = 0;
}

void PackProof::check_header() {
  auto end = BytesInMemory(header_);
  auto header = read_pack_end(key_, end);
  if (!header) {
    verdict_.faults.push_back(header.error().message());
    return;
  }
  if (auto differs = difference(*header, blobs_)) verdict_.faults.push_back(*std::move(differs));
  if (header->size() != plain_lengths_.size()) return;
  for (std::size_t i = 0; i < header->size(); ++i) {
    const BlobPlace& blob = (*header)[i];
    if (blob.id == blobs_[i].id && plain_length_of(blob) != plain_lengths_[i])
      verdict_.faults.push_back(fmt::format("{} has {} bytes, and the pack's header says {}",
                                            named(blob),
                                            plain_lengths_[i],
                                            plain_length_of(blob)));
  }
}

Result<> examine(const Repository& repository, PackVerdict& verdict) {
  verdict.bad_blobs.clear();
  verdict.good_blobs = 0;
  const auto blobs = repository.index().blobs_of(verdict.pack);
  for (const BlobPlace& blob : blobs) {
    if (verdict.missing) {
      verdict.bad_blobs.push_back(blob);
      continue;
    }
    auto plain = repository.read_place({.pack = verdict.pack, .place = blob});
    if (plain) {
      ++verdict.good_blobs;
      continue;
    }
    if (plain.error().cause == Cause::absent) return fail(std::move(plain).error());
    verdict.bad_blobs.push_back(blob);
    verdict.faults.push_back(plain.error().what);
  }
  return {};
}

}  // namespace keepsake::vault
