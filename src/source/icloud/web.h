// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/http.h"
#include "source/icloud/endpoints.h"
#include "source/icloud/session.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace keepsake::source::icloud {

/// How long is waited for what. Tests have their own.
struct Pace {
  net::RetryPolicy retry{5, std::chrono::seconds(2), std::chrono::minutes(5)};
  net::Delay ask_again = std::chrono::seconds(5);  ///< whether a person has approved something
  int questions = 60;                              ///< so often, then no more in this run
};

/// Speaks to Apple's hosts as the web page of iCloud does: its headers, its cookies. Takes from
/// every answer what renews the session. May be used by several threads.
class Web {
 public:
  Web(net::Http& http, Session& session, Endpoints endpoints, const Pace& pace)
      : http_(http), session_(session), endpoints_(std::move(endpoints)), pace_(pace) {}

  [[nodiscard]] Session& session() const { return session_; }

  [[nodiscard]] const Pace& pace() const { return pace_; }

  struct Question {
    std::string_view method = "POST";
    std::string path;  ///< below the endpoint, with its query
    std::string body{};
    std::string_view accept = "application/json";
  };

  /// Asks who somebody is. Never sent twice: a sign-in that is tried too often locks the account.
  Result<net::Response> ask_identity(const Question& question, const std::stop_token& stop);

  enum class Again { never, when_it_failed };

  /// Asks what somebody has. `dsid` is the account's number, once it is known.
  Result<net::Response> ask_setup(std::string_view path,
                                  std::string body,
                                  std::string_view dsid,
                                  Again again,
                                  const std::stop_token& stop);

  /// Asks a service, once.
  Result<net::Response> ask_service(const net::Url& url,
                                    std::string body,
                                    const std::stop_token& stop);

  /// Opens a file's bytes from that position on.
  Result<std::unique_ptr<net::Download>> download(const net::Url& url,
                                                  std::uint64_t position,
                                                  const std::stop_token& stop);

  /// What the web page says of itself in the query of every call: "clientId=…&dsid=…".
  [[nodiscard]] std::string client_query(std::string_view dsid) const;

 private:
  net::Request page_request(net::Url url, std::string body);
  void add_cookies(net::Request& request) const;
  Result<net::Response> send(const net::Request& request, const std::stop_token& stop);

  net::Http& http_;
  Session& session_;
  Endpoints endpoints_;
  Pace pace_;
};

/// The error for an answer of a service that means nothing good, by its status.
Error refusal(std::string_view service, const net::Response& answer);

}  // namespace keepsake::source::icloud
