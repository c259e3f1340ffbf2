// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/read_ahead.h"

#include "base/guarded.h"

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

class ReadAhead final : public Storage {
 public:
  explicit ReadAhead(std::unique_ptr<Storage> far) : far_(std::move(far)) {}

  [[nodiscard]] std::string where() const override { return far_->where(); }

  Result<std::vector<Listed>> list(std::string_view folder) override { return far_->list(folder); }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    return far_->list_below(folder);
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    return far_->size_of(name);
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override {
    return far_->open(name, reading);
  }

  Result<> read_part(std::string_view name,
                     std::uint64_t position,
                     std::span<std::byte> buffer) override {
    if (!name.starts_with("data/") || buffer.size() > largest_part)
      return far_->read_part(name, position, buffer);
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

  Result<> put(std::string_view name, ByteView bytes) override { return far_->put(name, bytes); }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override { return far_->draft(size); }

  Result<> make_durable() override { return far_->make_durable(); }

  Result<> make_folder(std::string_view folder) override { return far_->make_folder(folder); }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    return far_->rename(from, to, existing);
  }

  Result<std::optional<ByteCount>> free_space() override { return far_->free_space(); }

  Result<> remove(std::string_view name) override { return far_->remove(name); }

  Result<> begin_writing_as(std::string_view writer) override {
    return far_->begin_writing_as(writer);
  }

  Result<> sync_removals(std::string_view folder) override { return far_->sync_removals(folder); }

 private:
  /// Empty behind the end of the file.
  Result<std::shared_ptr<const Bytes>> stretch_of(const std::string& name, std::uint64_t number) {
    if (auto known = find(name, number)) return known;
    const auto size = TRY(whole_size_of(name));
    const auto begin = std::min(number * stretch_size, size.value);
    auto bytes = std::make_shared<Bytes>(std::min(stretch_size, size.value - begin));
    TRY(far_->read_part(name, begin, *bytes));
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
    const auto size = TRY(far_->size_of(name));
    if (!size) return fail(Error{Cause::not_found, "it is not there", name});
    sizes_.with([&](auto& sizes) {
      if (sizes.size() >= most_sizes) sizes.clear();
      sizes.emplace(name, *size);
    });
    return *size;
  }

  std::unique_ptr<Storage> far_;
  Guarded<std::list<Stretch>> stretches_;
  Guarded<std::map<std::string, ByteCount>> sizes_;
};

}  // namespace

std::unique_ptr<Storage> with_read_ahead(std::unique_ptr<Storage> far) {
  return std::make_unique<ReadAhead>(std::move(far));
}

}  // namespace keepsake::storage
