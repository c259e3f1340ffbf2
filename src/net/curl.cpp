// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curl.h"

#include <fmt/format.h>

namespace keepsake::net::curl {

namespace {

Cause cause_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Cause::timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
      return Cause::denied;
    case CURLE_OUT_OF_MEMORY:
      return Cause::internal;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return Cause::invalid;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
      return Cause::corrupt;
    default:
      return Cause::offline;
  }
}

std::string_view sentence_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "its address cannot be found; is this computer online?";
    case CURLE_COULDNT_CONNECT:
      return "no connection to it can be made";
    case CURLE_OPERATION_TIMEDOUT:
      return "it does not answer";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "it cannot prove who it is (its certificate is not trusted); nothing was sent";
    default:
      return "the connection broke";
  }
}

}  // namespace

void prepare() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  expect(prepared == CURLE_OK, "curl can be used");
}

Error error_of(CURLcode code, std::string_view detail) {
  const std::string_view said = detail.empty() ? curl_easy_strerror(code) : detail;
  return Error{cause_of(code), fmt::format("{} ({})", sentence_of(code), said), {}, Scope::asset};
}

}  // namespace keepsake::net::curl
