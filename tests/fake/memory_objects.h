// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/path.h"
#include "storage/objects.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// What a server keeps that is nothing but memory.
struct MemoryPlace {
  struct Kept {
    bool is_there = true;
    std::map<std::string, std::string> files;
  };

  Guarded<Kept> kept;
};

/// That server.
class MemoryObjects final : public storage::Objects {
  using Files = std::map<std::string, std::string>;

  template <class Use>
  auto with(const Use& use) {
    return place_->kept.with([&](MemoryPlace::Kept& kept) -> decltype(use(kept.files)) {
      if (kept.is_there) return use(kept.files);
      return fail(Error{Cause::absent, "it went away", {}, Scope::destination});
    });
  }

 public:
  explicit MemoryObjects(std::shared_ptr<MemoryPlace> place) : place_(std::move(place)) {}

  Result<std::vector<storage::Listed>> list(const RelativePath& folder) override {
    return files_in(folder, false);
  }

  Result<std::vector<storage::Listed>> list_below(const RelativePath& folder) override {
    return files_in(folder, true);
  }

  Result<std::optional<ByteCount>> size_of(const RelativePath& name) override {
    return with([&](Files& files) -> Result<std::optional<ByteCount>> {
      const auto found = files.find(name.text());
      if (found == files.end()) return std::nullopt;
      return ByteCount{found->second.size()};
    });
  }

  Result<> read(const RelativePath& name,
                std::uint64_t position,
                std::span<std::byte> buffer) override {
    return with([&](Files& files) -> Result<> {
      const auto found = files.find(name.text());
      if (found == files.end()) return fail(Cause::not_found, "it is not there");
      BytesInMemory file(bytes_of(found->second));
      const auto count = TRY(file.read_at(position, buffer));
      return count == buffer.size() ? Result<>() : fail(Cause::corrupt, "it is shorter");
    });
  }

  Result<> store(const RelativePath& name, storage::Parcel& parcel) override {
    Bytes bytes(parcel.size().value);
    BytesInMemory in_memory(bytes_of(parcel.bytes));
    RandomAccess& from = parcel.file ? *parcel.file : static_cast<RandomAccess&>(in_memory);
    const auto count = TRY(from.read_at(0, bytes));
    expect(count == bytes.size(), "what waits to be stored is whole");
    return with([&](Files& files) -> Result<> {
      const bool is_new = files.emplace(name.text(), text_of(bytes)).second;
      return is_new ? Result<>() : fail(Cause::conflict, "there is one of that name already");
    });
  }

  Result<> rename(const RelativePath& from,
                  const RelativePath& to,
                  storage::Existing existing) override {
    return with([&](Files& files) -> Result<> {
      if (!files.contains(from.text())) return fail(Cause::not_found, "it is not there");
      if (existing == storage::Existing::keep && files.contains(to.text()))
        return fail(Cause::conflict, "there is one of that name already");
      files[to.text()] = std::move(files[from.text()]);
      files.erase(from.text());
      return {};
    });
  }

  Result<> remove(const RelativePath& name) override {
    return with([&](Files& files) -> Result<> {
      files.erase(name.text());
      return {};
    });
  }

  Result<> make_root() override { return {}; }

 private:
  Result<std::vector<storage::Listed>> files_in(const RelativePath& folder, bool with_those_below) {
    return with([&](Files& files) -> Result<std::vector<storage::Listed>> {
      const auto prefix = folder.is_root() ? std::string() : folder.text() + '/';
      std::vector<storage::Listed> found;
      for (const auto& [name, bytes] : files) {
        if (!name.starts_with(prefix)) continue;
        auto rest = name.substr(prefix.size());
        if (with_those_below || rest.find('/') == std::string::npos)
          found.push_back({std::move(rest), ByteCount{bytes.size()}});
      }
      return found;
    });
  }

  std::shared_ptr<MemoryPlace> place_;
};

}  // namespace keepsake::tests
