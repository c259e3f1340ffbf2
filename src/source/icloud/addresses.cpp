// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/addresses.h"

#include "source/icloud/wanted.h"

#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::chrono::minutes good_for{50};  // an hour, less a long download's beginning
constexpr std::size_t most_entries = 4096;
constexpr std::size_t most_at_once = 200;

AddressBook::Time now() { return std::chrono::steady_clock::now(); }

}  // namespace

void AddressBook::note(std::vector<FileAddress> addresses, Time now) {
  for (FileAddress& address : addresses) {
    Key key(address.record, address.prefix);
    const auto [entry, is_new] = entries_.insert_or_assign(key, Entry{std::move(address), now});
    static_cast<void>(entry);
    if (is_new) order_.push_back(std::move(key));
  }
  while (order_.size() > most_entries) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<FileAddress> AddressBook::find(std::string_view record,
                                             std::string_view prefix,
                                             Time now) const {
  const auto found = entries_.find({std::string(record), std::string(prefix)});
  if (found == entries_.end() || now - found->second.told > good_for) return std::nullopt;
  return found->second.address;
}

void AddressBook::forget(std::string_view record, std::string_view prefix) {
  const Key key(record, prefix);
  if (entries_.erase(key) > 0) std::erase(order_, key);
}

void Addresses::note(std::vector<FileAddress> addresses) {
  book_.with([&](AddressBook& book) { book.note(std::move(addresses), now()); });
}

void Addresses::announce(std::string_view library,
                         const FilePlace& place,
                         std::string_view prefix) {
  const bool is_known = book_.with(
      [&](const AddressBook& book) { return book.find(place.record, prefix, now()).has_value(); });
  if (is_known) return;
  Announced file{std::string(library), place.record};
  announced_.with([&](auto& announced) {
    // A photo's files come one after the other.
    if (!announced.empty() && announced.back() == file) return;
    announced.push_back(std::move(file));
    if (announced.size() > most_entries) announced.pop_front();
  });
}

Result<net::Url> Addresses::address_of(std::string_view library,
                                       const FilePlace& place,
                                       std::string_view prefix,
                                       Age age,
                                       const std::stop_token& stop) {
  if (age == Age::fresh) book_.with([&](AddressBook& book) { book.forget(place.record, prefix); });
  const auto known = [&] {
    return book_.with(
        [&](const AddressBook& book) { return book.find(place.record, prefix, now()); });
  };
  auto address = known();
  if (!address) {
    const std::scoped_lock only_one(one_question_);
    address = known();
    if (!address) TRY(look_up(library, place.record, stop));
    if (!address) address = known();
  }
  if (!address) {
    const bool is_gone =
        missing_.with([&](const auto& missing) { return missing.contains(place.record); });
    if (is_gone) return fail(Cause::not_found, "iCloud no longer has it; the next run will know");
    return fail(Cause::absent,
                "iCloud does not have its bytes yet; they come when the phone has sent them");
  }
  if (!place.checksum.empty() && !address->checksum.empty() && address->checksum != place.checksum)
    return fail(Cause::changed, "iCloud has another version of it by now; the next run takes that");
  return net::Url::parse(address->url).map_error([](const Error& error) {
    return Error{Cause::corrupt,
                 "iCloud gives an address for it that is none: " + error.what,
                 {},
                 Scope::asset};
  });
}

Result<> Addresses::look_up(std::string_view library,
                            const std::string& record,
                            const std::stop_token& stop) {
  if (!zone_of(library).is_library()) return look_through_album(library, record, stop);
  const auto names = batch_with(library, record);
  auto page = TRY(cloudkit_.lookup(zone_of(library), names, address_fields(), stop));
  note(std::move(page.addresses));
  missing_.with([&](auto& missing) {
    for (const RecordFailure& failure : page.failures)
      if (is_not_there(failure)) missing.insert(failure.name);
    for (const std::string& name : page.purged) missing.insert(name);
  });
  return {};
}

/// A shared album tells of its photos page by page only.
Result<> Addresses::look_through_album(std::string_view album,
                                       const std::string& record,
                                       const std::stop_token& stop) {
  bool is_there = false;
  const auto take = [&](Page page) -> Result<> {
    for (const MasterRecord& master : page.masters) is_there |= master.name == record;
    note(std::move(page.addresses));
    return {};
  };
  TRY(streams_.each_page(album, take, stop));
  if (!is_there) missing_.with([&](auto& missing) { missing.insert(record); });
  return {};
}

/// That record, and others of its library that were announced, the newest first.
std::vector<std::string> Addresses::batch_with(std::string_view library,
                                               const std::string& record) {
  std::vector<std::string> names{record};
  announced_.with([&](auto& announced) {
    std::erase(announced, Announced{std::string(library), record});
    while (!announced.empty() && announced.back().library == library &&
           names.size() < most_at_once) {
      names.push_back(std::move(announced.back().record));
      announced.pop_back();
    }
  });
  return names;
}

}  // namespace keepsake::source::icloud
