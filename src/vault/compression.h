// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <functional>
#include <memory>

namespace keepsake::vault {

/// One zstd frame with its content size.
Bytes compress(ByteView plain);

/// Any frames, also several, with skippable ones between them. Causes: corrupt, also when more than
/// `most` bytes come out.
Result<Bytes> decompress(ByteView compressed, ByteCount most);

/// The same piece by piece, for who does not keep what comes out. Reusable. For one thread.
class Decompression {
 public:
  using Take = std::function<void(ByteView plain)>;

  Decompression();
  Decompression(Decompression&&) noexcept;
  Decompression& operator=(Decompression&&) noexcept;
  ~Decompression();

  void begin(ByteCount most);

  /// Causes: corrupt.
  Result<> add(ByteView compressed, const Take& take);

  /// Causes: corrupt when the last frame has not ended.
  Result<> finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Whether compressing bytes that begin so is worth it: photos and films are compressed already.
bool looks_compressible(ByteView sample);

}  // namespace keepsake::vault
