// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/encode.h"

#include <jpeglib.h>

#include <cstddef>
#include <cstdio>  // jpeglib.h needs it and does not say so
#include <cstdlib>
#include <memory>
#include <span>

namespace keepsake::simulate {
namespace {

constexpr int quality = 85;

/// Our own canvas cannot be wrong, so libjpeg has nothing to complain about but memory.
void give_up(j_common_ptr) { expect(false, "libjpeg encodes what we draw"); }

}  // namespace

Bytes encode_jpeg(const Canvas& canvas) {
  jpeg_error_mgr errors{};
  jpeg_compress_struct encoder{};
  encoder.err = jpeg_std_error(&errors);
  errors.error_exit = give_up;
  jpeg_create_compress(&encoder);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &buffer, &size);
  encoder.image_width = canvas.width;
  encoder.image_height = canvas.height;
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  std::vector<std::uint8_t> row(std::size_t{3} * canvas.width);
  for (std::uint32_t y = 0; y < canvas.height; ++y) {
    const auto pixels = std::span(canvas.pixels).subspan(y * row.size(), row.size());
    row.assign(pixels.begin(), pixels.end());  // libjpeg wants them writable
    JSAMPROW line = row.data();
    jpeg_write_scanlines(&encoder, &line, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(buffer, &std::free);
  const auto bytes = std::as_bytes(std::span(buffer, size));
  return {bytes.begin(), bytes.end()};
}

}  // namespace keepsake::simulate
