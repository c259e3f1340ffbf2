// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/channel.h"
#include "base/task_scope.h"
#include "crypto/sha.h"
#include "os/folder.h"
#include "os/machine.h"
#include "storage/local/local.h"
#include "vault/repository.h"
#include "vault/writer.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

// keepsake-fill-vault REPOSITORY FOLDER THREADS: makes a vault and stores every file of a folder in
// it, as the transfer does: read in blocks, summed up once, and handed to the writer. Prints what
// that took, without the derivation of the key.
namespace {

using namespace keepsake;

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<> store(os::Folder& folder,
               const std::filesystem::path& file,
               vault::Writer& writer,
               std::vector<std::byte>& block) {
  const auto path = TRY(RelativePath::parse(file.native()));
  const auto in = TRY(folder.open(path, os::Reading::cached));
  const auto entry = TRY(in->look());
  const auto out = TRY(writer.open_file(entry.size, vault::Sum::given));
  crypto::Sha256 sha256;
  for (;;) {
    const auto count = TRY(in->read(block));
    if (count == 0) break;
    sha256.add(ByteView(block).first(count));
    TRY(out->write(ByteView(block).first(count)));
  }
  const auto stored = TRY(out->finish(sha256.finish()));
  static_cast<void>(stored);
  return {};
}

Result<> fill(const std::string& repository_path, const std::string& source, int threads) {
  auto folder = TRY(os::make_folder(repository_path));
  const auto storage = storage::make_local(std::move(folder));
  const Secret password("bench");
  TRY(vault::create_repository(*storage, password, {1024, 8, 1}, os::system_clock()));
  const auto repository = TRY(vault::Repository::open(*storage, password));
  const auto writer = TRY(vault::Writer::open(*repository));
  const auto files = TRY(os::open_folder(source));
  Channel<std::filesystem::path> work(64);
  const double cpu_before = cpu_seconds();
  const auto before = std::chrono::steady_clock::now();
  TaskScope scope({});
  for (int i = 0; i < threads; ++i)
    scope.start([&](const std::stop_token& stop) -> Result<> {
      std::vector<std::byte> block(block_bytes);
      while (const auto file = work.receive(stop)) TRY(store(*files, *file, *writer, block));
      return {};
    });
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source))
    if (entry.is_regular_file()) work.send(std::filesystem::relative(entry.path(), source), {});
  work.close();
  TRY(scope.join());
  TRY(writer->flush());
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
  fmt::print("cpu {:.2f} s, wall {:.2f} s, memory {} MiB, written {} MB\n",
             cpu_seconds() - cpu_before,
             wall.count(),
             os::peak_memory().value >> 20U,
             writer->written().value / 1'000'000);
  return {};
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    fmt::print(stderr, "keepsake-fill-vault REPOSITORY FOLDER THREADS\n");
    return 2;
  }
  const auto filled = fill(words[1], words[2], std::stoi(words[3]));
  if (filled) return 0;
  fmt::print(stderr, "{}\n", filled.error().message());
  return 1;
}
