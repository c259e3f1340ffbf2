// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/access.h"

#include "source/icloud/replies.h"

namespace keepsake::source::icloud {

namespace {

// Asking more often locks accounts, or takes a consent back.
constexpr int most_sessions = 2;
constexpr int most_consents = 1;

}  // namespace

Result<Access::Pass> Access::enter(const std::stop_token& stop) {
  return state_.with([&](State& state) -> Result<Pass> {
    if (state.failure) return fail(*state.failure);
    if (!state.account) TRY(get_in_anew(state, stop));
    return Pass{*state.account, state.sessions, state.consents};
  });
}

Result<> Access::renew(const Pass& pass, const std::stop_token& stop) {
  return state_.with([&](State& state) -> Result<> {
    if (state.failure) return fail(*state.failure);
    if (state.sessions != pass.session) return {};
    if (state.sessions == most_sessions) {
      state.failure = problem(Cause::expired,
                              "iCloud ended the session twice in this run. Sign in again: keepsake "
                              "source sign-in " +
                                  identity_.source);
      return fail(*state.failure);
    }
    return get_in_anew(state, stop);
  });
}

Result<Consent> Access::show_consent(const Pass& pass, const std::stop_token& stop) {
  return state_.with([&](State& state) -> Result<Consent> {
    if (state.failure) return fail(*state.failure);
    if (state.consents != pass.consent) return Consent::given;
    if (state.consents == most_consents) {
      state.failure =
          problem(Cause::approval_needed,
                  "the approval to read these photos ran out, as it does after an "
                  "hour. What came so far is safe. Go on with: keepsake source sign-in " +
                      identity_.source);
      return fail(*state.failure);
    }
    const auto consent = obtain_consent(web_, pass.account, Present::nobody, stop);
    if (!consent && consent.error().cause != Cause::cancelled) state.failure = consent.error();
    if (consent && *consent == Consent::given) ++state.consents;
    return consent;
  });
}

Result<> Access::get_in_anew(State& state, const std::stop_token& stop) const {
  auto account = get_in(web_, identity_, find_password_, stop);
  if (!account) {
    if (account.error().cause != Cause::cancelled) state.failure = account.error();
    return fail(std::move(account).error());
  }
  state.account = *std::move(account);
  ++state.sessions;
  return {};
}

}  // namespace keepsake::source::icloud
