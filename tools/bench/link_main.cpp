// SPDX-License-Identifier: GPL-3.0-or-later
// A link between two networks, as slow and as long as it is told to be. The kernel's own network
// emulator (tc netem) is not everywhere; this one needs only a network namespace to begin in.
//
//   keepsake-link DELAY RATE COMMAND...
//
// Begins in the network namespace of the near end (10.77.0.1) and makes another for the far one
// (10.77.0.2), in which COMMAND runs. Packets take DELAY milliseconds each way, and RATE megabits
// of them pass in a second, each way. What finds more than a tenth of a second's worth before it is
// dropped, as a router does. Runs until it is killed; COMMAND ends with it.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::size_t largest_packet = 70000;  // the kernel hands over whole segments of 64 KiB

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void run(const std::string& line) {
  if (std::system(line.c_str()) != 0)
    give_up("cannot run: " + line);  // NOLINT(concurrency-mt-unsafe)
}

/// A network device whose packets this program reads and writes, in the namespace it is now in.
int open_device(const std::string& address, const std::string& peer) {
  const int device = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (device < 0) give_up("cannot open /dev/net/tun");
  ifreq request{};
  std::strncpy(request.ifr_name, "link0", sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(device, TUNSETIFF, &request) != 0) give_up("cannot make a network device");
  // Segments pass whole and without sums, as between a machine and its network card.
  if (ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) != 0) give_up("cannot set offloads");
  run("ip link set lo up");
  run(fmt::format("ip addr add {} peer {} dev link0", address, peer));
  run("ip link set link0 txqueuelen 10000 up");
  return device;
}

/// One way of the link.
class Way {
 public:
  Way(int from, int to, nanoseconds delay, double bytes_each_second)
      : from_(from), to_(to), delay_(delay), bytes_each_second_(bytes_each_second) {}

  [[noreturn]] void carry() {
    for (;;) {
      deliver();
      wait();
      take();
    }
  }

 private:
  struct Packet {
    Clock::time_point due;
    std::vector<std::byte> bytes;
  };

  void deliver() {
    const auto now = Clock::now();
    while (!under_way_.empty() && under_way_.front().due <= now) {
      const auto& bytes = under_way_.front().bytes;
      // A device whose queue is full drops it, as networks do.
      if (write(to_, bytes.data(), bytes.size()) < 0 && errno == EBADF) give_up("cannot write");
      under_way_.pop_front();
    }
  }

  void wait() {
    pollfd ready{from_, POLLIN, 0};
    timespec patience{1, 0};
    if (!under_way_.empty()) {
      const auto left = std::max(nanoseconds(0), under_way_.front().due - Clock::now());
      patience = {left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    }
    if (ppoll(&ready, 1, &patience, nullptr) < 0 && errno != EINTR) give_up("cannot wait");
  }

  void take() {
    constexpr auto longest_queue = std::chrono::milliseconds(100);
    for (int most = 64; most > 0; --most) {
      buffer_.resize(largest_packet);
      const auto size = read(from_, buffer_.data(), buffer_.size());
      if (size < 0) return;  // nothing there
      const auto now = Clock::now();
      if (free_at_ - now > longest_queue) continue;
      free_at_ =
          std::max(free_at_, now) + nanoseconds(static_cast<std::int64_t>(
                                        1e9 * static_cast<double>(size) / bytes_each_second_));
      buffer_.resize(static_cast<std::size_t>(size));
      under_way_.push_back({free_at_ + delay_, std::move(buffer_)});
    }
  }

  int from_;
  int to_;
  nanoseconds delay_;
  double bytes_each_second_;
  Clock::time_point free_at_;  ///< when the link has sent all that came before
  std::deque<Packet> under_way_;
  std::vector<std::byte> buffer_;
};

void let_go_of_waiting(int device) {
  if (fcntl(device, F_SETFL, O_NONBLOCK) != 0) give_up("cannot set up a device");
}

int link_networks(nanoseconds delay, double bytes_each_second, char** command) {
  const int near = open_device("10.77.0.1", "10.77.0.2");
  if (unshare(CLONE_NEWNET) != 0) give_up("cannot make a network namespace");
  const int far = open_device("10.77.0.2", "10.77.0.1");
  const pid_t child = fork();
  if (child < 0) give_up("cannot fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(command[0], command);
    _exit(127);
  }
  let_go_of_waiting(near);
  let_go_of_waiting(far);
  std::thread([=] { Way(near, far, delay, bytes_each_second).carry(); }).detach();
  std::thread([=] { Way(far, near, delay, bytes_each_second).carry(); }).detach();
  int status = 0;
  if (waitpid(child, &status, 0) < 0) give_up("cannot wait for the command");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    fmt::print(stderr, "keepsake-link MILLISECONDS MEGABITS COMMAND...\n");
    return 2;
  }
  try {
    const auto delay = std::chrono::milliseconds(std::stoi(arguments[1]));
    const double bytes_each_second = std::stod(arguments[2]) * 1e6 / 8;
    return link_networks(delay, bytes_each_second, arguments + 3);
  } catch (const std::exception& error) {
    fmt::print(stderr, "keepsake-link: {}\n", error.what());
    return 1;
  }
}
