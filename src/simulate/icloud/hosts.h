// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/http.h"

#include <string>
#include <string_view>
#include <vector>

namespace keepsake::simulate::icloud {

/// The services that an account's data names, each on a host of its own.
enum class Service {
  database,
  upload,
  upload_images,
  photos,
  shared_streams,
  shared_library,
  account,
  push,
  downloads
};

/// Every name that Apple's services are reached by, and those of this machine.
std::vector<std::string> served_names();

/// Whether it is one of Apple's, and which of its two domains: "com", "com.cn", or empty.
std::string_view apple_domain(std::string_view host);

/// The service's address as the one who asked can reach it: beside Apple's name for one who asked
/// by such a name, else wherever this was asked.
std::string address_of(Service service, const Request& asked);

/// What a cookie of iCloud ends with, so that it comes back to all services.
std::string cookie_scope(const Request& asked);

}  // namespace keepsake::simulate::icloud
