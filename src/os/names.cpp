// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/names.h"

#include "os/root.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace keepsake::os {

namespace {

int look_for(const Place& place) {
  struct stat status{};
  const int result =
      fstatat(place.folder.number(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW);
  return result == 0 ? 0 : errno;
}

int unlink(const Place& place, int flags) {
  return unlinkat(place.folder.number(), place.name.c_str(), flags) == 0 ? 0 : errno;
}

}  // namespace

int rename_over(const Place& from, const Place& to) {
  const int result =
      renameat(from.folder.number(), from.name.c_str(), to.folder.number(), to.name.c_str());
  return result == 0 ? 0 : errno;
}

int rename_to_free_name(const Place& from, const Place& to) {
  const int result = renameat2(from.folder.number(),
                               from.name.c_str(),
                               to.folder.number(),
                               to.name.c_str(),
                               RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) return rename_in_steps(from, to);
  return result == 0 ? 0 : errno;
}

int rename_in_steps(const Place& from, const Place& to) {
  const int linked = link_as(from, to);
  if (linked == 0) return unlink(from, 0);
  if (linked == EEXIST) return EEXIST;
  const int seen = look_for(to);
  if (seen == 0) return EEXIST;
  return seen == ENOENT ? rename_over(from, to) : seen;
}

int link_as(const Place& from, const Place& to) {
  const int result =
      linkat(from.folder.number(), from.name.c_str(), to.folder.number(), to.name.c_str(), 0);
  return result == 0 ? 0 : errno;
}

int remove_name(const Place& place) {
  const int error = unlink(place, 0);
  return error == EISDIR ? unlink(place, AT_REMOVEDIR) : error;
}

}  // namespace keepsake::os
