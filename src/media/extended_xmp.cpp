// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/extended_xmp.h"

#include "media/xmp.h"

#include <algorithm>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr auto chunk_name = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr std::uint64_t guid_length = 32;
constexpr std::uint64_t most_whole = 8U << 20U;

}  // namespace

void ExtendedXmp::add(const Part& segment) {
  if (!segment.has(0, chunk_name)) return;
  const auto header = segment.from(chunk_name.size());
  const std::string guid(text_of(header.bytes(0, guid_length)));
  const auto length = header.u32(guid_length);
  const auto place = header.u32(guid_length + 4);
  if (guid.empty() || !length || !place || *length > most_whole) return;
  if (guid_.empty()) {
    guid_ = guid;
    whole_.resize(*length);
  }
  const auto data = header.from(guid_length + 8).all();
  if (guid != guid_ || *place > whole_.size() || data.size() > whole_.size() - *place) return;
  std::copy(data.begin(), data.end(), whole_.begin() + static_cast<std::ptrdiff_t>(*place));
  received_ += data.size();
}

void ExtendedXmp::finish(Xmp& xmp) const {
  if (!whole_.empty() && received_ >= whole_.size() && xmp.extension == guid_)
    read_xmp(whole_, xmp);
}

}  // namespace keepsake::media
