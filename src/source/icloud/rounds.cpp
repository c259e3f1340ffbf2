// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/rounds.h"

#include "source/icloud/replies.h"

#include <functional>
#include <string>

namespace keepsake::source::icloud {

namespace {

// A photo that changes while changes are read is on several pages in a row, but on no more.
constexpr int most_repeats = 10;
// Long runs of pages without records are usual where much was removed: 200 places of it each.
constexpr int most_empty = 10'000;

/// Equal for pages of the same records in the same order; 0 for one without any.
std::size_t fingerprint(const Page& page) {
  std::string names;
  const auto add = [&](const std::string& name) { names.append(name).push_back('\0'); };
  for (const auto& asset : page.assets) add(asset.name);
  for (const auto& master : page.masters) add(master.name);
  for (const auto& album : page.albums) add(album.name);
  for (const auto& member : page.members) add(name_of_member(member.asset, member.album));
  for (const auto& name : page.purged) add(name);
  return names.empty() ? 0 : std::hash<std::string>()(names);
}

}  // namespace

Result<> Rounds::note(const Page& page) {
  const auto now = fingerprint(page);
  empty_ = now == 0 ? empty_ + 1 : 0;
  repeats_ = now != 0 && now == last_ ? repeats_ + 1 : 0;
  last_ = now;
  if (repeats_ < most_repeats && empty_ < most_empty) return {};
  return fail(problem(Cause::corrupt,
                      "iCloud's list of this library goes round and round and does not end; the "
                      "next run asks for it again"));
}

}  // namespace keepsake::source::icloud
