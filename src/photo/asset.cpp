// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/asset.h"

#include <array>
#include <utility>

namespace keepsake::photo {

namespace {

template <class Value, std::size_t count>
using Names = std::array<std::pair<Value, std::string_view>, count>;

constexpr Names<Kind, 3> kinds{
    {{Kind::photo, "photo"}, {Kind::video, "video"}, {Kind::live, "live"}}};

constexpr Names<Role, 7> roles{{{Role::original, "original"},
                                {Role::raw, "raw"},
                                {Role::live_video, "live-video"},
                                {Role::edited, "edited"},
                                {Role::edited_live_video, "edited-live-video"},
                                {Role::adjustment, "adjustment"},
                                {Role::sidecar, "sidecar"}}};

constexpr Names<TakenFrom, 9> origins{{{TakenFrom::library, "library"},
                                       {TakenFrom::service, "service"},
                                       {TakenFrom::exif, "exif"},
                                       {TakenFrom::gps, "gps"},
                                       {TakenFrom::xmp, "xmp"},
                                       {TakenFrom::iptc, "iptc"},
                                       {TakenFrom::quicktime, "quicktime"},
                                       {TakenFrom::sidecar, "sidecar"},
                                       {TakenFrom::name, "name"}}};

constexpr Names<Shelf, 5> shelves{{{Shelf::visible, "visible"},
                                   {Shelf::hidden, "hidden"},
                                   {Shelf::shared_library, "shared-library"},
                                   {Shelf::shared_album, "shared-album"},
                                   {Shelf::recently_deleted, "recently-deleted"}}};

template <class Value, std::size_t count>
std::string_view name_in(const Names<Value, count>& names, Value wanted) {
  for (const auto& [value, text] : names)
    if (value == wanted) return text;
  return {};
}

template <class Value, std::size_t count>
std::optional<Value> value_in(const Names<Value, count>& names, std::string_view wanted) {
  for (const auto& [value, text] : names)
    if (text == wanted) return value;
  return std::nullopt;
}

}  // namespace

std::string_view name(Kind kind) { return name_in(kinds, kind); }

std::string_view name(Role role) { return name_in(roles, role); }

std::string_view name(TakenFrom from) { return name_in(origins, from); }

std::string_view name(Shelf shelf) { return name_in(shelves, shelf); }

std::optional<Kind> kind_named(std::string_view name) { return value_in(kinds, name); }

std::optional<Role> role_named(std::string_view name) { return value_in(roles, name); }

std::optional<TakenFrom> taken_from_named(std::string_view name) { return value_in(origins, name); }

std::optional<Shelf> shelf_named(std::string_view name) { return value_in(shelves, name); }

}  // namespace keepsake::photo
