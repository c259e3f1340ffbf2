// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/eject.h"

#include "job/exit_code.h"
#include "job/places.h"

namespace keepsake::job {

Result<std::optional<os::Ejected>> eject(Home& home, const std::string& name) {
  const auto chosen = TRY(chosen_destinations(home.settings(), {name}));
  const storage::DrivePlace* const place = chosen.front().location.on_drive();
  if (place == nullptr)
    return misuse(
        "the destination '{}' is not on a drive of its own; one that is was added as "
        "drive:UUID/folder",
        name);
  const auto drive = TRY(os::find_drive(place->drive));
  if (!drive || drive->mounts.empty()) return std::nullopt;
  const auto ejected = TRY(os::eject_drive(*drive));
  return ejected;
}

}  // namespace keepsake::job
