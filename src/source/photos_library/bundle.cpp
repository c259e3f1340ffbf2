// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/bundle.h"

#include "source/file_stream.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace keepsake::source::photos {

namespace {

constexpr std::string_view main_file = "database/Photos.sqlite";
constexpr std::string_view log_file = "database/Photos.sqlite-wal";
constexpr std::string_view copy_name = "Photos.sqlite";
constexpr std::string_view copy_log_name = "Photos.sqlite-wal";

constexpr int most_attempts = 6;
constexpr std::chrono::milliseconds first_pause{100};  // doubled after every attempt
constexpr std::size_t block_bytes = std::size_t{1} << 20U;
constexpr ByteCount largest_value{64 << 20};

bool is_there(os::Folder& bundle, std::string_view path) {
  const auto entry = bundle.look(RelativePath::known(path));
  return entry && *entry;
}

/// What the two files are now; nothing for a log that is not there.
Result<std::string> stamp_now(os::Folder& bundle) {
  const auto main = TRY(bundle.look(RelativePath::known(main_file)));
  if (!main) return fail(Error{Cause::absent, "its database is not there", std::string(main_file)});
  const auto log = TRY(bundle.look(RelativePath::known(log_file)));
  return to_text(stamp_of(*main)) + " " + (log ? to_text(stamp_of(*log)) : "");
}

Result<> copy_file(os::Folder& from,
                   std::string_view path,
                   os::Folder& to,
                   std::string_view name,
                   const std::stop_token& stop) {
  auto in = TRY(from.open(RelativePath::known(path), os::Reading::cached));
  auto out = TRY(to.create(RelativePath::known(name), in->size()));
  std::vector<std::byte> block(block_bytes);
  for (;;) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    const auto count = TRY(in->read(block));
    if (count == 0) return out->finish(std::nullopt);
    TRY(out->write(ByteView(block).first(count)));
  }
}

Result<> copy_both(os::Folder& bundle, os::Folder& to, const std::stop_token& stop) {
  for (const auto name : {copy_name, copy_log_name}) TRY(to.remove(RelativePath::known(name)));
  TRY(copy_file(bundle, main_file, to, copy_name, stop));
  const auto log = copy_file(bundle, log_file, to, copy_log_name, stop);
  return log || log.error().cause == Cause::not_found ? Result<>() : log;
}

/// Waits, unless a stop comes first.
void pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

/// The stamp of what was copied.
Result<std::string> copy_at_rest(os::Folder& bundle, os::Folder& to, const std::stop_token& stop) {
  auto patience = first_pause;
  for (int attempt = 1;; ++attempt, patience *= 2) {
    const auto before = TRY(stamp_now(bundle));
    const auto copied = copy_both(bundle, to, stop);
    if (!copied && copied.error().cause != Cause::changed) return fail(copied.error());
    auto after = TRY(stamp_now(bundle));
    if (copied && before == after) return after;
    if (attempt == most_attempts)
      return fail(
          Cause::changed,
          "Photos keeps writing to the library's database; quit Photos, or try again later");
    pause(patience, stop);
  }
}

}  // namespace

Result<> check_bundle(os::Folder& bundle) {
  if (is_there(bundle, main_file)) return {};
  const auto where = bundle.where().string();
  for (const char* sign : {"database/photos.db",
                           "database/Library.apdb",
                           "Database/apdb",
                           "Database/Library.apdb",
                           "Library.apdb",
                           "iPhotoMain.db",
                           "AlbumData.xml"})
    if (is_there(bundle, sign))
      return fail(
          Cause::unsupported,
          "{} was made by Photos 4 (macOS 10.14) or older, by iPhoto or Aperture. Open it "
          "once with a newer Photos, or back up its folder \"Masters\" as a folder of photos",
          where);
  return fail(Cause::invalid,
              "{} is no Photos library: it has no {}. A library is a folder whose name ends in "
              ".photoslibrary",
              where,
              main_file);
}

Result<DatabaseCopy> DatabaseCopy::take(os::Folder& bundle,
                                        const std::filesystem::path& place,
                                        const std::stop_token& stop) {
  auto temporary = TRY(os::TemporaryFolder::make(place));
  const auto folder = TRY(os::open_folder(temporary.path()));
  auto stamp = TRY(copy_at_rest(bundle, *folder, stop));
  auto database =
      TRY(sqlite::Database::open(temporary.path() / copy_name, sqlite::Access::read_only));
  TRY(database.distrust(largest_value));
  return DatabaseCopy{std::move(temporary), std::move(database), std::move(stamp)};
}

}  // namespace keepsake::source::photos
