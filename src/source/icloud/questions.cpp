// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/questions.h"

#include "source/icloud/verdict.h"

#include <utility>
#include <variant>

namespace keepsake::source::icloud {

namespace {

constexpr int most_moods = 3;  // tries of a question that is not understood

}  // namespace

Result<json::Document> ask_until_answered(Web& web,
                                          Access& access,
                                          const Address& address,
                                          const std::string& body,
                                          const net::RetryPolicy& patience,
                                          const std::stop_token& stop) {
  int moods = 0;
  for (int attempt = 1;; ++attempt) {
    const auto pass = TRY(access.enter(stop));
    const auto url = TRY(address(pass.account));
    auto verdict = judge(web.ask_service(url, body, stop));
    if (auto* good = std::get_if<verdict::Good>(&verdict)) return std::move(good->document);
    if (auto* refused = std::get_if<verdict::Refused>(&verdict))
      return fail(std::move(refused->error));
    if (std::holds_alternative<verdict::SessionOver>(verdict)) {
      TRY(access.renew(pass, stop));
      continue;
    }
    if (auto* wanted = std::get_if<verdict::ConsentWanted>(&verdict)) {
      const auto consent = TRY(access.show_consent(pass, stop));
      if (consent == Consent::not_wanted) return fail(std::move(wanted->error));
      continue;
    }
    auto& later = std::get<verdict::Later>(verdict);
    if (later.error.cause == Cause::invalid && ++moods == most_moods)
      return fail(std::move(later.error));
    const auto delay =
        net::delay_before(attempt, later.cause, later.asked, patience, net::system_random());
    if (!delay) return fail(std::move(later.error));
    TRY(net::wait(*delay, stop));
  }
}

}  // namespace keepsake::source::icloud
