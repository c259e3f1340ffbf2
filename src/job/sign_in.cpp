// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/sign_in.h"

#include "job/exit_code.h"
#include "job/places.h"
#include "source/icloud/session.h"

namespace keepsake::job {

Result<bool> sign_in(Home& home,
                     const std::string& source,
                     const source::icloud::SignInWish& wish,
                     const source::icloud::FindPassword& ask_password,
                     const source::icloud::AskCode& ask_code,
                     const std::stop_token& stop) {
  const auto chosen = TRY(chosen_sources(home.settings(), {source}));
  const config::Source& settings = chosen.front();
  if (settings.kind != config::SourceKind::icloud)
    return misuse("'{}' is a {} source; only icloud sources need a sign-in",
                  source,
                  config::name(settings.kind));
  auto state = TRY(home.state_of(settings.id));
  const auto find_password = [&]() -> Result<Secret> {
    auto known = home.outside().find_apple_password(source);
    return known ? std::move(known) : ask_password();
  };
  const bool was_signed_in = TRY(source::sign_in_to_icloud(account_of(home, settings),
                                                           std::move(state),
                                                           home.clock(),
                                                           wish,
                                                           find_password,
                                                           ask_code,
                                                           stop));
  return !was_signed_in;
}

std::optional<std::int64_t> sign_in_days_left(const Home& home, const std::string& source) {
  const config::Source* settings = home.settings().source(source);
  if (settings == nullptr || settings->kind != config::SourceKind::icloud) return std::nullopt;
  const auto state = os::open_folder(home.paths().state / settings->id.hex());
  if (!state) return std::nullopt;
  return source::icloud::sign_in_days_left(**state, home.clock().now());
}

}  // namespace keepsake::job
