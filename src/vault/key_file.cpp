// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/key_file.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/cipher.h"
#include "crypto/scrypt.h"
#include "os/machine.h"
#include "vault/seal.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace keepsake::vault {

namespace {

constexpr std::size_t salt_size = 64;

Result<std::uint32_t> small_number(const json::object& object, std::string_view key) {
  const auto value = TRY(json::needed(object, key));
  const auto number = TRY(json::number(value, key));
  if (number > std::numeric_limits<std::uint32_t>::max())
    return fail(Cause::corrupt, "its \"{}\" is too large", key);
  return static_cast<std::uint32_t>(number);
}

/// What the password makes of the salt: the key of the key file itself.
Result<MasterKey> derive(const Secret& password, ByteView salt, const crypto::ScryptCost& cost) {
  auto derived = TRY(crypto::scrypt(password, salt, cost));
  auto key = MasterKey::from_derived(derived);
  wipe(derived.data(), derived.size());
  return key;
}

}  // namespace

Result<KeyFile> parse_key_file(std::string_view text) {
  const auto document = TRY(json::Document::parse(text, max_key_file));
  const auto& root = document.root();
  const auto kdf_field = TRY(json::needed(root, "kdf"));
  const auto kdf = TRY(json::text(kdf_field, "kdf"));
  if (kdf != "scrypt") return fail(Cause::unsupported, "its key derivation is another than scrypt");
  KeyFile file;
  file.cost.n = TRY(small_number(root, "N"));
  file.cost.r = TRY(small_number(root, "r"));
  file.cost.p = TRY(small_number(root, "p"));
  const auto salt = TRY(json::needed(root, "salt"));
  file.salt = TRY(json::base64(salt, "salt"));
  if (file.salt.size() != salt_size)
    return fail(Cause::corrupt, "its salt has {} bytes instead of {}", file.salt.size(), salt_size);
  const auto data = TRY(json::needed(root, "data"));
  file.sealed = TRY(json::base64(data, "data"));
  return file;
}

std::string to_json(const KeyFile& file, Instant created) {
  return fmt::format(
      R"({{"created":"{}","username":"keepsake","hostname":"keepsake","kdf":"scrypt",)"
      R"("N":{},"r":{},"p":{},"salt":"{}","data":"{}"}})",
      to_rfc3339(created),
      file.cost.n,
      file.cost.r,
      file.cost.p,
      to_base64(file.salt),
      to_base64(file.sealed));
}

Result<MasterKey> unlock(const KeyFile& file, const Secret& password) {
  const auto corrupt = [](Error error) {
    error.cause = Cause::corrupt;
    return error;
  };
  const auto user_key = TRY(derive(password, file.salt, file.cost).map_error(corrupt));
  auto plain = open_sealed(user_key, file.sealed);
  if (!plain) return fail(Cause::wrong_password, "the password does not open it");
  auto key = MasterKey::parse(text_of(*plain));
  wipe(plain->data(), plain->size());
  return key;
}

Result<KeyFile> lock(const MasterKey& key, const Secret& password, const crypto::ScryptCost& cost) {
  KeyFile file{.cost = cost, .salt = Bytes(salt_size), .sealed = {}};
  crypto::fill_random(file.salt);
  const auto user_key = TRY(derive(password, file.salt, cost));
  const auto json = key.to_json();
  file.sealed = seal(user_key, bytes_of(json.reveal()));
  return file;
}

crypto::ScryptCost calibrated_cost(os::Clock& clock) {
  constexpr std::chrono::milliseconds wanted{400};
  constexpr std::int64_t least = 4;
  constexpr std::int64_t most = 32;
  crypto::ScryptCost cost{.n = 32768, .r = 8, .p = 1};
  const Bytes salt(salt_size);
  const auto begun = clock.now();
  expect(crypto::scrypt(Secret("calibration"), salt, cost).has_value(), "this cost makes sense");
  const auto one = std::max(clock.now() - begun, std::chrono::milliseconds(1));
  cost.p =
      static_cast<std::uint32_t>(std::clamp((wanted + one).count() / one.count(), least, most));
  return cost;
}

}  // namespace keepsake::vault
