// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/consent.h"

#include "source/icloud/replies.h"

#include <nlohmann/json.hpp>

#include <string>

namespace keepsake::source::icloud {

namespace {

using nlohmann::json;

struct AccessState {
  bool is_protected = false;  ///< Advanced Data Protection is on
  bool is_consented = false;
};

class Request {
 public:
  Request(Web& web, const Account& account, const std::stop_token& stop)
      : web_(web), account_(account), stop_(stop) {}

  Result<Consent> obtain(Present present) {
    auto state = TRY(ask_state());
    if (!state.is_protected) return Consent::not_wanted;
    if (!state.is_consented && present == Present::nobody) return fail(not_approved());
    const bool first_time = !state.is_consented;
    if (first_time) TRY(ask("/enableDeviceConsentForPCS", json::object()));
    for (int i = 0; !state.is_consented; ++i) {
      if (i == web_.pace().questions) return fail(not_approved());
      TRY(net::wait(web_.pace().ask_again, stop_));
      state = TRY(ask_state());
    }
    TRY(fetch_keys(first_time));
    return Consent::given;
  }

 private:
  static Error not_approved() {
    return problem(Cause::approval_needed,
                   "this account has Advanced Data Protection: its photos can only be read for an "
                   "hour after you approved it. Run 'keepsake source sign-in' for this source, and "
                   "approve the request that your iPhone, iPad or Mac then shows");
  }

  Result<json> ask(std::string_view path, const json& body) {
    const auto answer =
        TRY(web_.ask_setup(path, body.dump(), account_.dsid, Web::Again::when_it_failed, stop_));
    if (!answer.is_success()) return fail(refusal("iCloud", answer));
    return json::parse(answer.body, nullptr, false);
  }

  /// A service that does not know the question protects nothing.
  Result<AccessState> ask_state() {
    const auto answer = TRY(web_.ask_setup(
        "/requestWebAccessState", "{}", account_.dsid, Web::Again::when_it_failed, stop_));
    const auto object = json::parse(answer.body, nullptr, false);
    if (!answer.is_success() || !object.is_object()) return AccessState{};
    return AccessState{truth_in(object, "isICDRSDisabled", false),
                       truth_in(object, "isDeviceConsentedForPCS", false)};
  }

  Result<> fetch_keys(bool first_time) {
    for (int i = 0; i < web_.pace().questions; ++i) {
      const auto answer = TRY(ask(
          "/requestPCS", {{"appName", "photos"}, {"derivedFromUserAction", first_time && i == 0}}));
      if (answer.is_object() && text_in(answer, "status") == "success") return {};
      TRY(net::wait(web_.pace().ask_again, stop_));
    }
    return fail(problem(Cause::approval_needed,
                        "none of your devices has handed out the keys to the photos yet. Unlock "
                        "your iPhone, iPad or Mac, see that it is online, and try again"));
  }

  Web& web_;
  const Account& account_;
  const std::stop_token& stop_;
};

}  // namespace

Result<Consent> obtain_consent(Web& web,
                               const Account& account,
                               Present present,
                               const std::stop_token& stop) {
  return Request(web, account, stop).obtain(present);
}

}  // namespace keepsake::source::icloud
