// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"

#include <cstddef>
#include <string>
#include <utility>

namespace keepsake {

namespace {

/// A short string lies inside its object, so that moving it leaves a copy behind; growing it to its
/// capacity makes all of its memory reachable.
void wipe_whole(std::string& text) {
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

}  // namespace

void wipe(void* bytes, std::size_t size) {
  auto* const volatile_bytes = static_cast<volatile unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) volatile_bytes[i] = 0;
}

Secret::Secret(std::string value) : value_(std::move(value)) { wipe_whole(value); }

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.forget(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  forget();
  value_ = std::move(other.value_);
  other.forget();
  return *this;
}

Secret::~Secret() { forget(); }

void Secret::forget() { wipe_whole(value_); }

}  // namespace keepsake
