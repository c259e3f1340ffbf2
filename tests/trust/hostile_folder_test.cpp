// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/siege.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

using namespace keepsake::tests;

namespace {

/// What a program that opens it without care waits for until somebody writes into it.
void make_pipe(const fs::path& file) { REQUIRE(mkfifo(file.c_str(), 0600) == 0); }

void make_socket(const fs::path& folder, const std::string& name) {
  const auto before = fs::current_path();
  fs::current_path(folder);  // the address of one is short
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  name.copy(static_cast<char*>(address.sun_path), name.size());
  const int socket_file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): so the call wants it
  REQUIRE(bind(socket_file, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(socket_file);
  fs::current_path(before);
}

/// The endless zeros of /dev/zero; false where nobody may make a device.
bool make_device(const fs::path& file) {
  if (mknod(file.c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0) return true;
  MESSAGE("skipped: no device can be made here");
  return false;
}

}  // namespace

TEST_CASE("a link in a source is not followed, wherever it leads") {
  Siege siege("links to outside, to the source itself, to devices, to nowhere");
  const auto pictures = siege.pictures();
  const std::map<std::string, fs::path> links{{"secret.jpg", siege / "outside/secret.jpg"},
                                              {"folder", siege / "outside"},
                                              {"relative.jpg", "../outside/secret.jpg"},
                                              {"above", ".."},
                                              {"itself.jpg", "itself.jpg"},
                                              {"inner", "."},
                                              {"zero.jpg", "/dev/zero"},
                                              {"input.jpg", "/proc/self/fd/0"},
                                              {"nowhere.jpg", "nowhere"}};
  for (const auto& [name, target] : links) {
    fs::create_symlink(target, pictures / name);
    siege.count();
  }

  siege.withstand({.ignored = links.size()});
}

TEST_CASE("what is no file is not waited for, and costs no photo") {
  Siege siege("a pipe, a socket, a device, a folder, each named as a photo");
  make_pipe(siege.pictures() / "pipe.jpg");
  make_socket(siege.pictures(), "socket.jpg");
  const std::size_t devices = make_device(siege.pictures() / "device.jpg") ? 1 : 0;
  for (std::size_t i = 0; i < 2 + devices; ++i) siege.count();
  siege.add("folder.jpg/photo.jpg", jpeg_of("in a folder that looks like a photo"));

  siege.withstand({.ignored = 2 + devices});
}

TEST_CASE("a photo below more folders than a path may name is kept") {
  constexpr int levels = 3'000;
  Siege siege("a photo below " + std::to_string(levels) + " folders");
  const auto bytes = jpeg_of("deep below");
  int folder = open(siege.pictures().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < levels; ++i) {
    REQUIRE(mkdirat(folder, "d", 0700) == 0);
    const int next = openat(folder, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
    close(folder);
    folder = next;
  }
  const int file = openat(folder, "photo.jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  close(file);
  close(folder);
  siege.count(bytes);

  siege.withstand({});
}

TEST_CASE("a file that says it is larger than any drive costs no other photo") {
  Siege siege("a photo that says it has a terabyte, between others", Siege::Into::tree);
  siege.add("a.jpg", jpeg_of("before"));
  siege.count();
  write_file(siege.pictures() / "b.jpg", jpeg_of("large"));
  fs::resize_file(siege.pictures() / "b.jpg", std::uintmax_t{1} << 40U);
  siege.add("c.jpg", jpeg_of("after"));

  siege.withstand({.exit_code = 3, .not_safe = {{"b.jpg", "full"}}});
}
