// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/machine/calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;

std::atomic<Gate*> gate{nullptr};
thread_local bool at_the_gate = false;  ///< what the gate asks for itself passes it by

/// The paths by which files were opened, by descriptor.
class OpenFiles {
 public:
  void opened(int file, std::string path) {
    if (file < 0 || file >= most) return;
    const std::scoped_lock lock(mutex_);
    paths_[static_cast<std::size_t>(file)] = std::move(path);
  }

  std::string path_of(int file) {
    if (file < 0 || file >= most) return {};
    const std::scoped_lock lock(mutex_);
    return paths_[static_cast<std::size_t>(file)];
  }

 private:
  static constexpr int most = 1024;

  std::mutex mutex_;
  std::array<std::string, most> paths_;
};

OpenFiles& open_files() {
  static OpenFiles files;
  return files;
}

/// The C library's own function of that name.
template <class Function>
Function next(const char* name) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what dlsym is for
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// An absolute path from a folder's descriptor and a path; empty when the folder is not known.
std::string whole(int folder, const char* path) {
  const std::string_view part = path == nullptr ? "" : path;
  if (part.starts_with('/')) return std::string(part);
  auto above = open_files().path_of(folder);
  if (above.empty() || part.empty() || part == ".") return above;
  return above + "/" + std::string(part);
}

/// Asks the machine something that the process did not.
template <class Ask>
auto unseen(Ask ask) {
  at_the_gate = true;
  const auto answer = ask();
  at_the_gate = false;
  return answer;
}

bool is_watched() { return gate.load() != nullptr && !at_the_gate; }

/// Lets the gate decide on a call.
template <class Go>
long through(const Call& call, Go go) {
  if (call.path.empty()) return go(Gate::all);
  at_the_gate = true;
  const long result = gate.load()->pass(call, [&](std::size_t most) -> long { return go(most); });
  const int error = errno;
  at_the_gate = false;
  errno = error;
  return result;
}

std::size_t at_most(std::size_t size, std::size_t most) { return most < size ? most : size; }

Kind kind_of_opening(int flags) {
  if ((flags & O_PATH) != 0) return Kind::look;
  if ((flags & O_DIRECTORY) != 0) return Kind::list;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  return writes ? Kind::create : Kind::open;
}

template <class Open>
int opened(int folder, const char* path, int flags, Open open) {
  if (!is_watched()) return open();
  auto place = whole(folder, path);
  Call call{kind_of_opening(flags), place};
  call.number = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  const auto file = static_cast<int>(through(call, [&](std::size_t) { return open(); }));
  if (file >= 0) open_files().opened(file, std::move(place));
  return file;
}

template <class Read>
ssize_t read_from(int file, std::size_t size, Read read) {
  if (!is_watched()) return read(size);
  Call call{Kind::read, open_files().path_of(file)};
  call.file = file;
  return through(call, [&](std::size_t most) { return read(at_most(size, most)); });
}

template <class Write>
ssize_t write_to(int file, const void* bytes, std::size_t size, std::int64_t at, Write write) {
  if (!is_watched()) return write(size);
  Call call{Kind::write, open_files().path_of(file)};
  call.file = file;
  call.number = static_cast<std::uint64_t>(at);
  call.bytes = {static_cast<const char*>(bytes), size};
  return through(call, [&](std::size_t most) { return write(at_most(size, most)); });
}

/// A call about an open file that answers with 0 or -1.
template <class Go>
int about_file(Kind kind, int file, std::uint64_t number, Go go) {
  if (!is_watched()) return go();
  Call call{kind, open_files().path_of(file)};
  call.file = file;
  call.number = number;
  return static_cast<int>(through(call, [&](std::size_t) { return go(); }));
}

template <class Go>
int about_name(Kind kind, int folder, const char* path, std::uint64_t number, Go go) {
  if (!is_watched()) return go();
  Call call{kind, whole(folder, path)};
  call.number = number;
  return static_cast<int>(through(call, [&](std::size_t) { return go(); }));
}

template <class Go>
int about_names(Kind kind, std::string path, std::string other, Go go) {
  if (!is_watched()) return go();
  return static_cast<int>(
      through({kind, std::move(path), std::move(other)}, [&](std::size_t) { return go(); }));
}

template <class Sync>
int synced(int file, Sync sync) {
  if (!is_watched()) return sync();
  const bool is_folder = unseen([&] {
    struct stat status{};
    return fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
  });
  return about_file(is_folder ? Kind::sync_folder : Kind::sync, file, 0, sync);
}

// A short wait for a condition with a time limit passes at once: the clock that does not show the
// time of day goes forward by as much. That time passed is all that such a wait can tell.

constexpr std::int64_t a_second = 1'000'000'000;
std::atomic<std::int64_t> time_passed{0};  ///< by waits that were left out, in nanoseconds

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * a_second + time.tv_nsec; }

timespec later(const timespec& time, std::int64_t by) {
  const auto sum = nanoseconds(time) + by;
  return {.tv_sec = sum / a_second, .tv_nsec = sum % a_second};
}

int pass_time(pthread_mutex_t* mutex, std::int64_t wait) {
  time_passed += wait;
  pthread_mutex_unlock(mutex);
  sched_yield();
  pthread_mutex_lock(mutex);
  return ETIMEDOUT;
}

}  // namespace

std::string_view name(Call::Kind kind) {
  constexpr std::array<std::string_view, 18> names{"look",
                                                   "list",
                                                   "open",
                                                   "read",
                                                   "create",
                                                   "write",
                                                   "resize",
                                                   "reserve",
                                                   "sync",
                                                   "sync folder",
                                                   "rename",
                                                   "link",
                                                   "symlink",
                                                   "make folder",
                                                   "remove",
                                                   "set time",
                                                   "set mode",
                                                   "close"};
  return names.at(static_cast<std::size_t>(kind));
}

bool changes_something(Call::Kind kind) {
  return kind >= Kind::create && kind <= Kind::set_mode && kind != Kind::reserve;
}

void stand_before_the_machine(Gate& chosen) { gate = &chosen; }

// ---- the C library's functions ------------------------------------------------------------------

// Each has the library's name for the linker and one of its own here, so that no declaration of the
// library's headers, with its attributes and its ways of being redirected, is in the way. The names
// that end in 64 are the same functions on a machine of 64 bits.
#define STANDS_FOR(name) __asm__(#name)              // NOLINT(cppcoreguidelines-macro-usage)
#define SAME_AS(name) __attribute__((alias(#name)))  // NOLINT(cppcoreguidelines-macro-usage)

extern "C" {

// A mode is there when something may be created; one that is not there is not looked at.

int open_here(const char* path, int flags, mode_t mode) STANDS_FOR(open);
int open64_here(const char* path, int flags, mode_t mode) STANDS_FOR(open64) SAME_AS(open);
int openat_here(int folder, const char* path, int flags, mode_t mode) STANDS_FOR(openat);
int openat64_here(int folder, const char* path, int flags, mode_t mode) STANDS_FOR(openat64)
    SAME_AS(openat);
long syscall_here(long number, long a, long b, long c, long d, long e, long f) STANDS_FOR(syscall);
int close_here(int file) STANDS_FOR(close);

int open_here(const char* path, int flags, mode_t mode) {
  static const auto go = next<int (*)(const char*, int, mode_t)>("open");
  return opened(AT_FDCWD, path, flags, [&] { return go(path, flags, mode); });
}

int openat_here(int folder, const char* path, int flags, mode_t mode) {
  static const auto go = next<int (*)(int, const char*, int, mode_t)>("openat");
  return opened(folder, path, flags, [&] { return go(folder, path, flags, mode); });
}

long syscall_here(long number, long a, long b, long c, long d, long e, long f) {
  static const auto go = next<long (*)(long, long, long, long, long, long, long)>("syscall");
  if (number != SYS_openat2) return go(number, a, b, c, d, e, f);
  // NOLINTBEGIN(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast): its way
  const auto* path = reinterpret_cast<const char*>(b);
  const auto* how = reinterpret_cast<const open_how*>(c);
  // NOLINTEND(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast)
  return opened(static_cast<int>(a), path, static_cast<int>(how->flags), [&] {
    return static_cast<int>(go(number, a, b, c, d, e, f));
  });
}

int close_here(int file) {
  static const auto go = next<int (*)(int)>("close");
  if (!is_watched()) return go(file);
  Call call{Kind::close, open_files().path_of(file)};
  call.file = file;
  open_files().opened(file, {});  // before another thread gets the same number
  return static_cast<int>(through(call, [&](std::size_t) { return go(file); }));
}

ssize_t read_here(int file, void* buffer, std::size_t size) STANDS_FOR(read);
ssize_t pread_here(int file, void* buffer, std::size_t size, off_t at) STANDS_FOR(pread);
ssize_t pread64_here(int file, void* buffer, std::size_t size, off_t at) STANDS_FOR(pread64)
    SAME_AS(pread);
ssize_t write_here(int file, const void* bytes, std::size_t size) STANDS_FOR(write);
ssize_t pwrite_here(int file, const void* bytes, std::size_t size, off_t at) STANDS_FOR(pwrite);
ssize_t pwrite64_here(int file, const void* bytes, std::size_t size, off_t at) STANDS_FOR(pwrite64)
    SAME_AS(pwrite);

ssize_t read_here(int file, void* buffer, std::size_t size) {
  static const auto go = next<ssize_t (*)(int, void*, std::size_t)>("read");
  return read_from(file, size, [&](std::size_t most) { return go(file, buffer, most); });
}

ssize_t pread_here(int file, void* buffer, std::size_t size, off_t at) {
  static const auto go = next<ssize_t (*)(int, void*, std::size_t, off_t)>("pread");
  return read_from(file, size, [&](std::size_t most) { return go(file, buffer, most, at); });
}

ssize_t write_here(int file, const void* bytes, std::size_t size) {
  static const auto go = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  if (!is_watched()) return go(file, bytes, size);
  const auto at = unseen([&]() -> off_t {
    struct stat status{};
    const bool appends = (fcntl(file, F_GETFL) & O_APPEND) != 0 && fstat(file, &status) == 0;
    return appends ? status.st_size : lseek(file, 0, SEEK_CUR);
  });
  return write_to(file, bytes, size, at, [&](std::size_t most) { return go(file, bytes, most); });
}

ssize_t pwrite_here(int file, const void* bytes, std::size_t size, off_t at) {
  static const auto go = next<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite");
  return write_to(
      file, bytes, size, at, [&](std::size_t most) { return go(file, bytes, most, at); });
}

int ftruncate_here(int file, off_t size) STANDS_FOR(ftruncate);
int ftruncate64_here(int file, off_t size) STANDS_FOR(ftruncate64) SAME_AS(ftruncate);
int fallocate_here(int file, int mode, off_t at, off_t size) STANDS_FOR(fallocate);
int fallocate64_here(int file, int mode, off_t at, off_t size) STANDS_FOR(fallocate64)
    SAME_AS(fallocate);
int fsync_here(int file) STANDS_FOR(fsync);
int fdatasync_here(int file) STANDS_FOR(fdatasync) SAME_AS(fsync);
int fchmod_here(int file, mode_t mode) STANDS_FOR(fchmod);
int futimens_here(int file, const timespec* times) STANDS_FOR(futimens);
int ioctl_here(int file, unsigned long request, void* argument) STANDS_FOR(ioctl);

int ftruncate_here(int file, off_t size) {
  static const auto go = next<int (*)(int, off_t)>("ftruncate");
  return about_file(
      Kind::resize, file, static_cast<std::uint64_t>(size), [&] { return go(file, size); });
}

int fallocate_here(int file, int mode, off_t at, off_t size) {
  static const auto go = next<int (*)(int, int, off_t, off_t)>("fallocate");
  return about_file(Kind::reserve, file, static_cast<std::uint64_t>(size), [&] {
    return go(file, mode, at, size);
  });
}

int fsync_here(int file) {
  static const auto go = next<int (*)(int)>("fsync");
  return synced(file, [&] { return go(file); });
}

int fchmod_here(int file, mode_t mode) {
  static const auto go = next<int (*)(int, mode_t)>("fchmod");
  return about_file(Kind::set_mode, file, mode, [&] { return go(file, mode); });
}

int futimens_here(int file, const timespec* times) {
  static const auto go = next<int (*)(int, const timespec*)>("futimens");
  if (!is_watched()) return go(file, times);
  Call call{Kind::set_time, open_files().path_of(file)};
  call.file = file;
  if (times != nullptr) call.modified = times[1];
  return static_cast<int>(through(call, [&](std::size_t) { return go(file, times); }));
}

/// On this machine files share no blocks.
int ioctl_here(int file, unsigned long request, void* argument) {
  static const auto go = next<int (*)(int, unsigned long, void*)>("ioctl");
  if (!is_watched() || request != FICLONE) return go(file, request, argument);
  errno = EOPNOTSUPP;
  return -1;
}

int rename_here(const char* from, const char* to) STANDS_FOR(rename);
int renameat_here(int a, const char* from, int b, const char* to) STANDS_FOR(renameat);
int renameat2_here(int a, const char* from, int b, const char* to, unsigned flags)
    STANDS_FOR(renameat2);
int linkat_here(int a, const char* from, int b, const char* to, int flags) STANDS_FOR(linkat);
int symlinkat_here(const char* target, int folder, const char* path) STANDS_FOR(symlinkat);
int unlink_here(const char* path) STANDS_FOR(unlink);
int rmdir_here(const char* path) STANDS_FOR(rmdir);
int remove_here(const char* path) STANDS_FOR(remove);
int unlinkat_here(int folder, const char* path, int flags) STANDS_FOR(unlinkat);
int mkdir_here(const char* path, mode_t mode) STANDS_FOR(mkdir);
int mkdirat_here(int folder, const char* path, mode_t mode) STANDS_FOR(mkdirat);
int chmod_here(const char* path, mode_t mode) STANDS_FOR(chmod);
int fchmodat_here(int folder, const char* path, mode_t mode, int flags) STANDS_FOR(fchmodat);

int rename_here(const char* from, const char* to) {
  static const auto go = next<int (*)(const char*, const char*)>("rename");
  return about_names(
      Kind::rename, whole(AT_FDCWD, from), whole(AT_FDCWD, to), [&] { return go(from, to); });
}

int renameat_here(int a, const char* from, int b, const char* to) {
  static const auto go = next<int (*)(int, const char*, int, const char*)>("renameat");
  return about_names(
      Kind::rename, whole(a, from), whole(b, to), [&] { return go(a, from, b, to); });
}

int renameat2_here(int a, const char* from, int b, const char* to, unsigned flags) {
  static const auto go = next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
  return about_names(
      Kind::rename, whole(a, from), whole(b, to), [&] { return go(a, from, b, to, flags); });
}

int linkat_here(int a, const char* from, int b, const char* to, int flags) {
  static const auto go = next<int (*)(int, const char*, int, const char*, int)>("linkat");
  return about_names(
      Kind::link, whole(a, from), whole(b, to), [&] { return go(a, from, b, to, flags); });
}

int symlinkat_here(const char* target, int folder, const char* path) {
  static const auto go = next<int (*)(const char*, int, const char*)>("symlinkat");
  return about_names(
      Kind::symlink, whole(folder, path), target, [&] { return go(target, folder, path); });
}

int unlink_here(const char* path) {
  static const auto go = next<int (*)(const char*)>("unlink");
  return about_name(Kind::remove, AT_FDCWD, path, 0, [&] { return go(path); });
}

int rmdir_here(const char* path) {
  static const auto go = next<int (*)(const char*)>("rmdir");
  return about_name(Kind::remove, AT_FDCWD, path, 0, [&] { return go(path); });
}

int remove_here(const char* path) {
  static const auto go = next<int (*)(const char*)>("remove");
  return about_name(Kind::remove, AT_FDCWD, path, 0, [&] { return go(path); });
}

int unlinkat_here(int folder, const char* path, int flags) {
  static const auto go = next<int (*)(int, const char*, int)>("unlinkat");
  return about_name(Kind::remove, folder, path, 0, [&] { return go(folder, path, flags); });
}

int mkdir_here(const char* path, mode_t mode) {
  static const auto go = next<int (*)(const char*, mode_t)>("mkdir");
  return about_name(Kind::make_folder, AT_FDCWD, path, mode, [&] { return go(path, mode); });
}

int mkdirat_here(int folder, const char* path, mode_t mode) {
  static const auto go = next<int (*)(int, const char*, mode_t)>("mkdirat");
  return about_name(Kind::make_folder, folder, path, mode, [&] { return go(folder, path, mode); });
}

int chmod_here(const char* path, mode_t mode) {
  static const auto go = next<int (*)(const char*, mode_t)>("chmod");
  return about_name(Kind::set_mode, AT_FDCWD, path, mode, [&] { return go(path, mode); });
}

int fchmodat_here(int folder, const char* path, mode_t mode, int flags) {
  static const auto go = next<int (*)(int, const char*, mode_t, int)>("fchmodat");
  return about_name(
      Kind::set_mode, folder, path, mode, [&] { return go(folder, path, mode, flags); });
}

int stat_here(const char* path, struct stat* status) STANDS_FOR(stat);
int stat64_here(const char* path, struct stat* status) STANDS_FOR(stat64) SAME_AS(stat);
int lstat_here(const char* path, struct stat* status) STANDS_FOR(lstat);
int lstat64_here(const char* path, struct stat* status) STANDS_FOR(lstat64) SAME_AS(lstat);
int fstat_here(int file, struct stat* status) STANDS_FOR(fstat);
int fstat64_here(int file, struct stat* status) STANDS_FOR(fstat64) SAME_AS(fstat);
int fstatat_here(int folder, const char* path, struct stat* status, int flags) STANDS_FOR(fstatat);
int fstatat64_here(int folder, const char* path, struct stat* status, int flags)
    STANDS_FOR(fstatat64) SAME_AS(fstatat);
dirent* readdir_here(DIR* folder) STANDS_FOR(readdir);
dirent* readdir64_here(DIR* folder) STANDS_FOR(readdir64) SAME_AS(readdir);

int stat_here(const char* path, struct stat* status) {
  static const auto go = next<int (*)(const char*, struct stat*)>("stat");
  return about_name(Kind::look, AT_FDCWD, path, 0, [&] { return go(path, status); });
}

int lstat_here(const char* path, struct stat* status) {
  static const auto go = next<int (*)(const char*, struct stat*)>("lstat");
  return about_name(Kind::look, AT_FDCWD, path, 0, [&] { return go(path, status); });
}

int fstat_here(int file, struct stat* status) {
  static const auto go = next<int (*)(int, struct stat*)>("fstat");
  return about_file(Kind::look, file, 0, [&] { return go(file, status); });
}

int fstatat_here(int folder, const char* path, struct stat* status, int flags) {
  static const auto go = next<int (*)(int, const char*, struct stat*, int)>("fstatat");
  return about_name(Kind::look, folder, path, 0, [&] { return go(folder, path, status, flags); });
}

dirent* readdir_here(DIR* folder) {
  static const auto go = next<dirent* (*)(DIR*)>("readdir");
  dirent* entry = nullptr;
  about_file(Kind::list, dirfd(folder), 0, [&] {
    entry = go(folder);
    return 0;
  });
  return entry;
}

int kill_here(pid_t process, int signal) STANDS_FOR(kill);

/// Whoever has a killed run's number now is no part of this machine.
int kill_here(pid_t process, int signal) {
  static const auto go = next<int (*)(pid_t, int)>("kill");
  if (!is_watched() || signal != 0 || process == getpid()) return go(process, signal);
  errno = ESRCH;
  return -1;
}

int clock_gettime_here(clockid_t clock, timespec* time) STANDS_FOR(clock_gettime);
int clockwait_here(pthread_cond_t* condition,
                   pthread_mutex_t* mutex,
                   clockid_t clock,
                   const timespec* until) STANDS_FOR(pthread_cond_clockwait);

int clock_gettime_here(clockid_t clock, timespec* time) {
  static const auto go = next<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = go(clock, time);
  Gate* const at = gate.load();
  if (at == nullptr || result != 0) return result;
  if (clock == CLOCK_REALTIME) *time = at->now(*time);
  if (clock == CLOCK_MONOTONIC) *time = later(*time, time_passed);
  return result;
}

int clockwait_here(pthread_cond_t* condition,
                   pthread_mutex_t* mutex,
                   clockid_t clock,
                   const timespec* until) {
  using Wait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto go = next<Wait>("pthread_cond_clockwait");
  if (gate.load() == nullptr || clock != CLOCK_MONOTONIC) return go(condition, mutex, clock, until);
  timespec now{};
  clock_gettime(clock, &now);
  const auto wait = nanoseconds(*until) - nanoseconds(now);
  if (wait <= a_second) return pass_time(mutex, std::max<std::int64_t>(wait, 0));
  const auto real = later(*until, -time_passed);
  return go(condition, mutex, clock, &real);
}

}  // extern "C"

}  // namespace keepsake::tests
