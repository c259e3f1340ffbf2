// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/page.h"
#include "source/icloud/shared_streams.h"
#include "source/icloud/translate.h"
#include "source/icloud/zone.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

/// Addresses of files as they were told; each is good for an hour. The oldest make room for the
/// newest. Pure: the caller tells the time.
class AddressBook {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void note(std::vector<FileAddress> addresses, Time now);

  /// Nothing where none was told, or it is too old.
  [[nodiscard]] std::optional<FileAddress> find(std::string_view record,
                                                std::string_view prefix,
                                                Time now) const;
  void forget(std::string_view record, std::string_view prefix);

 private:
  struct Entry {
    FileAddress address;
    Time told{};
  };

  using Key = std::pair<std::string, std::string>;

  std::map<Key, Entry> entries_;
  std::deque<Key> order_;
};

/// Where the bytes of files are now. Asks for the addresses of many files at once, those that were
/// announced, so that a thousand photos cost ten questions. May be used by several threads.
class Addresses {
 public:
  Addresses(CloudKit& cloudkit, SharedStreams& streams) : cloudkit_(cloudkit), streams_(streams) {}

  void note(std::vector<FileAddress> addresses);

  /// This file will be asked for soon.
  void announce(std::string_view library, const FilePlace& place, std::string_view prefix);

  enum class Age { any, fresh };  ///< a fresh one, after the old one was no longer good

  /// Causes: not_found (the service no longer has it), absent (it has no bytes of it yet), changed
  /// (it has other bytes by now), and those of CloudKit.
  Result<net::Url> address_of(std::string_view library,
                              const FilePlace& place,
                              std::string_view prefix,
                              Age age,
                              const std::stop_token& stop);

 private:
  struct Announced {
    std::string library;
    std::string record;
    friend bool operator==(const Announced&, const Announced&) = default;
  };

  Result<> look_up(std::string_view library,
                   const std::string& record,
                   const std::stop_token& stop);
  Result<> look_through_album(std::string_view album,
                              const std::string& record,
                              const std::stop_token& stop);
  std::vector<std::string> batch_with(std::string_view library, const std::string& record);

  CloudKit& cloudkit_;
  SharedStreams& streams_;
  std::mutex one_question_;  ///< whoever asks asks for the others too
  Guarded<AddressBook> book_;
  Guarded<std::deque<Announced>> announced_;  ///< the newest last; those never asked for age out
  Guarded<std::set<std::string>> missing_;    ///< records that the service no longer has
};

}  // namespace keepsake::source::icloud
