// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/compression.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"

#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace keepsake::vault {

namespace {

constexpr int level = 3;  // the library's own middle; its windows have at most 2 MiB

/// The largest window that a frame may ask memory for, as a power of two: what zstd's own tool
/// takes without being asked to.
constexpr int most_window_log = 27;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// What the frame says it holds, never more than `most`; 0 where it does not say.
std::size_t size_said(ByteView compressed, ByteCount most) {
  const auto said = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  const bool unknown = said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR;
  return unknown ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(said, most.value));
}

}  // namespace

struct Decompression::Context {
  std::unique_ptr<ZSTD_DCtx, FreeContext> zstd{ZSTD_createDCtx()};
  Bytes out = Bytes(ZSTD_DStreamOutSize());
  ByteCount rest;
  bool inside_frame = false;
  bool began = false;
};

Decompression::Decompression() : context_(std::make_unique<Context>()) {
  expect(context_->zstd != nullptr, "there is memory for decompressing");
  ZSTD_DCtx_setParameter(context_->zstd.get(), ZSTD_d_windowLogMax, most_window_log);
}

Decompression::Decompression(Decompression&&) noexcept = default;
Decompression& Decompression::operator=(Decompression&&) noexcept = default;
Decompression::~Decompression() = default;

void Decompression::begin(ByteCount most) {
  ZSTD_DCtx_reset(context_->zstd.get(), ZSTD_reset_session_only);
  context_->rest = most;
  context_->inside_frame = false;
  context_->began = false;
}

Result<> Decompression::add(ByteView compressed, const Take& take) {
  ZSTD_inBuffer in{.src = compressed.data(), .size = compressed.size(), .pos = 0};
  bool full = false;
  while (in.pos < in.size || full) {
    ZSTD_outBuffer out{.dst = context_->out.data(), .size = context_->out.size(), .pos = 0};
    const auto hint = ZSTD_decompressStream(context_->zstd.get(), &out, &in);
    if (ZSTD_isError(hint) != 0U)
      return fail(Cause::corrupt, "it cannot be decompressed: {}", ZSTD_getErrorName(hint));
    if (out.pos > context_->rest.value)
      return fail(Cause::corrupt, "it decompresses to more than it should");
    context_->rest.value -= out.pos;
    context_->inside_frame = hint != 0;
    context_->began = true;
    if (out.pos > 0) take(ByteView(context_->out).first(out.pos));
    full = out.pos == out.size && hint != 0;
  }
  return {};
}

Result<> Decompression::finish() {
  if (context_->inside_frame || !context_->began)
    return fail(Cause::corrupt, "what is compressed in it ends too soon");
  return {};
}

Bytes compress(ByteView plain) {
  Bytes compressed(ZSTD_compressBound(plain.size()));
  const auto size =
      ZSTD_compress(compressed.data(), compressed.size(), plain.data(), plain.size(), level);
  expect(ZSTD_isError(size) == 0U, "zstd compresses");
  compressed.resize(size);
  return compressed;
}

Result<Bytes> decompress(ByteView compressed, ByteCount most) {
  Bytes plain;
  plain.reserve(size_said(compressed, most));
  Decompression decompression;
  decompression.begin(most);
  TRY(decompression.add(
      compressed, [&](ByteView some) { plain.insert(plain.end(), some.begin(), some.end()); }));
  TRY(decompression.finish());
  return plain;
}

bool looks_compressible(ByteView sample) {
  constexpr std::size_t enough = std::size_t{64} * 1024;
  const auto part = sample.first(std::min(sample.size(), enough));
  Bytes compressed(ZSTD_compressBound(part.size()));
  const auto size =
      ZSTD_compress(compressed.data(), compressed.size(), part.data(), part.size(), 1);
  // Less than a sixteenth saved is not worth the time of every reader.
  return ZSTD_isError(size) == 0U && size < part.size() - part.size() / 16;
}

}  // namespace keepsake::vault
