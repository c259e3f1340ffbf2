// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/home.h"

#include <system_error>

namespace keepsake::job {

Result<std::unique_ptr<Home>> Home::open(const HomePaths& paths,
                                         Access access,
                                         os::Clock& clock,
                                         Outside outside) {
  std::unique_ptr<Home> home(new Home(paths, clock, std::move(outside)));
  if (access == Access::writing) {
    auto lock = os::FileLock::take(paths.lock);
    if (!lock && lock.error().cause == Cause::locked)
      return fail(Error{Cause::locked,
                        "another keepsake is running with these settings; wait until it is done",
                        {},
                        Scope::run});
    if (!lock) return fail(std::move(lock).error());
    home->lock_ = *std::move(lock);
    catalog::Catalog::remove(home->new_catalog_file());
  }
  TRY(home->read_settings());
  return home;
}

std::filesystem::path Home::new_catalog_file() const {
  return paths_.catalog.string() + ".rebuilding";
}

Result<> Home::read_settings() {
  settings_ = TRY(settings_file().read().map_error(reaching(Scope::run)));
  return {};
}

Result<catalog::Catalog*> Home::catalog() {
  if (!catalog_) catalog_ = TRY(catalog::Catalog::open(paths_.catalog, clock_));
  return catalog_.get();
}

Result<std::unique_ptr<os::Folder>> Home::state_of(const Id128& place) const {
  TRY(os::make_folder(paths_.state));
  return os::make_folder(paths_.state / place.hex());
}

void Home::forget_state_of(const Id128& place) const {
  std::error_code ignored;
  std::filesystem::remove_all(paths_.state / place.hex(), ignored);
}

Result<plan::HomeZone> Home::zone() const {
  auto zone = os::TimeZone::of_system();
  if (settings_.zone) zone = TRY(os::TimeZone::named(*settings_.zone));
  return plan::HomeZone{[zone](Instant instant) { return zone.wall(instant); },
                        [zone](WallTime wall) { return zone.instant(wall); }};
}

}  // namespace keepsake::job
