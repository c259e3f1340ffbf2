// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keepsake {

/// Without the blanks and NULs around it.
std::string_view trimmed(std::string_view text);

// Letters of ASCII only; all other bytes stay.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

bool is_utf8(std::string_view text);

/// Unicode normalisation form C. Text that is not UTF-8 comes back as it is.
std::string to_nfc(std::string_view text);

/// The form in which two names count as equal on every file system: NFC and case-folded.
/// Text that is not UTF-8 has only its ASCII letters folded.
std::string folded(std::string_view text);

/// Bytes as text for people and JSON. UTF-8 comes back as it is; in anything else each byte that is
/// not part of a valid sequence becomes `\xNN` and a backslash becomes `\\`.
std::string shown(std::string_view bytes);

/// The bytes that `shown` made the text from. Text without a valid `\xNN` comes back as it is.
std::string unshown(std::string_view text);

/// Whether text matches a pattern in which `*` stands for any run and `?` for one byte; both are
/// compared as they are given (fold them before). Runs in time pattern x text at worst.
bool matches_glob(std::string_view pattern, std::string_view text);

/// The nearest of several words to a mistyped one, for "did you mean"; nothing when none is near.
std::optional<std::string> nearest(std::string_view word,
                                   const std::string* begin,
                                   const std::string* end);

}  // namespace keepsake
