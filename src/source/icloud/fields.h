// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::source::icloud {

/// The fields of a kept record (record_text.h), read as leniently as Apple writes them: whatever is
/// missing, null or of another type is not there.
class Fields {
 public:
  Fields() = default;

  explicit Fields(const json::object& fields) : fields_(fields) {}

  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }

  /// Whole numbers; true and false count as 1 and 0.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
  [[nodiscard]] std::optional<double> real(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;

  [[nodiscard]] bool is_on(std::string_view name) const { return number(name).value_or(0) != 0; }

  /// Of a field "…Enc": it is in base64, but for those that say they are plain text.
  [[nodiscard]] std::optional<Bytes> bytes(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> encoded_text(std::string_view name) const;

  /// A file: "resOriginal" asks for `resOriginalRes` and what stands beside it.
  struct Resource {
    std::string type;  ///< such as "public.heic"; empty where it does not say
    std::optional<ByteCount> size;
    std::optional<AppleChecksum> checksum;
    std::string checksum_text;  ///< as it came; empty where none did
  };

  [[nodiscard]] std::optional<Resource> resource(std::string_view prefix) const;

 private:
  [[nodiscard]] std::optional<json::element> find(std::string_view name) const;

  std::optional<json::object> fields_;
};

}  // namespace keepsake::source::icloud
