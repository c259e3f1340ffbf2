// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/pack_builder.h"

#include "vault/pack_header.h"
#include "vault/repository.h"

namespace keepsake::vault {

Result<std::unique_ptr<PackBuilder>> PackBuilder::begin(storage::Storage& storage, BlobKind kind) {
  auto draft = TRY(storage.draft(pack_target));
  return std::make_unique<PackBuilder>(kind, std::move(draft));
}

Result<> PackBuilder::add(const BlobId& id, std::uint32_t plain_length, ByteView sealed) {
  expect(!broken_, "nothing is added to a broken pack");
  if (const auto written = draft_->write(sealed); !written) {
    broken_ = !draft_->cut_back_to(size_).has_value();
    return written;
  }
  sha256_.add(sealed);
  blobs_.push_back({kind_,
                    id,
                    static_cast<std::uint32_t>(size_.value),
                    static_cast<std::uint32_t>(sealed.size()),
                    plain_length});
  size_ += ByteCount{sealed.size()};
  return {};
}

Result<FileId> PackBuilder::publish(const MasterKey& key) {
  const auto header = seal_pack_header(key, blobs_);
  TRY(draft_->write(header));
  sha256_.add(header);
  size_ += ByteCount{header.size()};
  const FileId id = sha256_.finish();
  TRY(draft_->publish(pack_name(id)));
  return id;
}

}  // namespace keepsake::vault
