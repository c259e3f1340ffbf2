// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/endpoints.h"

#include <fmt/format.h>

namespace keepsake::source::icloud {

namespace {

constexpr std::string_view idms_path = "/appleauth/auth";
constexpr std::string_view setup_path = "/setup/ws/1";

/// An address without a path means the usual one.
Result<net::Url> chosen(const std::optional<std::string>& elsewhere,
                        const std::string& usual_host,
                        std::string_view usual_path) {
  if (!elsewhere) return net::Url::parse(fmt::format("https://{}{}", usual_host, usual_path));
  auto url = TRY(net::Url::parse(*elsewhere).map_error(in(*elsewhere)));
  if (!url.is_loopback())
    return fail(Error{Cause::invalid,
                      "a sign-in can only be sent elsewhere on this machine; nothing was sent",
                      url.shown(),
                      Scope::run});
  if (url.target() == "/") return url.at(usual_path);
  const auto& target = url.target();
  return target.ends_with('/') ? url.at(target.substr(0, target.size() - 1)) : url;
}

}  // namespace

std::string_view name(Domain domain) { return domain == Domain::com ? "com" : "cn"; }

std::optional<Domain> domain_named(std::string_view name) {
  if (name == "com") return Domain::com;
  if (name == "cn") return Domain::cn;
  return std::nullopt;
}

Result<Endpoints> endpoints_of(Domain domain, const Elsewhere& elsewhere) {
  const std::string ending = domain == Domain::com ? ".com" : ".com.cn";
  auto idms = TRY(chosen(elsewhere.idms, "idmsa.apple" + ending, idms_path));
  auto setup = TRY(chosen(elsewhere.setup, "setup.icloud" + ending, setup_path));
  auto home = TRY(net::Url::parse("https://www.icloud" + ending));
  return Endpoints{std::move(idms), std::move(setup), std::move(home)};
}

bool may_give_files(const net::Url& place, const Endpoints& endpoints) {
  return place.is_secure() && (!place.is_loopback() || endpoints.setup.is_loopback());
}

}  // namespace keepsake::source::icloud
