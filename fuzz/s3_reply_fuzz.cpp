// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "storage/s3/login.h"
#include "storage/s3/replies.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto page = storage::s3::read_list_page(text);
  if (page)
    for (const auto& file : page->files) fuzz::must(!file.name.empty());
  static_cast<void>(storage::s3::read_complaint(text));
  static_cast<void>(storage::s3::read_uploads(text));
  static_cast<void>(storage::s3::read_copied_part(text));
  if (const auto id = storage::s3::read_upload_id(text)) fuzz::must(!id->empty());
  static_cast<void>(storage::s3::read_profile(text, "default"));
  return 0;
}
