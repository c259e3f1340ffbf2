// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/judge.h"

#include "base/secret.h"
#include "destination/vault/vault.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "vault/repository.h"

#include <doctest/doctest.h>

#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace keepsake::tests {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits_and_spaces = 66;
const std::string link_sign = "-> ";

bool is_under_final_name(std::string_view path) {
  return !path.starts_with(".keepsake/") || path.starts_with(".keepsake/versions/") ||
         path.starts_with(".keepsake/quarantine/");
}

/// A vault of the stage, opened to read.
struct OpenVault {
  OpenVault(const Stage& stage, const std::string& vault)
      : storage(storage::make_local(os::open_folder(stage.machine() / vault).value())),
        repository(vault::Repository::open(*storage, Secret(Stage::password)).value()),
        snapshots(repository->snapshots(broken).value()) {
    REQUIRE(repository->load_index(broken));
    for (const auto& file : broken) FAIL_CHECK(file.name << " is broken: " << file.error.message());
  }

  std::vector<vault::BrokenFile> broken;
  std::unique_ptr<storage::Storage> storage;
  std::unique_ptr<vault::Repository> repository;
  std::vector<vault::Snapshot> snapshots;
};

Kept read_vault(const Stage& stage, const std::string& vault) {
  const OpenVault opened(stage, vault);
  Kept kept;
  if (opened.snapshots.empty()) return kept;
  const auto& index = opened.repository->index();
  const auto walked = opened.repository->walk(
      opened.snapshots.back().tree,
      [&](const std::string& place, const vault::Node& node) -> Result<> {
        const auto path = destination::path_of_place(place);
        if (!path || node.type != vault::Node::Type::file) return {};
        REQUIRE(node.content.size() == 1);
        const auto& blob = node.content.front();
        if (index.contains(vault::BlobKind::data, blob)) kept[*path] = blob.hex();
        return {};
      },
      [](const std::string& path, const Error& error) -> Result<> {
        FAIL_CHECK(path << " cannot be read: " << error.message());
        return {};
      },
      {});
  REQUIRE(walked);
  return kept;
}

}  // namespace

Kept kept_in_tree(const Layout& machine, const std::string& tree) {
  Kept kept;
  const auto above = tree + "/";
  for (const auto& [path, thing] : machine) {
    if (!path.starts_with(above) || thing.type == Thing::Type::folder) continue;
    const auto place = path.substr(above.size());
    if (!is_under_final_name(place)) continue;
    kept[place] = thing.type == Thing::Type::link ? link_sign + *thing.bytes : sum_of(thing.bytes);
  }
  return kept;
}

Kept kept_in_vault(const Stage& stage, const std::string& vault) {
  static std::map<std::uint64_t, Kept> known;
  const auto [place, is_new] = known.try_emplace(fingerprint(layout_of(stage.machine() / vault)));
  if (is_new) place->second = read_vault(stage, vault);
  return place->second;
}

Kept noted_for_vault(const Stage& stage, const std::string& vault) {
  Kept noted;
  std::optional<OpenVault> opened;
  const auto state = stage.machine() / "home/state";
  if (!fs::exists(state)) return noted;
  for (const auto& entry : fs::recursive_directory_iterator(state)) {
    if (entry.path().filename() != "journal") continue;
    if (!opened) opened.emplace(stage, vault);
    std::stringstream text(*layout_of(entry.path().parent_path()).at("journal").bytes);
    for (std::string line; std::getline(text, line) && !text.eof();) {
      std::stringstream fields(line);
      std::string word;
      std::string node;
      std::string record;
      std::getline(fields, word, '\t');
      std::getline(fields, node, '\t');
      std::getline(fields, record, '\t');
      if (word != "file") continue;
      const auto content = nlohmann::json::parse(node)["content"];
      const auto id = vault::BlobId::from_hex(content.at(0).get<std::string>());
      if (opened->repository->index().contains(vault::BlobKind::data, *id))
        noted[nlohmann::json::parse(record)["path"]] = id->hex();
    }
  }
  return noted;
}

void check_names_of_vault(const Layout& machine,
                          const std::string& vault,
                          const std::set<std::string>& known) {
  for (const auto& [path, thing] : machine) {
    if (!path.starts_with(vault + "/") || thing.type != Thing::Type::file) continue;
    const auto name = path.substr(path.rfind('/') + 1);
    if (!vault::id_of_name(name) || path.starts_with(vault + "/locks/")) continue;
    INFO(path);
    CHECK((name == sum_of(thing.bytes) || known.contains(sum_of(thing.bytes))));
  }
}

void check_sums(const Layout& machine, const std::string& tree) {
  Kept said;
  const auto file = machine.find(tree + "/.keepsake/SHA256SUMS");
  REQUIRE(file != machine.end());
  std::stringstream text(*file->second.bytes);
  for (std::string line; std::getline(text, line);) {
    REQUIRE(line.size() > digits_and_spaces);
    said[line.substr(digits_and_spaces)] = line.substr(0, digits_and_spaces - 2);
  }
  auto kept = kept_in_tree(machine, tree);
  std::erase_if(kept, [](const auto& one) { return one.second.starts_with(link_sign); });
  CHECK(said == kept);
}

void check_with_sha256sum(const Stage& stage, const std::string& tree) {
  const auto folder = stage.machine() / tree;
  const auto checked =
      run({{"sha256sum", "--check", "--strict", "--quiet", ".keepsake/SHA256SUMS"}, folder});
  INFO(checked.out, checked.err);
  CHECK(checked.exit_code == 0);
}

void check_tidiness_of_tree(const Stage& stage, const std::string& tree) {
  const auto folder = stage.machine() / tree;
  for (const auto& entry : fs::recursive_directory_iterator(folder / ".keepsake")) {
    const auto path = entry.path().lexically_relative(folder / ".keepsake").native();
    if (entry.is_directory()) continue;
    INFO(path);
    CHECK((path == "tree.json" || path == "SHA256SUMS" || path.starts_with("manifest/") ||
           path.starts_with("versions/") || path.starts_with("quarantine/")));
  }
}

void check_tidiness_of_vault(const Stage& stage, const std::string& vault) {
  const auto folder = stage.machine() / vault;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto path = entry.path().lexically_relative(folder).native();
    if (entry.is_directory()) continue;
    INFO(path);
    CHECK((path == "config" || vault::id_of_name(entry.path().filename().native())));
    CHECK_FALSE(path.starts_with("locks/"));
  }
}

void check_tidiness_of_home(const Stage& stage) {
  const auto home = stage.machine() / "home";
  for (const auto& entry : fs::recursive_directory_iterator(home)) {
    if (entry.is_directory()) continue;
    const auto path = entry.path().lexically_relative(home).native();
    const auto name = entry.path().filename().native();
    // What is written beside a file has one name, which the next writer takes.
    const bool in_state =
        name == "newest" || name == "session.json" || name.ends_with(".keepsake-new");
    INFO(path);
    CHECK((in_state || path == "keepsake.toml" || path == "keepsake.log" || path == "lock" ||
           path == "catalog.db"));
  }
}

}  // namespace keepsake::tests
