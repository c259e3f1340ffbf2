// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/wanted.h"

#include <algorithm>
#include <array>

namespace keepsake::source::icloud {

namespace {

constexpr std::array<std::string_view, 6> files{"resOriginal",
                                                "resOriginalAlt",
                                                "resOriginalVidCompl",
                                                "resJPEGFull",
                                                "resVidFull",
                                                "resSidecar"};

// Of each of the files above, in their order.
constexpr std::array<std::string_view, 6> file_addresses{"resOriginalRes",
                                                         "resOriginalAltRes",
                                                         "resOriginalVidComplRes",
                                                         "resJPEGFullRes",
                                                         "resVidFullRes",
                                                         "resSidecarRes"};

constexpr std::array<std::string_view, 24> file_facts{"resOriginalFileType",
                                                      "resOriginalFingerprint",
                                                      "resOriginalFileSize",
                                                      "resOriginalWidth",
                                                      "resOriginalHeight",
                                                      "resOriginalAltFileType",
                                                      "resOriginalAltFingerprint",
                                                      "resOriginalAltFileSize",
                                                      "resOriginalVidComplFileType",
                                                      "resOriginalVidComplFingerprint",
                                                      "resOriginalVidComplFileSize",
                                                      "resJPEGFullFileType",
                                                      "resJPEGFullFingerprint",
                                                      "resJPEGFullFileSize",
                                                      "resJPEGFullWidth",
                                                      "resJPEGFullHeight",
                                                      "resVidFullFileType",
                                                      "resVidFullFingerprint",
                                                      "resVidFullFileSize",
                                                      "resVidFullWidth",
                                                      "resVidFullHeight",
                                                      "resSidecarFileType",
                                                      "resSidecarFingerprint",
                                                      "resSidecarFileSize"};

constexpr std::array<std::string_view, 68> facts{"recordName",
                                                 "recordType",
                                                 "recordChangeTag",
                                                 "masterRef",
                                                 "itemType",
                                                 "dataClassType",
                                                 "filenameEnc",
                                                 "originalOrientation",
                                                 "originalCreationDate",
                                                 "importDate",
                                                 "importedBy",
                                                 "importedByBundleIdentifierEnc",
                                                 "importedByDisplayNameEnc",
                                                 "importGroupId",
                                                 "videoFrameRate",
                                                 "isDeleted",
                                                 "isExpunged",
                                                 "dateExpunged",
                                                 "trashReason",
                                                 "deletedBy",
                                                 "contributors",
                                                 "assetDate",
                                                 "addedDate",
                                                 "mostRecentAddedDate",
                                                 "timeZoneOffset",
                                                 "timeZoneNameEnc",
                                                 "isFavorite",
                                                 "isHidden",
                                                 "orientation",
                                                 "duration",
                                                 "assetSubtype",
                                                 "assetSubtypeV2",
                                                 "assetHDRType",
                                                 "burstFlags",
                                                 "burstFlagsExt",
                                                 "burstId",
                                                 "captionEnc",
                                                 "extendedDescEnc",
                                                 "keywordsEnc",
                                                 "locationEnc",
                                                 "locationV2Enc",
                                                 "locationLatitude",
                                                 "locationLongitude",
                                                 "adjustmentType",
                                                 "adjustmentRenderType",
                                                 "adjustmentSourceType",
                                                 "adjustmentCreatorCode",
                                                 "adjustmentCompoundVersion",
                                                 "adjustmentSimpleDataEnc",
                                                 "adjustmentTimestampEnc",
                                                 "otherAdjustmentsFingerprint",
                                                 "originalChoice",
                                                 "vidComplDurValue",
                                                 "vidComplDurScale",
                                                 "vidComplDispValue",
                                                 "vidComplDispScale",
                                                 "vidComplVisibilityState",
                                                 "customRenderedValue",
                                                 "containerId",
                                                 "itemId",
                                                 "position",
                                                 "isKeyAsset",
                                                 "albumNameEnc",
                                                 "albumType",
                                                 "parentId",
                                                 "sortType",
                                                 "sortAscending",
                                                 "remappedRef"};

std::vector<std::string_view> all_fields() {
  std::vector<std::string_view> all(facts.begin(), facts.end());
  all.insert(all.end(), file_addresses.begin(), file_addresses.end());
  all.insert(all.end(), file_facts.begin(), file_facts.end());
  return all;
}

}  // namespace

bool is_wanted_file(std::string_view prefix) {
  return std::find(files.begin(), files.end(), prefix) != files.end();
}

const std::vector<std::string_view>& wanted_fields() {
  static const std::vector<std::string_view> fields = all_fields();
  return fields;
}

const std::vector<std::string_view>& address_fields() {
  static const std::vector<std::string_view> fields(file_addresses.begin(), file_addresses.end());
  return fields;
}

}  // namespace keepsake::source::icloud
