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
  auto place = TRY(sign_in_place(home, settings));
  Secret typed;
  const auto find_password = [&]() -> Result<Secret> {
    auto known = apple_password_of(home, settings);
    if (known) return known;
    auto password = TRY(ask_password());
    typed = password.copy();
    return password;
  };
  const bool was_signed_in = TRY(source::sign_in_to_icloud(account_of(home, settings),
                                                           std::move(place),
                                                           home.clock(),
                                                           wish,
                                                           find_password,
                                                           ask_code,
                                                           stop));
  if (!typed.empty() && settings.secrets == config::Secrets::keyring)
    TRY(apple_password_place(home, settings)->write(typed));
  return !was_signed_in;
}

std::optional<std::int64_t> sign_in_days_left(const Home& home, const std::string& source) {
  const config::Source* settings = home.settings().source(source);
  if (settings == nullptr || settings->kind != config::SourceKind::icloud) return std::nullopt;
  const auto place = sign_in_place(home, *settings);
  if (!place) return std::nullopt;
  return source::icloud::sign_in_days_left(**place, home.clock().now());
}

}  // namespace keepsake::job
