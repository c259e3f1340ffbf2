// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/authority.h"

#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "simulate/icloud/hosts.h"
#include "simulate/icloud/small_file.h"

#include <filesystem>
#include <system_error>

namespace keepsake::simulate::icloud {

namespace {

/// What `ca.pem` is a copy of.
std::filesystem::path kept(const std::filesystem::path& folder) { return folder / "authority.pem"; }

}  // namespace

Result<> Authority::make(Instant now) const {
  if (std::filesystem::exists(kept(folder))) return {};
  const auto authority = crypto::make_authority("Keepsake simulated iCloud", now);
  const auto server = crypto::make_server_certificate(authority, served_names(), now);
  TRY(write_small_file(key(), server.key.reveal()));
  TRY(write_small_file(certificate(), server.certificate));
  return write_small_file(kept(folder), authority.certificate);
}

Result<> Authority::publish() const {
  std::error_code problem;
  auto beside = published();
  beside += ".new";
  std::filesystem::copy_file(
      kept(folder), beside, std::filesystem::copy_options::overwrite_existing, problem);
  if (!problem) std::filesystem::rename(beside, published(), problem);
  if (problem)
    return fail(Cause::denied, "cannot write {}: {}", published().native(), problem.message());
  return {};
}

void Authority::withdraw() const {
  std::error_code ignored;  // it may not be there
  std::filesystem::remove(published(), ignored);
}

}  // namespace keepsake::simulate::icloud
