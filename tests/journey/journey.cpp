// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"

#include "base/secret.h"
#include "crypto/sha.h"
#include "os/folder.h"
#include "os/machine.h"
#include "storage/local/local.h"
#include "vault/repository.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace keepsake::tests {

namespace {

std::string kind_of(const struct stat& found) {
  if (S_ISREG(found.st_mode)) return "file";
  if (S_ISDIR(found.st_mode)) return "folder";
  return S_ISLNK(found.st_mode) ? "link" : "other";
}

std::string moment(const struct timespec& time) {
  return fmt::format("{}.{:09}", time.tv_sec, time.tv_nsec);
}

}  // namespace

Journey::Journey() = default;

Command Journey::command(std::vector<std::string> words) const {
  words.insert(words.begin(), {KEEPSAKE_PROGRAM, "--json"});
  Command command{std::move(words), folder_.path(), variables_};
  command.limits = limits_;
  command.environment["KEEPSAKE_HOME"] = home().string();
  if (!password_.empty()) command.environment["KEEPSAKE_PASSWORD"] = password_;
  return command;
}

Ran Journey::restic(const std::string& vault, std::vector<std::string> words) const {
  words.insert(words.begin(), {"restic", "--no-cache", "--repo", (folder_ / vault).string()});
  return run({std::move(words), folder_.path(), {{"RESTIC_PASSWORD", password_}}});
}

void make_cheap_vault(const fs::path& folder, const std::string& password) {
  auto storage = storage::make_local(os::make_folder(folder).value());
  const crypto::ScryptCost cheap{1024, 8, 1};
  if (!vault::create_repository(*storage, Secret(password), cheap, os::system_clock()))
    throw std::runtime_error("no vault can be made at " + folder.string());
}

void lose_catalog(const Journey& journey) {
  for (const char* file : {"catalog.db", "catalog.db-wal", "catalog.db-shm"})
    fs::remove(journey.home() / file);
}

void flip_byte(const fs::path& file, std::size_t at) {
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  auto bytes = read_file(file);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  write_file(file, bytes);
}

std::map<std::string, std::string> damage_in(const json& summary) {
  std::map<std::string, std::string> named;
  for (const json& it : summary["damaged"]) named[it["path"]] = it["cause"];
  return named;
}

std::map<std::string, std::string> not_safe(const json& summary) {
  std::map<std::string, std::string> named;
  for (const json& it : summary["not_safe"]) {
    const json& what = !it["asset"].is_null()  ? it["asset"]
                       : !it["name"].is_null() ? it["name"]
                                               : it["destination"];
    named[what] = it["cause"];
  }
  return named;
}

json of(const json& summary, const std::string& destination) {
  for (const json& it : summary["destinations"])
    if (it["name"] == destination) return it;
  return nullptr;
}

Ran Journey::keepsake(std::vector<std::string> words) const {
  return run(command(std::move(words)));
}

json Journey::expect(int exit_code, std::vector<std::string> words) const {
  const Ran ran = keepsake(std::move(words));
  INFO(ran.out.substr(0, 4000), ran.err);
  REQUIRE(ran.exit_code == exit_code);
  const auto summary = ran.summary();
  for (const json& line : ran.lines()) REQUIRE(line.contains("message_type"));
  REQUIRE((summary["message_type"] == "summary" || summary["message_type"] == "error"));
  if (summary["message_type"] == "error") REQUIRE(summary["code"] == exit_code);
  return summary;
}

std::map<std::string, json> Journey::find(std::vector<std::string> query) const {
  query.insert(query.begin(), "find");
  const Ran ran = keepsake(std::move(query));
  REQUIRE(ran.exit_code == 0);
  std::map<std::string, json> assets;
  for (const json& line : ran.lines())
    if (line["message_type"] == "asset") assets[line["id"]] = line;
  REQUIRE(ran.summary()["count"] == assets.size());
  return assets;
}

json Journey::status() const {
  auto status = expect(0, {"status"});
  for (json& source : status["sources"]) source.erase("last_success");
  for (json& destination : status["destinations"])
    for (const char* key : {"last_success", "backup_due", "last_verified", "verified"})
      destination.erase(key);
  return status;
}

void Journey::set_up(const std::vector<std::string>& destinations) const {
  expect(0, {"source", "add", "pictures", "folder", "pictures"});
  for (const std::string& name : destinations)
    expect(0, {"destination", "add", name, "folder", name});
}

void copy_demo_library(const fs::path& to) {
  fs::copy(KEEPSAKE_DEMO_LIBRARY, to, fs::copy_options::recursive);
}

void make_small_library(const fs::path& to, int files) {
  const auto made =
      run({{KEEPSAKE_PICTURES, "small", to.string(), "--files", std::to_string(files)}});
  if (made.exit_code != 0) throw std::runtime_error(made.err);
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& file, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string sha256_of(const fs::path& file) {
  return crypto::sha256(bytes_of(read_file(file))).hex();
}

std::map<std::string, std::string> listing(const fs::path& folder) {
  std::map<std::string, std::string> all;
  const auto take = [&](const fs::path& path) {
    struct stat found{};
    const auto name = path.lexically_relative(folder).native();
    if (lstat(path.c_str(), &found) != 0) {
      if (errno != ENAMETOOLONG) throw std::runtime_error("cannot look at " + path.string());
      all[name] = "below too many folders";
      return;
    }
    all[name] = fmt::format("{} {} {} {} {} {} {}",
                            kind_of(found),
                            found.st_size,
                            moment(found.st_mtim),
                            moment(found.st_ctim),
                            found.st_ino,
                            found.st_nlink,
                            found.st_mode);
  };
  take(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) take(entry.path());
  return all;
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> sums;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto path = entry.path().lexically_relative(folder).native();
    if (!entry.is_symlink() && entry.is_regular_file() && !path.starts_with(".keepsake/"))
      sums[path] = sha256_of(entry.path());
  }
  return sums;
}

std::set<std::string> distinct(const std::map<std::string, std::string>& sums) {
  std::set<std::string> values;
  for (const auto& [path, sum] : sums) values.insert(sum);
  return values;
}

bool sums_are_right(const fs::path& tree) {
  const auto checked =
      run({{"sha256sum", "--check", "--strict", "--quiet", ".keepsake/SHA256SUMS"}, tree});
  INFO(checked.out, checked.err);
  CHECK(checked.exit_code == 0);
  std::set<std::string> named;
  const auto text = read_file(tree / ".keepsake/SHA256SUMS");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    named.insert(text.substr(begin + 66, end - begin - 66));
    begin = end + 1;
  }
  bool all = true;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    const auto path = fs::relative(entry.path(), tree).native();
    const bool kept = !path.starts_with(".keepsake/") || path.starts_with(".keepsake/versions/") ||
                      path.starts_with(".keepsake/quarantine/");
    if (!entry.is_regular_file() || entry.is_symlink() || !kept) continue;
    INFO(path);
    CHECK(named.contains(path));
    all = all && named.contains(path);
  }
  return checked.exit_code == 0 && all;
}

std::int64_t seconds_of(const fs::path& file) {
  struct stat found{};
  if (stat(file.c_str(), &found) != 0) throw std::runtime_error("cannot look at " + file.string());
  return found.st_mtim.tv_sec;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

json rendition(const json& asset, const std::string& role) {
  for (const json& it : asset["renditions"])
    if (it["role"] == role) return it;
  return nullptr;
}

std::string path_in(const json& rendition, const std::string& destination) {
  for (const json& it : rendition["destinations"])
    if (it["destination"] == destination && it["path"].is_string()) return it["path"];
  return {};
}

}  // namespace keepsake::tests
