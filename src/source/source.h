// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/asset.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Where photos come from. A source knows nothing of destinations, of the catalog or of plans.
namespace keepsake::source {

/// What a source remembers from run to run, as ordered rows of bytes: a sync token, the files seen.
/// It is kept with the changes it covers: both become durable together (Changes::commit).
class Memory {
 public:
  struct Row {
    std::string key;
    std::string value;
  };

  virtual ~Memory() = default;
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual Result<> put(std::string_view key, std::string_view value) = 0;
  virtual Result<> erase(std::string_view key) = 0;

  /// Up to `most` rows whose keys begin with `prefix` and come after `key`, in the order of bytes.
  virtual Result<std::vector<Row>> after(std::string_view key,
                                         std::string_view prefix,
                                         std::size_t most) = 0;
};

/// Takes down what a source finds changed since its memory was written.
class Changes {
 public:
  virtual ~Changes() = default;
  virtual Memory& memory() = 0;

  /// The asset is there, new or changed or the same.
  virtual Result<> put(const photo::Asset& asset) = 0;

  /// The source no longer has it.
  virtual Result<> gone(std::string_view library, std::string_view id) = 0;

  /// What `put` last said of an asset in its `record`; nothing where it said nothing, or was never
  /// called.
  virtual Result<std::optional<std::string>> record_of(std::string_view library,
                                                       std::string_view id) = 0;

  /// Asks about every asset that is thought present: those for which the answer is no are gone. For
  /// a source that has just listed everything without a memory of what was there before.
  using IsThere = std::function<Result<bool>(const std::string& library,
                                             const std::string& id,
                                             const std::vector<std::string>& rendition_keys)>;
  virtual Result<> keep_only(const IsThere& is_there) = 0;

  /// A file that is no photo and belongs to none.
  virtual Result<> ignored(std::string_view path) = 0;

  /// Something could not be looked at; it is named, and what is known of it stays.
  virtual Result<> unreadable(std::string_view path, const Error& error) = 0;

  /// Something about the source as a whole that its owner should hear; nothing is lost by it.
  virtual void warn(std::string_view message) = 0;

  /// Makes everything since the last commit durable in one transaction, memory included.
  virtual Result<> commit() = 0;
};

/// A file that will be opened.
struct Wish {
  photo::AssetKey asset;
  photo::Rendition rendition;
};

/// The bytes of one version, from their beginning.
class Bytestream {
 public:
  virtual ~Bytestream() = default;

  /// 0 at the end.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;

  /// After the last byte: whether what was read is one whole state of the file. Causes: changed
  /// when it was written to meanwhile; corrupt when what came over a network is not what was
  /// promised.
  virtual Result<> confirm() = 0;

  /// After the last byte: Apple's checksum of what was read, where the source is one of Apple's.
  [[nodiscard]] virtual std::optional<AppleChecksum> apple_checksum() { return std::nullopt; }
};

class Source {
 public:
  virtual ~Source() = default;

  /// Reports every change since the last run. Errors mean that the source as a whole could not be
  /// read (absent, denied, cancelled); one broken photo is not an error.
  virtual Result<> note_changes(Changes& changes, std::stop_token stop) = 0;

  /// Causes: not_found, denied, changed (it is no longer the version asked for), absent.
  virtual Result<std::unique_ptr<Bytestream>> open(const photo::AssetKey& asset,
                                                   const photo::Rendition& rendition,
                                                   std::stop_token stop) = 0;

  /// These will be opened soon: a source far away asks for many at once. May be called while
  /// others are read.
  virtual void announce(std::span<const Wish> wishes) { static_cast<void>(wishes); }

  /// Whether its files come over a network, so that the same bytes on this machine are better.
  [[nodiscard]] virtual bool is_far() const { return false; }

  /// How many of its files are best read at once.
  [[nodiscard]] virtual std::size_t readers() const { return 3; }

  /// How often it asked a service over the network.
  [[nodiscard]] virtual std::uint64_t requests() const { return 0; }
};

}  // namespace keepsake::source
