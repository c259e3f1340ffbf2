// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/machine/stage.h"

#include "app/program.h"
#include "base/secret.h"
#include "crypto/sha.h"
#include "os/folder.h"
#include "os/machine.h"
#include "sqlite/database.h"
#include "storage/local/local.h"
#include "vault/repository.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace keepsake::tests {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t tape_size = std::size_t{1} << 30U;  // taken only as far as it is used

/// A file without a name, for what a process says.
class Said {
 public:
  Said() : file_(memfd_create("said", 0)) {}

  Said(const Said&) = delete;
  Said& operator=(const Said&) = delete;

  ~Said() { close(file_); }

  void take(int descriptor) const { dup2(file_, descriptor); }

  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(lseek(file_, 0, SEEK_END)), '\0');
    const auto count = pread(file_, text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }

 private:
  int file_;
};

[[noreturn]] void be_the_program(const std::vector<std::string>& words,
                                 const fs::path& home,
                                 const fs::path& folder,
                                 Gate& gate) {
  std::vector<std::string> all{"keepsake", "--json"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  pointers.reserve(all.size() + 1);
  for (std::string& word : all) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  setenv("KEEPSAKE_HOME", home.c_str(), 1);
  setenv("KEEPSAKE_PASSWORD", Stage::password, 1);
  if (chdir(folder.c_str()) != 0) _exit(126);
  stand_before_the_machine(gate);
  const int code = app::run_program(static_cast<int>(all.size()), pointers.data());
  std::fflush(stdout);
  std::fflush(stderr);
  _exit(code);
}

std::set<HeldFile> read_ledger(const Layout& ledger) {
  std::set<HeldFile> held;
  const TempFolder copy;
  lay_out(ledger, copy.path());
  if (!copy.has("catalog.db")) return held;
  auto database = sqlite::Database::open(copy / "catalog.db", sqlite::Access::read_write);
  REQUIRE_MESSAGE(database, database.error().message());
  if (database->version().value() == 0) return held;
  auto rows = sqlite::Statement::prepare(
                  *database,
                  "SELECT destination.name, path.path, content.sha256, content.size FROM path"
                  " JOIN destination ON destination.id=path.destination"
                  " JOIN version ON version.id=path.version"
                  " JOIN content ON content.id=version.content"
                  " JOIN holding ON holding.destination=path.destination"
                  "  AND holding.content=content.id"
                  " WHERE NOT path.damaged")
                  .value();
  while (rows.step().value()) {
    Digest sum;
    const auto bytes = rows.bytes(2);
    std::copy(bytes.begin(), bytes.end(), sum.bytes.begin());
    held.insert({std::string(rows.text(0)),
                 std::string(rows.text(1)),
                 sum.hex(),
                 static_cast<std::uint64_t>(rows.integer(3))});
  }
  return held;
}

}  // namespace

Stage::Stage() : machine_(folder_ / "machine"), tape_(tape_size) {
  fs::create_directory(machine_);
  fs::create_directory(sources());
  static_cast<void>(os::TimeZone::of_system());  // loads the zones once for all that are forked
}

Ran Stage::keepsake(const std::vector<std::string>& words) const {
  Haste haste;
  return keepsake(words, haste);
}

Ran Stage::keepsake(const std::vector<std::string>& words, Gate& gate) const {
  const Said out;
  const Said err;
  std::fflush(stdout);
  std::fflush(stderr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    out.take(STDOUT_FILENO);
    err.take(STDERR_FILENO);
    be_the_program(words, machine_ / "home", machine_, gate);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {code, out.text(), err.text()};
}

nlohmann::json Stage::expect(int exit_code, const std::vector<std::string>& words) const {
  const Ran ran = keepsake(words);
  INFO(ran.out.substr(0, 4000), ran.err);
  REQUIRE(ran.exit_code == exit_code);
  return ran.summary();
}

std::vector<Deed> Stage::recorded(const std::vector<std::string>& words) {
  Recorder recorder(machine_, tape_);
  return taped(words, recorder);
}

std::vector<Deed> Stage::watched(const std::vector<std::string>& words) {
  Watcher watcher(folder(), tape_);
  return taped(words, watcher);
}

std::vector<Deed> Stage::taped(const std::vector<std::string>& words, Gate& gate) {
  tape_.clear();
  const Ran ran = keepsake(words, gate);
  INFO(ran.out, ran.err);
  REQUIRE(ran.exit_code == 0);
  return tape_.deeds();
}

void Stage::become(const Layout& layout) const {
  for (const auto& entry : fs::directory_iterator(machine_)) fs::remove_all(entry.path());
  lay_out(layout, machine_);
}

void Stage::make_vault(const std::string& name) const {
  const auto storage = storage::make_local(os::make_folder(machine_ / name).value());
  const crypto::ScryptCost cheap{1024, 8, 1};
  const auto made = vault::create_repository(*storage, Secret(password), cheap, os::system_clock());
  if (!made) throw std::runtime_error(made.error().message());
  // Its 256 empty folders would be most of the work of every trial.
  for (const auto& entry : fs::directory_iterator(machine_ / name / "data"))
    fs::remove(entry.path());
}

std::set<HeldFile> held_in(const Layout& machine) {
  Layout ledger;
  for (const char* file : {"catalog.db", "catalog.db-wal"}) {
    const auto found = machine.find(std::string("home/") + file);
    if (found != machine.end()) ledger.emplace(file, found->second);
  }
  static std::map<std::uint64_t, std::set<HeldFile>> known;
  const auto [place, is_new] = known.try_emplace(fingerprint(ledger));
  if (is_new) place->second = read_ledger(ledger);
  return place->second;
}

const std::string& sum_of(const std::shared_ptr<const std::string>& bytes) {
  struct Known {
    std::weak_ptr<const std::string> bytes;
    std::string sum;
  };

  static std::unordered_map<const std::string*, Known> sums;
  auto& known = sums[bytes.get()];
  if (known.bytes.lock() != bytes)
    known = {bytes, crypto::sha256(bytes_of(std::string_view(*bytes))).hex()};
  return known.sum;
}

}  // namespace keepsake::tests
