// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "storage/storage.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What S3 servers answer, as XML. Namespaces do not matter: servers differ in them.
namespace keepsake::storage::s3 {

/// A page of a list of the second version (ListObjectsV2), asked for with encoding-type=url.
struct ListPage {
  std::vector<Listed> files;        ///< named by their whole keys
  std::optional<std::string> next;  ///< the token of the page after it
};

/// Causes: corrupt.
Result<ListPage> read_list_page(std::string_view text);

/// What a refusal says; empty where it says nothing.
struct Complaint {
  std::string code;    ///< "NoSuchBucket"
  std::string region;  ///< the one it should have been asked with
};

Complaint read_complaint(std::string_view text);

}  // namespace keepsake::storage::s3
