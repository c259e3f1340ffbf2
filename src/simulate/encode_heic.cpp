// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/encode.h"
#include "simulate/exif.h"

#include <libheif/heif.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace keepsake::simulate {
namespace {

constexpr int quality = 60;

template <auto release>
struct Closer {
  template <class T>
  void operator()(T* handle) const {
    release(handle);
  }
};

using Context = std::unique_ptr<heif_context, Closer<heif_context_free>>;
using Encoder = std::unique_ptr<heif_encoder, Closer<heif_encoder_release>>;
using Image = std::unique_ptr<heif_image, Closer<heif_image_release>>;
using Handle = std::unique_ptr<heif_image_handle, Closer<heif_image_handle_release>>;

Result<> done(const heif_error& error) {
  if (error.code == heif_error_Ok) return {};
  return fail(Cause::unsupported, "libheif cannot encode: {}", error.message);
}

Result<Image> image_of(const Canvas& canvas) {
  const auto width = static_cast<int>(canvas.width);
  const auto height = static_cast<int>(canvas.height);
  heif_image* raw = nullptr;
  TRY(done(
      heif_image_create(width, height, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &raw)));
  Image image(raw);
  TRY(done(heif_image_add_plane(raw, heif_channel_interleaved, width, height, 8)));
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(raw, heif_channel_interleaved, &stride);
  const std::size_t row = std::size_t{3} * canvas.width;
  for (std::size_t y = 0; y < canvas.height; ++y)
    std::copy_n(canvas.pixels.data() + y * row, row, plane + y * static_cast<std::size_t>(stride));
  return image;
}

heif_error append(heif_context*, const void* data, std::size_t size, void* bytes) {
  const auto piece = std::span(static_cast<const std::byte*>(data), size);
  auto& written = *static_cast<Bytes*>(bytes);
  written.insert(written.end(), piece.begin(), piece.end());
  return {heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

Result<> describe(heif_context* context, const heif_image_handle* picture, const Shot& shot) {
  const Bytes exif = exif_block(shot);
  TRY(done(heif_context_add_exif_metadata(
      context, picture, exif.data(), static_cast<int>(exif.size()))));
  const std::string xmp = xmp_packet(shot);
  if (xmp.empty()) return {};
  return done(
      heif_context_add_XMP_metadata(context, picture, xmp.data(), static_cast<int>(xmp.size())));
}

}  // namespace

Result<Bytes> encode_heic(const Canvas& canvas, const Shot& shot) {
  const Context context(heif_context_alloc());
  heif_encoder* raw_encoder = nullptr;
  TRY(done(
      heif_context_get_encoder_for_format(context.get(), heif_compression_HEVC, &raw_encoder)));
  const Encoder encoder(raw_encoder);
  TRY(done(heif_encoder_set_lossy_quality(raw_encoder, quality)));
  TRY(done(heif_encoder_set_parameter_string(raw_encoder, "preset", "ultrafast")));
  const Image image = TRY(image_of(canvas));
  heif_image_handle* raw_handle = nullptr;
  TRY(done(
      heif_context_encode_image(context.get(), image.get(), raw_encoder, nullptr, &raw_handle)));
  const Handle handle(raw_handle);
  TRY(describe(context.get(), raw_handle, shot));
  Bytes written;
  heif_writer writer{1, append};
  TRY(done(heif_context_write(context.get(), &writer, &written)));
  return written;
}

}  // namespace keepsake::simulate
