// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "photo/account.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::catalog {

/// Takes down what one source has, change by change. Everything since the last `commit` becomes
/// durable together, the source's memory included; what is not committed never happened. While one
/// exists, nobody else may write to the catalog.
class Noting {
 public:
  static Result<std::unique_ptr<Noting>> begin(Catalog& catalog, std::int64_t source);
  ~Noting();
  Noting(const Noting&) = delete;
  Noting& operator=(const Noting&) = delete;
  Noting(Noting&&) = delete;
  Noting& operator=(Noting&&) = delete;

  Result<> put(const photo::Asset& asset);
  Result<> gone(std::string_view library, std::string_view id);

  /// The source's own record of an asset, as it was last put.
  Result<std::optional<std::string>> record_of(std::string_view library, std::string_view id);

  /// Marks as gone every present asset of the source for which the answer is no.
  using IsThere = std::function<Result<bool>(const std::string& library,
                                             const std::string& id,
                                             const std::vector<std::string>& rendition_keys)>;
  Result<> keep_only(const IsThere& is_there);

  Result<std::optional<std::string>> recall(std::string_view key);
  Result<> remember(std::string_view key, std::string_view value);
  Result<> forget(std::string_view key);
  Result<std::vector<std::pair<std::string, std::string>>> recall_after(std::string_view key,
                                                                        std::string_view prefix,
                                                                        std::size_t most);
  Result<> commit();

  /// Takes down a file that a destination's own records tell of, for `catalog rebuild` and for what
  /// a killed run left behind: asset, version, content, name, path and holding.
  struct Kept {
    std::int64_t destination = 0;
    std::string path;
    Instant file_time{};
    std::optional<Instant> quarantined_at;
    std::optional<Instant> asked_back_at;
    photo::Asset asset;
    std::optional<Instant> gone_at;
    std::optional<photo::AssetKey> moved_from;
    photo::Naming naming;
    photo::Role role = photo::Role::original;
    std::string key;
    std::string name;
    bool present = true;
    photo::Version version;
  };

  Result<> put_kept(const Kept& kept);

 private:
  struct State;
  explicit Noting(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace keepsake::catalog
