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

/// A file that is stored in parts, and not whole yet.
struct Upload {
  std::string key;
  std::string id;
  std::string begun;  ///< RFC 3339, by the server's clock
};

/// The id that an upload in parts was given. Causes: corrupt.
Result<std::string> read_upload_id(std::string_view text);

/// Causes: corrupt.
Result<std::vector<Upload>> read_uploads(std::string_view text);

/// The tag of a part that was copied at the server. Causes: corrupt.
Result<std::string> read_copied_part(std::string_view text);

/// What ends an upload: the tags of its parts in their order, none with '<' or '&'.
std::string list_of_parts(const std::vector<std::string>& tags);

/// What a refusal says; empty where it says nothing.
struct Complaint {
  std::string code;    ///< "NoSuchBucket"
  std::string region;  ///< the one it should have been asked with
};

Complaint read_complaint(std::string_view text);

}  // namespace keepsake::storage::s3
