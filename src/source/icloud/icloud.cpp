// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/icloud.h"

#include "net/http.h"
#include "source/icloud/access.h"
#include "source/icloud/addresses.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/file_download.h"
#include "source/icloud/look.h"
#include "source/icloud/session.h"
#include "source/icloud/shared_albums_look.h"
#include "source/icloud/shared_streams.h"
#include "source/icloud/storage_look.h"
#include "source/icloud/translate.h"

#include <utility>

namespace keepsake::source {

namespace {

/// The way to Apple's hosts: a client, and what it is known by there.
struct Connection {
  std::unique_ptr<net::Http> http;
  std::unique_ptr<icloud::Session> session;
  std::unique_ptr<icloud::Web> web;

  static Result<Connection> make(const ICloudAccount& account,
                                 std::unique_ptr<os::SecretPlace> place,
                                 os::Clock& clock) {
    auto endpoints = TRY(icloud::endpoints_of(account.domain, account.elsewhere));
    Connection connection;
    connection.http = TRY(net::Http::start({.ca_file = account.ca_file, .rate = account.rate}));
    connection.session = TRY(icloud::Session::open(std::move(place), clock));
    connection.web = std::make_unique<icloud::Web>(
        *connection.http, *connection.session, std::move(endpoints), account.pace);
    return connection;
  }
};

class ICloud final : public Source {
 public:
  ICloud(Connection connection,
         const ICloudAccount& account,
         const Id128& id,
         os::Clock& clock,
         icloud::FindPassword find_password)
      : connection_(std::move(connection)),
        access_(*connection_.web, account.identity, std::move(find_password)),
        cloudkit_(*connection_.web, access_),
        streams_(*connection_.web, access_),
        addresses_(cloudkit_, streams_),
        id_(id),
        clock_(clock) {}

  Result<> note_changes(Changes& changes, std::stop_token stop) override {
    const icloud::Reporter reporter{id_, clock_.now()};
    TRY(icloud::look_at_account(cloudkit_, addresses_, changes, reporter, stop));
    TRY(icloud::look_at_shared_albums(streams_, cloudkit_, addresses_, changes, reporter, stop));
    return icloud::look_at_storage(*connection_.web, access_, changes, reporter.now, stop);
  }

  Result<std::unique_ptr<Bytestream>> open(const photo::AssetKey& asset,
                                           const photo::Rendition& rendition,
                                           std::stop_token stop) override {
    return icloud::open_download(
        *connection_.web, addresses_, asset.library, rendition, std::move(stop));
  }

  void announce(std::span<const Wish> wishes) override {
    for (const Wish& wish : wishes)
      if (const auto place = icloud::FilePlace::parse(wish.rendition.source_version))
        addresses_.announce(wish.asset.library, *place, wish.rendition.key);
  }

  [[nodiscard]] bool is_far() const override { return true; }

  /// As many as a browser opens at once.
  [[nodiscard]] std::size_t readers() const override { return 6; }

  [[nodiscard]] std::uint64_t requests() const override { return connection_.http->requests(); }

 private:
  Connection connection_;
  icloud::Access access_;
  icloud::CloudKit cloudkit_;
  icloud::SharedStreams streams_;
  icloud::Addresses addresses_;
  Id128 id_;
  os::Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_icloud_source(const ICloudAccount& account,
                                                   const Id128& id,
                                                   std::unique_ptr<os::SecretPlace> place,
                                                   os::Clock& clock,
                                                   icloud::FindPassword find_password) {
  auto connection = TRY(Connection::make(account, std::move(place), clock));
  return std::unique_ptr<Source>(std::make_unique<ICloud>(
      std::move(connection), account, id, clock, std::move(find_password)));
}

Result<bool> sign_in_to_icloud(const ICloudAccount& account,
                               std::unique_ptr<os::SecretPlace> place,
                               os::Clock& clock,
                               const icloud::SignInWish& wish,
                               const icloud::FindPassword& find_password,
                               const icloud::AskCode& ask_code,
                               const std::stop_token& stop) {
  const auto connection = TRY(Connection::make(account, std::move(place), clock));
  const auto result =
      TRY(icloud::sign_in(*connection.web, account.identity, wish, find_password, ask_code, stop));
  return result.was_signed_in;
}

}  // namespace keepsake::source
