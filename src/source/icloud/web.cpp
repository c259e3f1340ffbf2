// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/web.h"

#include <fmt/format.h>

#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr ByteCount most_answer{64 << 20};

/// What the sign-in's page sends, and what it gives back of the last answer.
net::Headers identity_headers(const Endpoints& endpoints,
                              const Tokens& tokens,
                              std::string_view accept) {
  const auto origin = endpoints.idms.origin();
  net::Headers headers{{"Accept", std::string(accept)},
                       {"Content-Type", "application/json"},
                       {"User-Agent", std::string(web_page::user_agent)},
                       {"Origin", origin},
                       {"Referer", origin + "/"},
                       {"X-Apple-Widget-Key", std::string(web_page::widget_key)},
                       {"X-Apple-OAuth-Client-Id", std::string(web_page::widget_key)},
                       {"X-Apple-OAuth-Client-Type", "firstPartyAuth"},
                       {"X-Apple-OAuth-Redirect-URI", endpoints.home.origin()},
                       {"X-Apple-OAuth-Require-Grant-Code", "true"},
                       {"X-Apple-OAuth-Response-Mode", "web_message"},
                       {"X-Apple-OAuth-Response-Type", "code"},
                       {"X-Apple-OAuth-State", tokens.client_id},
                       {"X-Apple-Frame-Id", tokens.client_id},
                       {"X-Requested-With", "XMLHttpRequest"},
                       {"X-Apple-I-FD-Client-Info",
                        fmt::format(R"({{"U":"{}","L":"en-US","Z":"GMT+00:00","V":"1.1","F":""}})",
                                    web_page::user_agent)}};
  const auto give_back = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) headers.set(name, value);
  };
  give_back("scnt", tokens.scnt);
  give_back("X-Apple-ID-Session-Id", tokens.session_id);
  give_back("X-Apple-Auth-Attributes", tokens.auth_attributes);
  return headers;
}

/// A path below the one of an endpoint.
net::Url below(const net::Url& endpoint, std::string_view path) {
  return endpoint.at(endpoint.target() + std::string(path));
}

}  // namespace

Result<net::Response> Web::ask_identity(const Question& question, const std::stop_token& stop) {
  net::Request request{.url = below(endpoints_.idms, question.path)};
  request.method = question.method;
  request.headers = session_.with(
      [&](const Tokens& tokens) { return identity_headers(endpoints_, tokens, question.accept); });
  request.body = question.body;
  request.compression = net::Compression::welcome;
  add_cookies(request);
  return send(request, stop);
}

Result<net::Response> Web::ask_setup(std::string_view path,
                                     std::string body,
                                     std::string_view dsid,
                                     Again again,
                                     const std::stop_token& stop) {
  const auto target = fmt::format("{}?{}", path, client_query(dsid));
  auto request = page_request(below(endpoints_.setup, target), std::move(body));
  if (again == Again::when_it_failed) request.retry = pace_.retry;
  return send(request, stop);
}

Result<net::Response> Web::ask_service(const net::Url& url,
                                       std::string body,
                                       const std::stop_token& stop) {
  return send(page_request(url, std::move(body)), stop);
}

Result<std::unique_ptr<net::Download>> Web::download(const net::Url& url,
                                                     std::uint64_t position,
                                                     const std::stop_token& stop) {
  if (!may_give_files(url, endpoints_))
    return fail(
        Cause::corrupt,
        "iCloud gives an address for it that is not to be asked: {}; nothing was sent there",
        url.origin());
  auto request = page_request(url, {});
  request.method = "GET";
  request.compression = net::Compression::none;
  request.retry = pace_.retry;
  if (position > 0) request.headers.set("Range", fmt::format("bytes={}-", position));
  auto download = TRY(http_.open(request, stop));
  TRY(session_.take(url, download->head().headers));
  return download;
}

std::string Web::client_query(std::string_view dsid) const {
  const auto client_id =
      session_.with([](const Tokens& tokens) { return net::encoded(tokens.client_id); });
  auto query = fmt::format("clientBuildNumber={}&clientMasteringNumber={}&clientId={}",
                           web_page::build_number,
                           web_page::mastering_number,
                           client_id);
  if (!dsid.empty()) query += fmt::format("&dsid={}", net::encoded(dsid));
  return query;
}

/// Everything but a sign-in comes from the page itself. Its bodies are JSON that calls itself plain
/// text: so a browser need not ask first.
net::Request Web::page_request(net::Url url, std::string body) {
  net::Request request{.url = std::move(url)};
  request.method = "POST";
  const auto origin = endpoints_.home.origin();
  request.headers = {{"Accept", "*/*"},
                     {"User-Agent", std::string(web_page::user_agent)},
                     {"Origin", origin},
                     {"Referer", origin + "/"}};
  if (!body.empty()) request.headers.set("Content-Type", "text/plain");
  request.body = std::move(body);
  request.compression = net::Compression::welcome;
  request.most_body = most_answer;
  add_cookies(request);
  return request;
}

void Web::add_cookies(net::Request& request) const {
  const auto cookies = session_.cookies_for(request.url);
  if (cookies) request.headers.set("Cookie", cookies->reveal());
}

Result<net::Response> Web::send(const net::Request& request, const std::stop_token& stop) {
  auto answer = TRY(http_.send(request, stop));
  TRY(session_.take(request.url, answer.headers));
  return answer;
}

Error refusal(std::string_view service, const net::Response& answer) {
  const auto error = [&](Cause cause, std::string_view what) {
    return Error{cause,
                 fmt::format("{} (HTTP {})", what, answer.status),
                 std::string(service),
                 Scope::source};
  };
  switch (answer.status) {
    case 401:
    case 421:
    case 450:
      return error(Cause::expired, "the sign-in is no longer valid");
    case 403:
      return error(Cause::denied, "it refuses this account or this computer");
    case 423:
      return error(Cause::approval_needed, "it waits for an approval on one of the devices");
    case 429:
    case 503:
      return error(Cause::throttled, "it asks for patience; the next run tries again");
    case 404:
    case 410:
      return error(Cause::not_found, "it does not have what was asked for");
    default:
      return error(net::cause_of(answer.status).value_or(Cause::invalid),
                   "it gave no answer that can be used");
  }
}

}  // namespace keepsake::source::icloud
