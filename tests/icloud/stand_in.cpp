// SPDX-License-Identifier: GPL-3.0-or-later
#include "stand_in.h"

#include "os/folder.h"
#include "os/machine.h"
#include "source/icloud/session.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <future>
#include <utility>

namespace keepsake::tests {

StandIn::StandIn(simulate::icloud::Server::Handler handler) {
  REQUIRE(authority_.make(os::system_clock().now()));
  server_ =
      simulate::icloud::Server::bind(
          {}, {authority_.certificate(), authority_.key(), folder_.path()}, std::move(handler))
          .value();
  REQUIRE(authority_.publish());
  std::promise<void> is_ready;
  thread_ = std::jthread([&](const std::stop_token& stop) {
    const auto ready = [&]() -> Result<> {
      is_ready.set_value();
      return {};
    };
    static_cast<void>(server_->run(ready, stop));  // it fails only where `ready` does
  });
  is_ready.get_future().wait();
}

std::string StandIn::url() const { return fmt::format("https://127.0.0.1:{}", server_->port()); }

source::ICloudAccount StandIn::account() const {
  using std::chrono::milliseconds;
  source::ICloudAccount account;
  account.identity = {"phone", "jane@example.com"};
  account.elsewhere = {url(), url()};
  account.ca_file = authority_.published();
  account.pace = {
      .retry = {3, milliseconds(1), milliseconds(2)}, .ask_again = milliseconds(1), .questions = 3};
  return account;
}

std::unique_ptr<source::Source> source_of(const StandIn& cloud,
                                          const std::filesystem::path& state,
                                          os::Clock& clock) {
  return source::make_icloud_source(cloud.account(),
                                    {},
                                    source::icloud::session_file(os::open_folder(state).value()),
                                    clock,
                                    [] { return Result<Secret>(Secret("correct horse")); })
      .value();
}

void sign_in(const StandIn& cloud, const std::filesystem::path& state) {
  const auto signed_in = source::sign_in_to_icloud(
      cloud.account(),
      source::icloud::session_file(os::open_folder(state).value()),
      os::system_clock(),
      {.code = "123456"},
      [] { return Result<Secret>(Secret("correct horse")); },
      [](const std::string&) -> Result<std::string> { return fail(Cause::not_found, "nobody"); },
      {});
  REQUIRE(signed_in.has_value());
}

}  // namespace keepsake::tests
