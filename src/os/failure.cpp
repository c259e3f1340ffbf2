// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/failure.h"

#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"

#include <fmt/core.h>
#include <tl/expected.hpp>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace keepsake::os {

namespace {

/// In plain words; the system's own follow in brackets.
std::string_view words(int error) {
  switch (cause_of(error)) {
    case Cause::full:
      return "no room is left";
    case Cause::denied:
      return "this program is not permitted to";
    case Cause::read_only:
      return "this drive can only be read";
    case Cause::not_found:
      return "nothing is there";
    case Cause::conflict:
      return "the name is taken";
    case Cause::absent:
      return "the drive or folder went away";
    case Cause::locked:
      return "something else is using it";
    case Cause::unsupported:
      return error == EFBIG ? "it is too large for this file system"
                            : "this file system has no such thing";
    case Cause::invalid:
      return "this is not a path that can be used here";
    default:
      return error == EIO ? "the disk reports a read or write error" : "the system refuses";
  }
}

}  // namespace

Cause cause_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return Cause::full;
    case EACCES:
    case EPERM:
      return Cause::denied;
    case EROFS:
      return Cause::read_only;
    case ENOENT:
      return Cause::not_found;
    case EEXIST:
    case ENOTEMPTY:
      return Cause::conflict;
    case ENODEV:
    case ENXIO:
    case ESTALE:
    case ENOTCONN:
    case ECONNABORTED:  // of a file system whose program (FUSE) has died
      return Cause::absent;
    case EBUSY:
    case ETXTBSY:
    case EAGAIN:
      return Cause::locked;
    case EFBIG:
    case EOPNOTSUPP:
    case ENOSYS:
      return Cause::unsupported;
    case ELOOP:         // a link where none is followed
    case EXDEV:         // a path that leads out of its folder
    case ENOTDIR:       // a file in the middle of a path
    case EISDIR:        // a folder where a file should be
    case ENAMETOOLONG:  // a name that this file system cannot hold; so for the next two
    case EILSEQ:
    case EINVAL:
      return Cause::invalid;
    default:
      return Cause::internal;
  }
}

tl::unexpected<Error> failed(int error,
                             std::string_view attempt,
                             const std::filesystem::path& where) {
  auto what =
      fmt::format("{}: {} ({})", attempt, words(error), std::generic_category().message(error));
  return fail(Error{cause_of(error), std::move(what), shown(where.native()), Scope::asset});
}

tl::unexpected<Error> no_regular_file(const std::filesystem::path& where) {
  return fail(
      Error{Cause::invalid, "this is no regular file", shown(where.native()), Scope::asset});
}

int or_unsupported(int error) {
  switch (error) {
    case EPERM:   // FAT and exFAT, of second names and of links
    case EXDEV:   // the two lie on different file systems
    case EMLINK:  // it has as many names as it can have
    case EINVAL:
    case ENOTTY:
    case ENOSYS:
      return EOPNOTSUPP;
    default:
      return error;
  }
}

}  // namespace keepsake::os
