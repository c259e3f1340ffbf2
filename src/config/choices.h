// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"

#include <array>
#include <cstddef>
#include <string_view>

/// The words that settings are chosen from.
namespace keepsake::config {

template <class Value>
struct Choice {
  Value value;
  std::string_view name;
};

template <class Value, std::size_t count>
using Choices = std::array<Choice<Value>, count>;

inline constexpr Choices<SourceKind, 3> source_kinds{
    {{SourceKind::folder, "folder"},
     {SourceKind::photos_library, "photos-library"},
     {SourceKind::icloud, "icloud"}}};
inline constexpr Choices<source::icloud::Domain, 2> domain_choices{
    {{source::icloud::Domain::com, "com"}, {source::icloud::Domain::cn, "cn"}}};
inline constexpr Choices<DestinationKind, 2> destination_kinds{
    {{DestinationKind::folder, "folder"}, {DestinationKind::vault, "vault"}}};
inline constexpr Choices<Albums, 3> albums_choices{
    {{Albums::links, "links"}, {Albums::list, "list"}, {Albums::none, "none"}}};
inline constexpr Choices<Sidecars, 2> sidecars_choices{
    {{Sidecars::none, "none"}, {Sidecars::xmp, "xmp"}}};
inline constexpr Choices<OnSourceDelete, 2> on_source_delete_choices{
    {{OnSourceDelete::keep, "keep"}, {OnSourceDelete::quarantine, "quarantine"}}};

inline constexpr Choices<Confirm, 2> confirm_choices{
    {{Confirm::size, "size"}, {Confirm::read, "read"}}};

inline constexpr Choices<Secrets, 2> secrets_choices{
    {{Secrets::file, "file"}, {Secrets::keyring, "keyring"}}};

/// Words that settings may hold one day. Who writes them today hears that, not "did you mean".
inline constexpr std::array<std::string_view, 5> later_words{
    "amazon-photos", "apple-export", "dropbox", "google-photos", "takeout"};

}  // namespace keepsake::config
