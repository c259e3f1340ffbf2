// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/replies.h"

#include "net/url.h"
#include "storage/xml_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace keepsake::storage::s3 {

namespace {

/// As a form encodes: "%C3%A9", and a blank is a plus.
std::optional<std::string> decoded_key(std::string_view text) {
  std::string encoded(text);
  std::ranges::replace(encoded, '+', ' ');
  return net::decoded(encoded);
}

/// The one value that an answer is about.
Result<std::string> needed_value(std::string_view text, std::string_view wanted) {
  std::string found;
  XmlValues values([&](std::string_view path, std::string_view value) {
    if (path == wanted) found = value;
  });
  if (xml::read(text, values) && values.is_whole() && !found.empty()) return found;
  return fail(Cause::corrupt, "the server's answer cannot be understood");
}

}  // namespace

Result<ListPage> read_list_page(std::string_view text) {
  ListPage page;
  Listed file;
  bool is_list = false;
  bool sound = true;
  bool goes_on = false;
  bool has_size = false;
  XmlValues values([&](std::string_view path, std::string_view value) {
    constexpr std::string_view root = "ListBucketResult";
    if (!path.starts_with(root)) return;
    is_list = true;
    path.remove_prefix(root.size());
    if (path == "/IsTruncated") goes_on = value == "true";
    if (path == "/NextContinuationToken") page.next = value;
    if (path == "/Contents/Key") {
      auto key = decoded_key(value);
      sound = sound && key;
      file.name = std::move(key).value_or("");
    } else if (path == "/Contents/Size") {
      const auto [rest, error] = std::from_chars(value.begin(), value.end(), file.size.value);
      has_size = error == std::errc() && rest == value.end();
    } else if (path == "/Contents/") {
      sound = sound && has_size && !file.name.empty();
      page.files.push_back(std::exchange(file, {}));
      has_size = false;
    }
  });
  const bool read = xml::read(text, values);
  if (!read || !values.is_whole() || !is_list || !sound || goes_on != page.next.has_value())
    return fail(Cause::corrupt, "the server's list of files cannot be understood");
  return page;
}

Result<std::string> read_upload_id(std::string_view text) {
  return needed_value(text, "InitiateMultipartUploadResult/UploadId");
}

Result<std::string> read_copied_part(std::string_view text) {
  return needed_value(text, "CopyPartResult/ETag");
}

Result<std::vector<Upload>> read_uploads(std::string_view text) {
  std::vector<Upload> uploads;
  Upload upload;
  bool sound = true;
  XmlValues values([&](std::string_view path, std::string_view value) {
    constexpr std::string_view each = "ListMultipartUploadsResult/Upload/";
    if (!path.starts_with(each)) return;
    path.remove_prefix(each.size());
    if (path == "Key") {
      auto key = decoded_key(value);
      sound = sound && key;
      upload.key = std::move(key).value_or("");
    }
    if (path == "UploadId") upload.id = value;
    if (path == "Initiated") upload.begun = value;
    if (path.empty()) uploads.push_back(std::exchange(upload, {}));
  });
  if (!xml::read(text, values) || !values.is_whole() || !sound)
    return fail(Cause::corrupt, "the server's list of unfinished files cannot be understood");
  return uploads;
}

std::string list_of_parts(const std::vector<std::string>& tags) {
  std::string text = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < tags.size(); ++i)
    text += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, tags[i]);
  return text + "</CompleteMultipartUpload>";
}

Complaint read_complaint(std::string_view text) {
  Complaint complaint;
  XmlValues values([&](std::string_view path, std::string_view value) {
    if (path == "Error/Code") complaint.code = value;
    if (path == "Error/Region") complaint.region = value;
  });
  xml::read(text, values);
  return complaint;
}

}  // namespace keepsake::storage::s3
