// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/vault/vault.h"
#include "tests/support/test_vault.h"
#include "tests/support/uploads.h"
#include "tests/support/watched_folder.h"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// A vault that a home backs up into. Its storage and the home's state may fail.
struct KeptVault {
  TestVault made;
  TempFolder home;
  TestClock& clock = made.clock;
  Restic& restic = made.restic;
  std::shared_ptr<Fortune> fortune = std::make_shared<Fortune>();
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  int asked = 0;  ///< for the password
  std::string password = Restic::password;
  FaultyStorage* storage = nullptr;
  std::unique_ptr<destination::Vault> vault;
  std::unique_ptr<destination::Session> session;

  KeptVault() { open_vault(); }

  static destination::VaultIdentity identity() {
    destination::VaultIdentity identity;
    identity.catalog.bytes.fill(std::byte{0xab});
    identity.zone = "Europe/Berlin";
    return identity;
  }

  [[nodiscard]] destination::Destination& place() const { return *vault; }

  /// As a new process does.
  void open_vault() {
    session.reset();
    auto faulty = std::make_unique<FaultyStorage>(
        storage::make_local(os::open_folder(made.disk.path()).value()), fortune);
    storage = faulty.get();
    vault = destination::make_vault(
        std::move(faulty),
        [this]() -> Result<Secret> {
          ++asked;
          return Secret(password);
        },
        identity(),
        std::make_unique<WatchedFolder>(os::open_folder(home.path()).value(), watch),
        clock,
        {std::chrono::milliseconds(0)});
  }

  void begin() {
    session.reset();
    auto opened = vault->open_session();
    REQUIRE_MESSAGE(opened, opened.error().message());
    session = *std::move(opened);
  }

  Result<> send(destination::Upload upload, std::string_view text) const {
    auto incoming = TRY(session->begin(std::move(upload)));
    TRY(incoming->write(bytes_of(text)));
    return incoming->finish(content_of(text), std::nullopt);
  }

  [[nodiscard]] Result<destination::Committed> commit() const {
    return session->commit([](const Digest&) { return std::nullopt; });
  }

  /// Sends and commits one file that must be stored.
  void keep(destination::Upload upload, std::string_view text) const {
    const auto sent = send(std::move(upload), text);
    REQUIRE_MESSAGE(sent, sent.error().message());
    const auto committed = commit();
    REQUIRE_MESSAGE(committed, committed.error().message());
    REQUIRE(committed->stored.size() == 1);
    REQUIRE_FALSE(committed->stored[0].error);
  }

  destination::Closed close() {
    const auto closed = session->close();
    REQUIRE_MESSAGE(closed, closed.error().message());
    REQUIRE(session->settle());
    session.reset();
    return *closed;
  }

  /// A whole run that keeps one file, some minutes after the one before.
  destination::Closed run(const destination::Upload& upload, std::string_view text) {
    clock.time += std::chrono::minutes(5);
    begin();
    keep(upload, text);
    return close();
  }

  [[nodiscard]] std::string text_of_file(const std::string& path) const {
    auto file = vault->open(path, false);
    REQUIRE_MESSAGE(file, file.error().message());
    std::string text((*file)->size().value, '\0');
    const auto count = (*file)->read_at(0, std::as_writable_bytes(std::span<char>(text)));
    REQUIRE(count);
    return text;
  }

  [[nodiscard]] std::vector<records::FileRecord> records() const {
    std::vector<records::FileRecord> records;
    const auto unreadable = vault->each_record([&](const records::FileRecord& record) -> Result<> {
      records.push_back(record);
      return {};
    });
    REQUIRE_MESSAGE(unreadable, unreadable.error().message());
    CHECK(*unreadable == 0);
    return records;
  }

  /// A file of the newest snapshot, as restic sees it.
  [[nodiscard]] std::string dumped(const std::string& place) const {
    return restic.must({"dump", "latest", place});
  }

  [[nodiscard]] std::int64_t snapshots() const { return made.files_in("snapshots"); }
};

}  // namespace keepsake::tests
