// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "simulate/canvas.h"
#include "simulate/shot.h"

/// Real pictures. The only place that links picture libraries, and only into the generator.
namespace keepsake::simulate {

/// A JPEG without any metadata (libjpeg).
Bytes encode_jpeg(const Canvas& canvas);

/// A HEIC with the shot's EXIF and XMP (libheif with x265). Causes: unsupported without an encoder.
Result<Bytes> encode_heic(const Canvas& canvas, const Shot& shot);

/// A DNG: the canvas seen through a sensor's colour filter, uncompressed (Adobe DNG 1.4).
Bytes encode_dng(const Canvas& canvas, const Shot& shot);

}  // namespace keepsake::simulate
