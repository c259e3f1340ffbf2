// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/failure.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace keepsake;

TEST_CASE("each of the system's errors has the cause that decides what happens next") {
  struct Row {
    int error;
    Cause cause;
  };

  const Row rows[] = {{ENOSPC, Cause::full},
                      {EDQUOT, Cause::full},
                      {EFBIG, Cause::unsupported},
                      {EACCES, Cause::denied},
                      {EPERM, Cause::denied},
                      {EROFS, Cause::read_only},
                      {ENOENT, Cause::not_found},
                      {EEXIST, Cause::conflict},
                      {ELOOP, Cause::invalid},
                      {ENOTDIR, Cause::invalid},
                      {EXDEV, Cause::invalid},
                      {EIO, Cause::internal},
                      {ENODEV, Cause::absent},
                      {ESTALE, Cause::absent},
                      {EOPNOTSUPP, Cause::unsupported},
                      {ENOMEM, Cause::internal}};
  for (const auto& [error, cause] : rows) {
    CAPTURE(error);
    CHECK(os::cause_of(error) == cause);
  }
}

TEST_CASE("a failure says what did not work, why, and where") {
  const auto failure = os::failed(EIO, "it cannot be read", "/media/drive/a\xff.jpg").value();

  CHECK(failure.message() ==
        "/media/drive/a\\xFF.jpg: it cannot be read: the disk reports a read or write error "
        "(Input/output error)");
}
