// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/places.h"

#include "base/text.h"
#include "source/photos_library/members.h"

#include <utility>

namespace keepsake::source::photos {

namespace {

/// What is positively no file to read, as opposed to what could not be looked at.
bool is_no_file(const Error& error) {
  return error.cause == Cause::not_found || error.cause == Cause::invalid;
}

}  // namespace

Result<Places::Spot> Places::spot(std::string_view place) {
  if (!is_outside(place)) {
    auto path = TRY(RelativePath::parse(place));
    return Spot{bundle_.get(), std::move(path)};
  }
  auto path = TRY(RelativePath::parse(place.substr(1)));
  if (!machine_) machine_ = TRY(os::open_folder("/"));
  return Spot{machine_.get(), std::move(path)};
}

Result<std::optional<FoundFile>> Places::find(std::string_view place) {
  const auto at = TRY(spot(place));
  auto entry = at.folder->look(at.path);
  if (!entry && !is_no_file(entry.error())) return fail(entry.error());
  if (!entry || !*entry)
    return is_outside(place) ? find_in_other_form(place) : Result<std::optional<FoundFile>>();
  if ((*entry)->type != os::Entry::Type::file) return std::nullopt;
  return FoundFile{std::string(place), **std::move(entry)};
}

/// Disks of a Mac, and copies of them, write letters with marks in one form or the other.
Result<std::optional<FoundFile>> Places::find_in_other_form(std::string_view place) {
  const auto at = TRY(spot(place));
  const auto wanted = to_nfc(at.path.name());
  bool plain = true;
  for (const char letter : wanted) plain = plain && static_cast<unsigned char>(letter) < 0x80;
  if (plain) return std::nullopt;
  const auto entries = at.folder->list(at.path.folder());
  if (!entries) {
    if (is_no_file(entries.error())) return std::nullopt;
    return fail(entries.error());
  }
  for (const os::Entry& entry : *entries)
    if (entry.type == os::Entry::Type::file && to_nfc(entry.name) == wanted)
      return FoundFile{"/" + (at.path.folder() / entry.name).text(), entry};
  return std::nullopt;
}

Result<std::unique_ptr<os::InFile>> Places::open(std::string_view place) {
  const auto at = TRY(spot(place));
  return at.folder->open(at.path, os::Reading::cached);
}

}  // namespace keepsake::source::photos
