// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/unpacked.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "crypto/sha.h"
#include "vault/compression.h"
#include "vault/seal.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace keepsake::vault {

namespace {

/// What a compressed file begins with; JSON begins with its brace.
constexpr std::byte compressed_mark{2};

}  // namespace

UnpackedFile pack_json(const MasterKey& key, int version, std::string_view json) {
  Bytes plain;
  if (version >= 2) {
    const auto compressed = compress(bytes_of(json));
    plain.resize(1 + compressed.size(), compressed_mark);
    std::copy(compressed.begin(), compressed.end(), plain.begin() + 1);
  }
  UnpackedFile file;
  file.stored = seal(key, version >= 2 ? ByteView(plain) : bytes_of(json));
  file.id = crypto::sha256(file.stored);
  return file;
}

Result<std::string> unpack_json(const MasterKey& key,
                                const FileId& id,
                                ByteView stored,
                                ByteCount most) {
  if (crypto::sha256(stored) != id)
    return fail(Cause::corrupt, "its bytes are not those that its name is the sum of");
  const auto plain = TRY(open_sealed(key, stored));
  if (plain.empty()) return std::string();
  if (plain.front() == compressed_mark) {
    const auto json = TRY(decompress(ByteView(plain).subspan(1), most));
    return std::string(text_of(json));
  }
  if (plain.front() != std::byte{'{'} && plain.front() != std::byte{'['})
    return fail(Cause::unsupported,
                "it begins with the byte {}, which this program does not know",
                std::to_integer<int>(plain.front()));
  if (plain.size() > most.value) return fail(Cause::corrupt, "its JSON is too large");
  return std::string(text_of(plain));
}

}  // namespace keepsake::vault
