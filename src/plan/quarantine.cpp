// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/quarantine.h"

#include "photo/quarantine.h"
#include "plan/backup.h"

namespace keepsake::plan {

namespace {

bool belongs_in_quarantine(const photo::Account& account, const photo::KeptFile& file) {
  if (!account.gone_at || photo::is_in_quarantine(file.path) || is_put_aside(file)) return false;
  return !file.asked_back_at || *file.asked_back_at < *account.gone_at;
}

template <class Belongs>
std::vector<std::size_t> files_in(const photo::Account& account,
                                  std::int64_t destination,
                                  const Belongs& belongs) {
  std::vector<std::size_t> found;
  const photo::Standing* standing = account.in(destination);
  if (standing == nullptr) return found;
  for (std::size_t i = 0; i < standing->files.size(); ++i) {
    const photo::KeptFile& file = standing->files[i];
    if (file.version && !file.damaged && belongs(file)) found.push_back(i);
  }
  return found;
}

}  // namespace

std::vector<std::size_t> misplaced(const photo::Account& account,
                                   std::int64_t destination,
                                   OnSourceDelete rule) {
  return files_in(account, destination, [&](const photo::KeptFile& file) {
    if (!account.gone_at) return photo::is_in_quarantine(file.path);
    return rule == OnSourceDelete::quarantine && belongs_in_quarantine(account, file);
  });
}

std::vector<std::size_t> quarantined(const photo::Account& account, std::int64_t destination) {
  return files_in(account, destination, [](const photo::KeptFile& file) {
    return photo::is_in_quarantine(file.path);
  });
}

bool is_overdue(const photo::Account& account, std::int64_t destination, Instant before) {
  const photo::Standing* standing = account.in(destination);
  if (!account.gone_at || standing == nullptr) return false;
  bool any = false;
  for (const photo::KeptFile& file : standing->files) {
    if (!file.version || is_put_aside(file)) continue;
    if (!photo::is_in_quarantine(file.path)) return false;
    if (!file.quarantined_at || *file.quarantined_at >= before) return false;
    any = true;
  }
  return any;
}

}  // namespace keepsake::plan
