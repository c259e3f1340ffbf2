// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/hosts.h"

#include "simulate/icloud/http.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

/// Apple spreads an account's services over machines of different numbers: no host follows from
/// another.
std::string_view host_of(Service service) {
  switch (service) {
    case Service::database:
      return "p61-ckdatabasews.icloud";
    case Service::upload:
      return "p43-uploadphotosws.icloud";
    case Service::upload_images:
      return "p43-uploadimagews.icloud";
    case Service::photos:
      return "p61-photosws.icloud";
    case Service::shared_streams:
      return "p27-sharedstreams.icloud";
    case Service::shared_library:
      return "sharedlibrary.icloud";
    case Service::account:
      return "p61-setup.icloud";
    case Service::push:
      return "p61-pushws.icloud";
    case Service::downloads:
      return "cvws.icloud-content";
  }
  return {};
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

HostAndPort split(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos) return {host, "443"};
  return {host.substr(0, colon), host.substr(colon + 1)};
}

}  // namespace

std::vector<std::string> served_names() {
  std::vector<std::string> names{"localhost", "127.0.0.1"};
  for (const std::string_view domain : {"com", "com.cn"}) {
    for (const std::string_view owner : {"apple", "icloud", "icloud-content"}) {
      names.push_back(fmt::format("{}.{}", owner, domain));
      names.push_back(fmt::format("*.{}.{}", owner, domain));
    }
  }
  return names;
}

std::string_view apple_domain(std::string_view host) {
  const auto name = split(host).host;
  for (const std::string_view domain : {"com", "com.cn"})
    for (const std::string_view owner : {"apple", "icloud", "icloud-content"})
      if (name.ends_with(fmt::format(".{}.{}", owner, domain))) return domain;
  return {};
}

std::string address_of(Service service, const Request& asked) {
  const auto domain = apple_domain(asked.host);
  if (domain.empty()) return "https://" + asked.host;
  return fmt::format("https://{}.{}:{}", host_of(service), domain, split(asked.host).port);
}

std::string cookie_scope(const Request& asked) {
  const auto domain = apple_domain(asked.host);
  if (domain.empty()) return ";Path=/;Secure;HttpOnly";
  return fmt::format(";Path=/;Domain=.icloud.{};Secure;HttpOnly", domain);
}

}  // namespace keepsake::simulate::icloud
