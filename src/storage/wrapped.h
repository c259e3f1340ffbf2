// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/storage.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

/// A storage that does whatever another one does; what is derived from it says what it does
/// otherwise.
class Wrapped : public Storage {
 public:
  explicit Wrapped(std::unique_ptr<Storage> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] std::string where() const override { return inner_->where(); }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    return inner_->list(folder);
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    return inner_->list_below(folder);
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    return inner_->size_of(name);
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading reading) override {
    return inner_->open(name, reading);
  }

  Result<> read_part(std::string_view name,
                     std::uint64_t position,
                     std::span<std::byte> buffer) override {
    return inner_->read_part(name, position, buffer);
  }

  Result<> put(std::string_view name, ByteView bytes) override { return inner_->put(name, bytes); }

  Result<std::unique_ptr<Draft>> draft(ByteCount size) override { return inner_->draft(size); }

  Result<> make_durable() override { return inner_->make_durable(); }

  Result<> make_folder(std::string_view folder) override { return inner_->make_folder(folder); }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    return inner_->rename(from, to, existing);
  }

  Result<std::optional<ByteCount>> free_space() override { return inner_->free_space(); }

  Result<> remove(std::string_view name) override { return inner_->remove(name); }

  Result<> begin_writing_as(std::string_view writer) override {
    return inner_->begin_writing_as(writer);
  }

  Result<> sync_removals(std::string_view folder) override { return inner_->sync_removals(folder); }

 protected:
  [[nodiscard]] Storage& inner() const { return *inner_; }

 private:
  std::unique_ptr<Storage> inner_;
};

}  // namespace keepsake::storage
