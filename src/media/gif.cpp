// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/gif.h"

#include "media/xmp.h"

#include <algorithm>
#include <string_view>

namespace keepsake::media {

namespace {

constexpr std::uint64_t most_packet = 1U << 20U;
constexpr int most_blocks = 200000;  ///< of pictures and extensions together

/// The bytes of a colour table, by the flags that announce it.
std::uint64_t table_size(std::uint64_t flags) {
  return (flags & 0x80U) == 0 ? 0 : std::uint64_t{3} << ((flags & 7U) + 1);
}

/// Walks the blocks of a GIF: what follows the header and its colour table.
class Blocks {
 public:
  explicit Blocks(Part file) : file_(file) { position_ = 13 + table_size(file.u8(10).value_or(0)); }

  /// False at the end.
  bool next(Findings& findings) {
    const auto introducer = file_.u8(position_).value_or(0x3B);
    if (introducer == 0x21) {
      see_extension(findings);
    } else if (introducer == 0x2C) {
      position_ += 11 + table_size(file_.u8(position_ + 9).value_or(0));
    } else {
      return false;
    }
    return skip_sub_blocks();
  }

 private:
  void see_extension(Findings& findings) {
    if (!has_xmp_ && file_.has(position_ + 1, "\xFF\x0BXMP DataXMP")) {
      has_xmp_ = true;
      const auto rest = file_.from(position_ + 14);
      const auto all = rest.bytes(0, std::min(rest.size(), most_packet));
      const auto text = text_of(all);
      const auto end = text.find("<?xpacket end=");
      const auto close = text.find("?>", std::min(end, text.size()));
      if (close != std::string_view::npos) read_xmp(all.first(close + 2), findings.xmp);
    }
    position_ += 2;
  }

  bool skip_sub_blocks() {
    while (++skipped_ < most_blocks) {
      const auto length = file_.u8(position_);
      if (!length) return false;
      position_ += 1 + *length;
      if (*length == 0) return true;
    }
    return false;
  }

  Part file_;
  std::uint64_t position_ = 0;
  int skipped_ = 0;
  bool has_xmp_ = false;
};

}  // namespace

void read_gif(Part file, Findings& findings) {
  Blocks blocks(file);
  while (blocks.next(findings)) {
  }
}

}  // namespace keepsake::media
