// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "crypto/sha.h"
#include "storage/local/local.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/restic.h"
#include "tests/support/temp_folder.h"
#include "vault/repository.h"
#include "vault/writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::tests {

/// A clock that stands until it is set.
class TestClock final : public os::Clock {
 public:
  Instant now() override { return time; }

  Instant time = *parse_instant("2024-05-01T10:00:00Z");
};

/// What nobody must use for anything but a test.
inline constexpr crypto::ScryptCost cheap{1024, 8, 1};

inline Secret test_password() { return Secret(Restic::password); }

/// Bytes that cannot be compressed; the same seed gives the same ones.
inline std::string noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  for (char& character : text) character = static_cast<char>(random());
  return text;
}

/// An empty vault in a folder, on a storage whose operations may fail.
struct TestVault {
  TempFolder disk;
  TestClock clock;
  std::shared_ptr<Fortune> fortune = std::make_shared<Fortune>();
  FaultyStorage storage{storage::make_local(os::open_folder(disk.path()).value()), fortune};
  Restic restic{disk.path()};
  std::unique_ptr<vault::Repository> repository;
  std::unique_ptr<vault::Writer> writer;

  TestVault() {
    const auto made = vault::create_repository(storage, test_password(), cheap, clock);
    REQUIRE_MESSAGE(made, made.error().message());
    open();
  }

  /// Opens it as a new process does.
  void open() {
    writer.reset();
    repository = vault::Repository::open(storage, test_password()).value();
    std::vector<vault::BrokenFile> broken;
    REQUIRE(repository->snapshots(broken));
    REQUIRE(repository->load_index(broken));
    REQUIRE(broken.empty());
    writer = vault::Writer::open(*repository).value();
  }

  /// Stores a file; its size is told before when `told`.
  [[nodiscard]] Result<vault::StoredFile> store(std::string_view text, bool told = true) const {
    constexpr std::size_t block = std::size_t{1} << 20U;
    auto file = TRY(writer->open_file(ByteCount{told ? text.size() : 0}, vault::Sum::given));
    for (std::size_t at = 0; at < text.size(); at += block)
      TRY(file->write(bytes_of(text.substr(at, block))));
    return file->finish(crypto::sha256(bytes_of(text)));
  }

  /// Stores files as a snapshot of one folder.
  Result<vault::FileId> snapshot_of(const std::map<std::string, std::string>& files) const {
    std::vector<vault::Node> nodes;
    for (const auto& [name, text] : files) {
      auto stored = TRY(store(text));
      vault::Node node;
      node.name = name;
      node.mode = 0600;
      node.modified = "2024-05-01T10:00:00Z";
      node.size = stored.size;
      node.content = std::move(stored.content);
      nodes.push_back(std::move(node));
    }
    vault::Snapshot snapshot;
    snapshot.tree = TRY(writer->put(vault::BlobKind::tree, bytes_of(vault::to_tree_json(nodes))));
    snapshot.time = "2024-05-01T10:00:00.000000000Z";
    snapshot.paths = {"/photos"};
    snapshot.hostname = "test";
    TRY(writer->flush());
    return writer->add_snapshot(snapshot);
  }

  /// What restic restores of a snapshot, by path.
  [[nodiscard]] std::map<std::string, std::string> restored(
      const std::string& snapshot = "latest") const {
    const TempFolder target;
    restic.must({"restore", snapshot, "--target", target.path().string()});
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(target.path())) {
      if (!entry.is_regular_file()) continue;
      const auto path = std::filesystem::relative(entry.path(), target.path()).string();
      files.emplace(path, target.read(path));
    }
    return files;
  }

  /// How many files lie in a folder of the vault, and below it.
  [[nodiscard]] std::int64_t files_in(std::string_view folder) const {
    if (!disk.has(folder)) return 0;
    std::int64_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(disk / folder))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }
};

}  // namespace keepsake::tests
