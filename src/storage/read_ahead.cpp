// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/read_ahead.h"

#include "base/guarded.h"
#include "storage/wrapped.h"

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::uint64_t stretch_size = 1U << 20U;
constexpr std::size_t most_stretches = 16;
constexpr std::size_t largest_part = 256U << 10U;  // what is larger is worth a question of its own
constexpr std::size_t most_sizes = 4096;

/// A run of a file's bytes that begins at a multiple of the stretches' size.
struct Stretch {
  std::string name;
  std::uint64_t number = 0;
  std::shared_ptr<const Bytes> bytes;
};

class ReadAhead final : public Wrapped {
 public:
  using Wrapped::Wrapped;

  Result<> read_part(std::string_view name,
                     std::uint64_t position,
                     std::span<std::byte> buffer) override {
    if (!name.starts_with("data/") || buffer.size() > largest_part)
      return inner().read_part(name, position, buffer);
    while (!buffer.empty()) {
      const auto stretch = TRY(stretch_of(std::string(name), position / stretch_size));
      const auto begin = position % stretch_size;
      if (begin >= stretch->size())
        return fail(Error{Cause::corrupt, "it is shorter than it should be", std::string(name)});
      const auto count = std::min<std::size_t>(buffer.size(), stretch->size() - begin);
      std::copy_n(stretch->begin() + static_cast<std::ptrdiff_t>(begin), count, buffer.begin());
      buffer = buffer.subspan(count);
      position += count;
    }
    return {};
  }

 private:
  /// Empty behind the end of the file.
  Result<std::shared_ptr<const Bytes>> stretch_of(const std::string& name, std::uint64_t number) {
    if (auto known = find(name, number)) return known;
    const auto size = TRY(whole_size_of(name));
    const auto begin = std::min(number * stretch_size, size.value);
    auto bytes = std::make_shared<Bytes>(std::min(stretch_size, size.value - begin));
    TRY(inner().read_part(name, begin, *bytes));
    stretches_.with([&](std::list<Stretch>& stretches) {
      stretches.push_front({name, number, bytes});
      if (stretches.size() > most_stretches) stretches.pop_back();
    });
    return std::shared_ptr<const Bytes>(std::move(bytes));
  }

  /// The one that was used last stays longest.
  std::shared_ptr<const Bytes> find(const std::string& name, std::uint64_t number) {
    return stretches_.with([&](std::list<Stretch>& stretches) -> std::shared_ptr<const Bytes> {
      const auto found = std::find_if(stretches.begin(), stretches.end(), [&](const Stretch& it) {
        return it.number == number && it.name == name;
      });
      if (found == stretches.end()) return nullptr;
      stretches.splice(stretches.begin(), stretches, found);
      return found->bytes;
    });
  }

  Result<ByteCount> whole_size_of(const std::string& name) {
    const auto known = sizes_.with([&](const auto& sizes) {
      const auto found = sizes.find(name);
      return found == sizes.end() ? std::nullopt : std::optional(found->second);
    });
    if (known) return *known;
    const auto size = TRY(inner().size_of(name));
    if (!size) return fail(Error{Cause::not_found, "it is not there", name});
    sizes_.with([&](auto& sizes) {
      if (sizes.size() >= most_sizes) sizes.clear();
      sizes.emplace(name, *size);
    });
    return *size;
  }

  Guarded<std::list<Stretch>> stretches_;
  Guarded<std::map<std::string, ByteCount>> sizes_;
};

}  // namespace

std::unique_ptr<Storage> with_read_ahead(std::unique_ptr<Storage> far) {
  return std::make_unique<ReadAhead>(std::move(far));
}

}  // namespace keepsake::storage
