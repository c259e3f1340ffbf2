// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

/// How Apple's records are kept: as they say it, without what changes by itself (addresses, tags,
/// times of changes) and without the previews. Keys are sorted, so the same record is the same
/// text.
///
///   CPLMaster, CPLAsset   {"created":<ms>,"fields":{…},"recordName":"…"}
///   a field               its value; {"type":"STRING","value":…} where a name in "Enc" is plain
///   text a file                {"fileChecksum":"…","size":…} a reference           the name of the
///   record that it refers to a photo as a whole    {"asset":{…},"master":{…}}
namespace keepsake::source::icloud {

/// The text of one record as it came.
std::string kept_text(const json::object& record);

/// A photo's two halves as one document; either may be empty.
std::string joined(std::string_view asset, std::string_view master);

/// The half of that name in such a document; empty where it has none.
std::string half_of(std::string_view document, std::string_view half);

}  // namespace keepsake::source::icloud
