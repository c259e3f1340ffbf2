// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/faults.h"

#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

constexpr std::array statuses{
    400, 401, 403, 404, 409, 410, 412, 416, 421, 423, 429, 450, 500, 502, 503, 504};

/// The calls of each service, by their words.
struct ServiceCalls {
  std::string_view service;
  std::vector<std::string_view> operations;
};

const std::vector<ServiceCalls>& services() {
  static const std::vector<ServiceCalls> all{
      {"sign-in",
       {"authorize",
        "federate",
        "init",
        "complete",
        "options",
        "push",
        "code",
        "sms",
        "sms-code",
        "trust",
        "repair"}},
      {"setup",
       {"login",
        "validate",
        "logout",
        "terms",
        "accept-terms",
        "web-access",
        "consent",
        "keys",
        "storage"}},
      {"database",
       {"zones",
        "database-changes",
        "changes",
        "indexing",
        "count",
        "list",
        "albums",
        "query",
        "lookup",
        "modify"}},
      {"downloads", {"download"}},
      {"uploads", {"upload-url", "upload", "put-asset", "upload-status"}},
      {"shared-albums", {"shared-albums", "shared-count", "shared-assets"}},
  };
  return all;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

bool is_place(std::string_view word) {
  return std::ranges::any_of(services(), [&](const ServiceCalls& service) {
    return service.service == word || std::ranges::count(service.operations, word) > 0;
  });
}

tl::unexpected<Error> misspelt(std::string_view spec, std::string_view word) {
  std::vector<std::string> words;
  for (const FaultKind& kind : fault_kinds()) words.emplace_back(kind.what);
  const auto near = nearest(word, words.data(), words.data() + words.size());
  return fail(Cause::invalid,
              "the fault '{}' is not known: '{}'{}",
              spec,
              word,
              near ? " (do you mean '" + *near + "'?)" : "; it is a status such as 503 or a word");
}

tl::unexpected<Error> wrong_value(std::string_view key, std::string_view value) {
  return fail(Cause::invalid, "a fault cannot have {}={}", key, value);
}

Result<> set_place_in_body(Fault& fault, std::string_view value) {
  if (value == "end") value = "100%";
  const bool is_percent = value.ends_with('%');
  const auto number = number_in(is_percent ? value.substr(0, value.size() - 1) : value);
  if (!number || (is_percent && *number > 100)) return wrong_value("after", value);
  if (is_percent)
    fault.after_percent = static_cast<unsigned>(*number);
  else
    fault.after_bytes = number;
  return {};
}

Result<> set(Fault& fault, std::string_view key, std::string_view value) {
  if (key == "after") return set_place_in_body(fault, value);
  if (key == "at") {
    if (!is_place(value)) return wrong_value(key, value);
    fault.at = value;
    return {};
  }
  if (key == "times" && value == "always") {
    fault.times = always;
    return {};
  }
  const auto number = number_in(value);
  if (!number) return wrong_value(key, value);
  if (key == "on" && *number > 0)
    fault.on = *number;
  else if (key == "times")
    fault.times = *number;
  else if (key == "wait" && *number < 86'400)
    fault.wait = std::chrono::seconds(*number);
  else
    return wrong_value(key, value);
  return {};
}

}  // namespace

std::uint64_t Fault::place_in(std::uint64_t size) const {
  if (after_bytes) return std::min(*after_bytes, size);
  constexpr std::uint64_t whole = 100;
  return size / whole * after_percent + size % whole * after_percent / whole;
}

std::optional<int> Fault::status() const {
  const auto number = number_in(what);
  if (!number || std::ranges::count(statuses, static_cast<int>(*number)) == 0) return std::nullopt;
  return static_cast<int>(*number);
}

const std::vector<FaultKind>& fault_kinds() {
  static const std::vector<FaultKind> kinds{
      // Answers of the database with a code of Apple's.
      {"access-denied", "database", 1, "private db access disabled for this account"},
      {"zone-not-found", "database", 1, "the library was never set up"},
      {"authentication-failed", "database", 1, "no auth method found"},
      {"throttled", "database", 1, "THROTTLED with retryAfter"},
      {"try-again-later", "database", 1, "TRY_AGAIN_LATER with retryAfter"},
      {"index-invalid", "list", 1, "Index has invalid data"},
      {"endless", "database", always, "lists begin anew with each page, and more is to come"},
      {"conflict", "modify", 1, "the record has changed since its tag"},
      // Bodies that go wrong.
      {"cut", "download", 1, "the connection ends in the body"},
      {"short", "download", 1, "the body is shorter than it should be, and ends well"},
      {"flip", "download", 1, "one byte is another one"},
      {"wait", "download", 1, "nothing comes for a while"},
      {"wrong-offset", "download", 1, "a part begins one byte later than asked for"},
      {"no-range", "download", 1, "the whole file for a part of it"},
      {"note", "download", 1, "a short error text with status 200"},
      {"deep", "list", 1, "lists in lists, a hundred thousand times"},
      // Sign-in and account.
      {"zero", "init", 1, "the server's public value begins with a zero byte"},
      {"s2k_fo", "init", always, "passwords are stretched from hexadecimal digits"},
      {"code-409", "code", always, "409 although the code was accepted"},
      {"repair", "complete", always, "an account without a second factor must pass a repair step"},
      {"no-devices", "options", always, "codes come by message only"},
      {"bridge", "options", always, "the page tells its phone numbers in the newer place"},
      {"security-key", "options", always, "the account asks for a hardware key"},
      {"terms", "setup", always, "terms that were not accepted yet"},
      {"no-web-access", "setup", always, "the owner has turned web access off"},
      {"other-domain", "login", always, "the account belongs to the other domain"},
      {"adp", "", always, "Advanced Data Protection: a device must consent"},
      {"almost-full", "storage", always, "the storage is nearly full"},
      {"renew", "database", always, "every answer renews the cookie"},
      // The library while it is listed.
      {"indexing", "indexing", 3, "the library is still being indexed"},
      {"miscount", "count", always, "one photo more is counted than listed"},
      {"change", "list", 1, "a photo comes and another goes before this page"},
      // Records; `on` and `times` count photos.
      {"no-filename", "", 1, "a photo without a file name"},
      {"no-item-type", "", 1, "a photo without a type"},
      {"no-address", "", 1, "a photo whose files cannot be downloaded for now"},
      {"huge", "", 1, "a photo that claims more than 4 GiB"},
      {"plain-name", "", 1, "a file name that is not encoded"},
  };
  return kinds;
}

Result<Fault> parse_fault(std::string_view spec) {
  Fault fault;
  const auto comma = std::min(spec.find(','), spec.size());
  fault.what = spec.substr(0, comma);
  const auto kind = std::ranges::find(fault_kinds(), fault.what, &FaultKind::what);
  if (kind == fault_kinds().end() && !fault.status()) return misspelt(spec, fault.what);
  if (kind != fault_kinds().end()) {
    fault.at = kind->at;
    fault.times = kind->times;
  }
  for (auto rest = spec.substr(comma); !rest.empty();) {
    rest.remove_prefix(1);
    const auto pair = rest.substr(0, std::min(rest.find(','), rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    TRY(set(fault, pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))));
    rest.remove_prefix(pair.size());
  }
  return fault;
}

bool concerns(std::string_view at, std::string_view operation) {
  if (at.empty() || at == operation) return true;
  const auto service = std::ranges::find(services(), at, &ServiceCalls::service);
  return service != services().end() && std::ranges::count(service->operations, operation) > 0;
}

const Fault* Faults::strike(std::string_view what, std::string_view operation) {
  const Fault* struck = nullptr;
  for (Fault& fault : faults_) {
    if (fault.what != what || !concerns(fault.at, operation)) continue;
    ++fault.met;
    if (struck == nullptr && fault.met >= fault.on && fault.met - fault.on < fault.times)
      struck = &fault;
  }
  return struck;
}

const Fault* Faults::strike_status(std::string_view operation) {
  const Fault* struck = nullptr;
  for (Fault& fault : faults_) {
    if (!fault.status() || !concerns(fault.at, operation)) continue;
    ++fault.met;
    if (struck == nullptr && fault.met >= fault.on && fault.met - fault.on < fault.times)
      struck = &fault;
  }
  return struck;
}

bool Faults::touches(std::string_view what, std::uint64_t photo) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) {
    return fault.what == what && photo >= fault.on && photo - fault.on < fault.times;
  });
}

}  // namespace keepsake::simulate::icloud
