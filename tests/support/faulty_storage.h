// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/wrapped.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// What happens to the storage of a test. May be used by several threads.
class Fortune {
 public:
  enum class Deed { put, draft, write, cut_back, publish, make_durable, rename, remove };

  /// Says whether a deed shall fail; asked before every one that changes anything.
  std::function<bool(Deed deed, std::string_view name)> fails;

  /// What becomes of bytes on their way into a file; null: nothing.
  std::function<void(Bytes&)> spoils;

  [[nodiscard]] Bytes arrived(ByteView bytes) const {
    Bytes arrived(bytes.begin(), bytes.end());
    if (spoils) spoils(arrived);
    return arrived;
  }

  Error error{Cause::internal, "the test let it fail", {}, Scope::destination};

  /// Lets the nth deed from now on and all after it fail.
  void fail_from(int n) {
    fails = [n, count = 0](Deed, std::string_view) mutable { return ++count >= n; };
  }

  Result<> ask(Deed deed, std::string_view name = {}) {
    const std::scoped_lock lock(mutex_);
    if (fails && fails(deed, name)) return fail(error);
    return {};
  }

  /// Names given since everything was last made durable: a power cut may take them back.
  std::vector<std::string> not_durable;

  template <class Use>
  void with_lock(Use&& use) {
    const std::scoped_lock lock(mutex_);
    use();
  }

 private:
  std::mutex mutex_;
};

/// A storage in which operations fail at a test's will.
class FaultyStorage final : public storage::Wrapped {
 public:
  FaultyStorage(std::unique_ptr<storage::Storage> storage, std::shared_ptr<Fortune> fortune)
      : Wrapped(std::move(storage)), fortune_(std::move(fortune)) {}

  Result<> put(std::string_view name, ByteView bytes) override {
    TRY(fortune_->ask(Fortune::Deed::put, name));
    return inner().put(name, fortune_->arrived(bytes));
  }

  Result<std::unique_ptr<storage::Draft>> draft(ByteCount size) override {
    TRY(fortune_->ask(Fortune::Deed::draft));
    auto draft = TRY(inner().draft(size));
    return std::unique_ptr<storage::Draft>(
        std::make_unique<FaultyDraft>(std::move(draft), fortune_));
  }

  Result<> make_durable() override {
    TRY(fortune_->ask(Fortune::Deed::make_durable));
    TRY(inner().make_durable());
    fortune_->with_lock([&] { fortune_->not_durable.clear(); });
    return {};
  }

  Result<> rename(std::string_view from, std::string_view to, storage::Existing existing) override {
    TRY(fortune_->ask(Fortune::Deed::rename, to));
    return inner().rename(from, to, existing);
  }

  Result<> remove(std::string_view name) override {
    TRY(fortune_->ask(Fortune::Deed::remove, name));
    return inner().remove(name);
  }

  /// Takes back every name that was not made durable.
  void cut_power() {
    for (const std::string& name : std::exchange(fortune_->not_durable, {}))
      static_cast<void>(inner().remove(name));
  }

 private:
  class FaultyDraft final : public storage::Draft {
   public:
    FaultyDraft(std::unique_ptr<storage::Draft> draft, std::shared_ptr<Fortune> fortune)
        : draft_(std::move(draft)), fortune_(std::move(fortune)) {}

    /// What fails was written by half.
    Result<> write(ByteView bytes) override {
      const auto fate = fortune_->ask(Fortune::Deed::write);
      if (!fate) static_cast<void>(draft_->write(bytes.first(bytes.size() / 2)));
      TRY(fate);
      return draft_->write(fortune_->arrived(bytes));
    }

    Result<> cut_back_to(ByteCount size) override {
      TRY(fortune_->ask(Fortune::Deed::cut_back));
      return draft_->cut_back_to(size);
    }

    Result<> publish(std::string_view name) override {
      TRY(fortune_->ask(Fortune::Deed::publish, name));
      TRY(draft_->publish(name));
      fortune_->with_lock([&] { fortune_->not_durable.emplace_back(name); });
      return {};
    }

   private:
    std::unique_ptr<storage::Draft> draft_;
    std::shared_ptr<Fortune> fortune_;
  };

  std::shared_ptr<Fortune> fortune_;
};

}  // namespace keepsake::tests
