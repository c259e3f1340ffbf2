// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/salvage.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/check.h"
#include "vault/check_files.h"
#include "vault/check_pack.h"
#include "vault/index.h"
#include "vault/lock.h"
#include "vault/pack_builder.h"
#include "vault/pack_header.h"
#include "vault/repository.h"
#include "vault/sealed_blob.h"
#include "vault/write_index.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

/// What could not be read just now may be whole all the same, and must not be removed.
bool is_proof_of_damage(const Error& error) {
  return is_damage(error.cause) || error.cause == Cause::invalid;
}

using BlobKey = std::pair<BlobKind, BlobId>;

constexpr std::size_t block_size = std::size_t{1} << 20U;

/// The salvage as its steps, in the only safe order.
class Salvage {
 public:
  Salvage(Repository& repository, Lock& lock, const std::stop_token& stop)
      : repository_(repository), lock_(lock), stop_(stop) {}

  Result<Salvaged> run(std::span<const FileId> bad_packs) {
    if (repository_.config().append_only)
      return fail(Error{Cause::unsupported,
                        "its config says that nothing may be removed from it",
                        repository_.storage().where(),
                        Scope::destination});
    bad_.insert(bad_packs.begin(), bad_packs.end());
    TRY(look());
    TRY(read_index_files());
    TRY(list_unlisted_packs());
    for (const FileId& pack : bad_) TRY(copy_whole_blobs(pack));
    for (auto& builder : builders_) TRY(publish(builder));
    TRY(repository_.storage().make_durable());
    TRY(find_lost());
    TRY(replace_index_files());
    TRY(remove_packs());
    std::vector<BrokenFile> broken;
    TRY(repository_.load_index(broken));
    return std::move(salvaged_);
  }

 private:
  Result<> go_on() {
    if (stop_.stop_requested()) return fail(Cause::cancelled, "interrupted");
    return lock_.check();
  }

  Result<> look() {
    std::vector<BrokenFile> broken;
    TRY(repository_.load_index(broken));
    CheckReport strays;
    there_ = TRY(list_packs(repository_.storage(), strays));
    for (const FileId& pack : repository_.index().packs())
      if (!there_.contains(pack)) bad_.insert(pack);
    return {};
  }

  /// Keeps what remains of the files that list a bad pack. A damaged file is replaced too: what it
  /// listed is in no other, or needs no second listing.
  Result<> read_index_files() {
    std::vector<BrokenFile> broken;
    TRY(repository_.each_index_file(
        [&](const FileId& file, std::vector<PackContents> packs) -> Result<> {
          const auto first_bad =
              std::partition(packs.begin(), packs.end(), [&](const PackContents& pack) {
                return !bad_.contains(pack.pack);
              });
          if (first_bad == packs.end()) return {};
          old_files_.push_back(file_name("index", file));
          std::move(packs.begin(), first_bad, std::back_inserter(listed_anew_));
          return {};
        },
        broken));
    for (const BrokenFile& file : broken)
      if (file.error.cause == Cause::corrupt) old_files_.push_back(file.name);
    return {};
  }

  /// Whatever lists a pack may be gone; the pack itself still says what it holds.
  Result<> list_unlisted_packs() {
    for (const auto& [pack, size] : there_) {
      if (repository_.index().contains_pack(pack) || bad_.contains(pack)) continue;
      TRY(go_on());
      auto blobs = header_of(pack);
      if (!blobs && !is_proof_of_damage(blobs.error())) return fail(std::move(blobs).error());
      if (!blobs || blobs->empty()) continue;  // nobody can tell what it was
      const PackContents contents{.pack = pack, .blobs = *std::move(blobs)};
      if (TRY(is_whole(contents)))
        listed_anew_.push_back(contents);
      else
        bad_.insert(pack);
    }
    return {};
  }

  Result<std::vector<BlobPlace>> header_of(const FileId& pack) {
    const auto file = TRY(repository_.storage().open(pack_name(pack), storage::Reading::cached));
    return read_pack_end(repository_.key(), *file);
  }

  Result<bool> is_whole(const PackContents& pack) {
    const auto size = there_.at(pack.pack);
    if (layout_fault(pack.blobs, size)) return false;
    const auto file =
        TRY(repository_.storage().open(pack_name(pack.pack), storage::Reading::from_disk));
    PackProof proof(repository_.key(), PackProof::Of::blobs);
    proof.begin(pack.pack, pack.blobs);
    Bytes block(block_size);
    for (std::uint64_t position = 0; position < size.value;) {
      const auto count = file->read_at(position, block);
      if (!count && !is_proof_of_damage(count.error())) return fail(count.error());
      if (!count || *count == 0) return false;
      proof.add(std::span(block).first(*count));
      position += *count;
    }
    return proof.finish().faults.empty();
  }

  /// The index and the pack's own header may each be wrong about it, so both are asked.
  Result<> copy_whole_blobs(const FileId& pack) {
    auto places = repository_.index().blobs_of(pack);
    for (const BlobPlace& place : places) wanted_.insert({place.kind, place.id});
    if (!there_.contains(pack)) return {};
    const auto header = header_of(pack);
    if (!header && !is_proof_of_damage(header.error())) return fail(header.error());
    if (header) places.insert(places.end(), header->begin(), header->end());
    for (const BlobPlace& place : places) {
      TRY(go_on());
      wanted_.insert({place.kind, place.id});
      if (copied_.contains({place.kind, place.id})) continue;
      const auto blob = read_sealed(repository_, {.pack = pack, .place = place});
      if (!blob && !is_proof_of_damage(blob.error())) return fail(blob.error());
      if (!blob) continue;
      TRY(copy(place, *blob));
    }
    return {};
  }

  Result<> copy(const BlobPlace& place, const SealedBlob& blob) {
    auto& builder = builders_.at(place.kind == BlobKind::tree ? 1 : 0);
    if (!builder) builder = TRY(PackBuilder::begin(repository_.storage(), place.kind));
    TRY(builder->add(place.id, blob.plain_length, blob.sealed));
    copied_.insert({place.kind, place.id});
    if (builder->is_full()) return publish(builder);
    return {};
  }

  Result<> publish(std::unique_ptr<PackBuilder>& builder) {
    if (!builder) return {};
    const auto id = TRY(builder->publish(repository_.key()));
    salvaged_.written += builder->size();
    listed_anew_.push_back({.pack = id, .blobs = builder->blobs()});
    builder.reset();
    return {};
  }

  /// What was not copied may lie in another pack too.
  Result<> find_lost() {
    for (const BlobKey& blob : wanted_) {
      if (copied_.contains(blob)) continue;
      const bool elsewhere = TRY(is_elsewhere(blob));
      if (!elsewhere) salvaged_.lost.push_back(blob);
    }
    return {};
  }

  Result<bool> is_elsewhere(const BlobKey& blob) {
    for (const auto& found : repository_.index().find_all(blob.first, blob.second)) {
      if (bad_.contains(found.pack)) continue;
      const auto plain = repository_.read_place(found);
      if (plain) return true;
      if (!is_proof_of_damage(plain.error())) return fail(plain.error());
    }
    return false;
  }

  Result<> replace_index_files() {
    std::span<const PackContents> rest = listed_anew_;
    while (!rest.empty()) {
      TRY(go_on());
      const auto count = packs_of_one_index(rest);
      const auto size = TRY(write_index(repository_, rest.first(count)));
      salvaged_.written += size;
      rest = rest.subspan(count);
    }
    TRY(go_on());
    for (const std::string& file : old_files_) TRY(repository_.storage().remove(file));
    return repository_.storage().sync_removals("index");
  }

  /// Last: at no moment an index may list a pack that we removed.
  Result<> remove_packs() {
    for (const FileId& pack : bad_) {
      if (!there_.contains(pack)) continue;
      TRY(go_on());
      TRY(repository_.storage().remove(pack_name(pack)));
      salvaged_.removed_packs.push_back(pack);
    }
    return {};
  }

  Repository& repository_;
  Lock& lock_;
  const std::stop_token& stop_;
  std::set<FileId> bad_;
  std::map<FileId, ByteCount> there_;
  std::vector<std::string> old_files_;                    ///< of the index, to be removed
  std::vector<PackContents> listed_anew_;                 ///< in new index files
  std::array<std::unique_ptr<PackBuilder>, 2> builders_;  ///< of data, of trees
  std::set<BlobKey> wanted_;                              ///< what bad packs should hold
  std::set<BlobKey> copied_;
  Salvaged salvaged_;
};

}  // namespace

Result<Salvaged> salvage(Repository& repository,
                         Lock& lock,
                         std::span<const FileId> bad_packs,
                         const std::stop_token& stop) {
  return Salvage(repository, lock, stop).run(bad_packs);
}

}  // namespace keepsake::vault
