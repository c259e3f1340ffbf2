// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

/// curl's handles, closed at the brace; for the sources of this room.
namespace keepsake::net::curl {

struct Closer {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }

  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct MultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

using Easy = std::unique_ptr<CURL, Closer>;
using List = std::unique_ptr<curl_slist, Closer>;
using Multi = std::unique_ptr<CURLM, MultiCloser>;

/// Once in a process, before any thread uses curl.
void prepare();

/// An option that this version of curl has and a value that it takes.
template <class Value>
void set(const Easy& easy, CURLoption option, Value value) {
  expect(curl_easy_setopt(easy.get(), option, value) == CURLE_OK, "curl knows the option");
}

/// Why a transfer ended without a whole answer; `detail` is what curl says beyond the code.
Error error_of(CURLcode code, std::string_view detail);

}  // namespace keepsake::net::curl
