// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/secret_place.h"

#include <fmt/format.h>
#include <libsecret/secret.h>

#include <memory>
#include <utility>

namespace keepsake::os {

namespace {

struct Release {
  void operator()(GError* error) const { g_error_free(error); }

  void operator()(GHashTable* table) const { g_hash_table_unref(table); }

  void operator()(SecretService* service) const { g_object_unref(service); }

  void operator()(SecretValue* value) const { secret_value_unref(value); }

  void operator()(GList* items) const { g_list_free_full(items, g_object_unref); }
};

template <class Held>
using Owned = std::unique_ptr<Held, Release>;

/// How entries of ours are told from those of other programs.
const SecretSchema& schema() {
  static const SecretSchema ours = [] {
    SecretSchema made{};
    made.name = "io.github.keepsake.Secret";
    made.flags = SECRET_SCHEMA_NONE;
    made.attributes[0] = {"home", SECRET_SCHEMA_ATTRIBUTE_STRING};
    made.attributes[1] = {"kind", SECRET_SCHEMA_ATTRIBUTE_STRING};
    made.attributes[2] = {"name", SECRET_SCHEMA_ATTRIBUTE_STRING};
    return made;
  }();
  return ours;
}

Error unreachable(const GError* error) {
  return {Cause::absent,
          fmt::format("the desktop's keyring cannot be reached: {}",
                      error != nullptr ? error->message : "there is none"),
          {},
          Scope::run};
}

Error locked() {
  return {
      Cause::denied, "the desktop's keyring is locked; unlock it and try again", {}, Scope::run};
}

class KeyringPlace final : public SecretPlace {
 public:
  explicit KeyringPlace(KeyringItem item) : item_(std::move(item)) {}

  Result<std::optional<Secret>> read() override {
    GError* raw_error = nullptr;
    const auto words = attributes();
    // Only what is unlocked: a search that unlocks would wait for somebody at the screen.
    const Owned<GList> items(secret_service_search_sync(
        nullptr,
        &schema(),
        words.get(),
        static_cast<SecretSearchFlags>(SECRET_SEARCH_LOAD_SECRETS | SECRET_SEARCH_ALL),
        nullptr,
        &raw_error));
    const Owned<GError> error(raw_error);
    if (error) return fail(unreachable(error.get()));
    if (!items) return std::optional<Secret>();
    auto* const item = static_cast<SecretItem*>(items->data);
    if (secret_item_get_locked(item) != FALSE) return fail(locked());
    const Owned<SecretValue> value(secret_item_get_secret(item));
    if (!value) return fail(locked());
    gsize size = 0;
    const gchar* const text = secret_value_get(value.get(), &size);
    return std::optional(Secret(std::string(text, size)));
  }

  Result<> write(const Secret& secret) override {
    GError* raw_error = nullptr;
    const auto words = attributes();
    const auto text = secret.reveal();
    const Owned<SecretValue> value(
        secret_value_new(text.data(), static_cast<gssize>(text.size()), "text/plain"));
    secret_service_store_sync(nullptr,
                              &schema(),
                              words.get(),
                              SECRET_COLLECTION_DEFAULT,
                              item_.label.c_str(),
                              value.get(),
                              nullptr,
                              &raw_error);
    const Owned<GError> error(raw_error);
    if (error) return fail(unreachable(error.get()));
    return {};
  }

  Result<> forget() override {
    GError* raw_error = nullptr;
    const auto words = attributes();
    secret_service_clear_sync(nullptr, &schema(), words.get(), nullptr, &raw_error);
    const Owned<GError> error(raw_error);
    if (error) return fail(unreachable(error.get()));
    return {};
  }

 private:
  [[nodiscard]] Owned<GHashTable> attributes() const {
    return Owned<GHashTable>(secret_attributes_build(&schema(),
                                                     "home",
                                                     item_.home.c_str(),
                                                     "kind",
                                                     item_.kind.c_str(),
                                                     "name",
                                                     item_.name.c_str(),
                                                     nullptr));
  }

  KeyringItem item_;
};

}  // namespace

std::unique_ptr<SecretPlace> keyring_item(KeyringItem item) {
  return std::make_unique<KeyringPlace>(std::move(item));
}

}  // namespace keepsake::os
