// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/folder_tree/folder_tree.h"
#include "destination/folder_tree/session.h"
#include "storage/local/local.h"
#include "tests/support/content.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/temp_folder.h"
#include "tests/support/uploads.h"
#include "tests/support/watched_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// An empty tree on a disk whose operations may fail.
struct KeptTree {
  TempFolder disk;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  destination::TreeOptions options;

  /// The disk, as the tree gets to it.
  std::function<std::unique_ptr<os::Folder>()> open_disk = [this] {
    return std::make_unique<WatchedFolder>(os::open_folder(disk.path()).value(), watch);
  };

  std::unique_ptr<destination::Destination> tree;
  std::unique_ptr<destination::Session> session;

  KeptTree() {
    auto folder = os::open_folder(disk.path()).value();
    REQUIRE(destination::write_marker(*folder, marker()));
    open_tree();
  }

  static destination::TreeMarker marker() {
    destination::TreeMarker marker;
    marker.id.bytes.fill(std::byte{1});
    marker.catalog.bytes.fill(std::byte{2});
    marker.zone = "Europe/Berlin";
    return marker;
  }

  void open_tree() {
    session.reset();
    tree = destination::make_folder_tree(open_disk(), marker(), options);
  }

  /// From now on it lies on a server that fails as fortune wants.
  void go_far(const std::shared_ptr<Fortune>& fortune) {
    open_disk = [this, fortune]() -> std::unique_ptr<os::Folder> {
      auto server = storage::make_local(os::open_folder(disk.path()).value());
      return destination::folder_on(std::make_unique<FaultyStorage>(std::move(server), fortune),
                                    "the test");
    };
    open_tree();
  }

  void begin() {
    session.reset();
    auto opened = tree->open_session();
    REQUIRE_MESSAGE(opened, opened.error().message());
    session = *std::move(opened);
  }

  Result<> send(destination::Upload upload, std::string_view text) const {
    auto incoming = TRY(session->begin(std::move(upload)));
    TRY(incoming->write(bytes_of(text)));
    return incoming->finish(content_of(text), std::nullopt);
  }

  Result<std::vector<destination::Stored>> commit() const {
    auto committed =
        TRY(session->commit([this](const Digest& digest) { return find_copy(digest); }));
    return std::move(committed.stored);
  }

  /// Sends and commits one file that must be stored.
  void keep(destination::Upload upload, std::string_view text) {
    const auto sent = send(std::move(upload), text);
    REQUIRE_MESSAGE(sent, sent.error().message());
    const auto stored = commit().value();
    REQUIRE(stored.size() == 1);
    REQUIRE_MESSAGE(!stored[0].error, stored[0].error->message());
    copies.insert_or_assign(stored[0].content.sha256,
                            destination::ExistingCopy{stored[0].path, when()});
  }

  [[nodiscard]] std::optional<destination::ExistingCopy> find_copy(const Digest& digest) const {
    const auto found = copies.find(digest);
    return found == copies.end() ? std::nullopt : std::optional(found->second);
  }

  void close() {
    const auto closed = session->close();
    REQUIRE_MESSAGE(closed, closed.error().message());
    session.reset();
  }

  /// The lines of SHA256SUMS by path.
  [[nodiscard]] std::map<std::string, std::string> sums() const {
    std::map<std::string, std::string> sums;
    const auto final = tree->each_sum([&](std::string_view path, std::string_view sum) -> Result<> {
      sums.emplace(path, sum);
      return {};
    });
    REQUIRE(final.value());
    return sums;
  }

  /// Every file under a folder of the tree with its bytes.
  [[nodiscard]] std::map<std::string, std::string> files(std::string_view folder) const {
    std::map<std::string, std::string> files;
    if (!disk.has(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(disk / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto path = std::filesystem::relative(entry.path(), disk.path()).string();
      files.emplace(path, disk.read(path));
    }
    return files;
  }

  [[nodiscard]] std::vector<records::FileRecord> records() const {
    std::vector<records::FileRecord> records;
    const auto take = [&](const records::FileRecord& record) -> Result<> {
      records.push_back(record);
      return {};
    };
    CHECK(tree->each_record(take).value() == 0);
    return records;
  }

  std::map<Digest, destination::ExistingCopy> copies;
};

}  // namespace keepsake::tests
