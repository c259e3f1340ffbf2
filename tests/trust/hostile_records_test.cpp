// SPDX-License-Identifier: GPL-3.0-or-later
// Trees and vaults that a liar made, to be taken over, restored from and repaired.
#include "tests/support/vault_builder.h"
#include "tests/trust/siege.h"
#include "tests/trust/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

using Record = nlohmann::ordered_json;

/// Everything that a new owner does with a tree that somebody handed over. Whatever is told of it,
/// nothing but the home, the tree and the folder to restore into is written to.
void take_over(Siege& siege, const std::string& what) {
  auto& journey = siege.journey();
  journey.use_home("home2");
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
  const auto text = read_file(journey.home() / "keepsake.toml");
  const std::string table = "[destination.disk]\n";
  write_file(journey.home() / "keepsake.toml",
             std::string(text).insert(text.find(table) + table.size(),
                                      "on_source_delete = \"quarantine\"\nquarantine_days = 1\n"));
  const auto before = siege.others();
  std::vector<std::string> codes;
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"catalog", "rebuild"},
           {"restore", "--from", "disk", "--to", "restored"},
           {"restore", "is:gone", "--from", "disk", "--to", "restored"},
           {"verify"},
           {"verify", "--repair"},
           {"quarantine", "disk", "restore", "name:*"},
           {"quarantine", "disk", "empty", "--last-copies"}}) {
    const auto ran = journey.keepsake(words);
    INFO(what,
         ": ",
         fmt::format("{}", fmt::join(words, " ")),
         ": ",
         ran.out.substr(0, 2000),
         ran.err);
    CHECK(ran.exit_code < 128);
    CHECK(siege.others() == before);
    codes.push_back(std::to_string(ran.exit_code));
  }
  print_row(
      {"told by a tree that a liar made", "rebuild, restore, verify, repair, quarantine end with"},
      {what, fmt::format("{}", fmt::join(codes, ", "))});
}

/// The records of a tree, changed; and its sums say the same.
void rewrite_records(const fs::path& tree, const std::function<void(Record&)>& change) {
  std::string sums;
  for (const auto& entry : fs::directory_iterator(tree / ".keepsake/manifest")) {
    std::string lines;
    auto text = read_file(entry.path());
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = text.find('\n', begin);
      auto record = Record::parse(text.substr(begin, end - begin));
      begin = end + 1;
      if (record.contains("path")) {
        change(record);
        sums +=
            record["sha256"].get<std::string>() + "  " + record["path"].get<std::string>() + "\n";
      }
      lines += record.dump() + "\n";
    }
    write_file(entry.path(), lines);
  }
  write_file(tree / ".keepsake/SHA256SUMS", sums);
}

}  // namespace

TEST_CASE("a tree whose records lie about places leads nothing out of it") {
  const std::string secret = "secret.jpg";

  struct Lie {
    std::string what;
    std::string path;
    bool is_in_quarantine = false;
  };

  for (const Lie& lie :
       {Lie{"a place above the tree", "../outside/secret.jpg"},
        Lie{"a place above the tree, by a detour", "Photos/../../outside/secret.jpg"},
        Lie{"a place on the machine", "OUTSIDE/secret.jpg"},
        Lie{"a place behind a link", "Photos/link/secret.jpg"},
        Lie{"a place in quarantine that is above the tree",
            ".keepsake/quarantine/../../../outside/secret.jpg",
            true},
        Lie{"a place in quarantine that is behind a link",
            ".keepsake/quarantine/link/secret.jpg",
            true},
        Lie{"a place that is the marker's", ".keepsake/tree.json"},
        Lie{"a place with a NUL", std::string("Photos/a\0b.jpg", 14)},
        Lie{"a place of a hundred thousand bytes", "Photos/" + std::string(100'000, 'x')},
        Lie{"no place", ""}}) {
    INFO(lie.what);
    Siege siege(lie.what, Siege::Into::tree);
    siege.journey().expect(0, {"backup"});
    const auto disk = siege / "disk";
    fs::create_directory_symlink("../../outside", disk / "Photos/link");
    fs::create_directories(disk / ".keepsake/quarantine");
    fs::create_directory_symlink("../../../outside", disk / ".keepsake/quarantine/link");
    auto path = lie.path;
    if (path.starts_with("OUTSIDE")) path.replace(0, 7, (siege / "outside").string());
    const auto outside = siege / "outside/secret.jpg";
    rewrite_records(disk, [&](Record& record) {
      record["path"] = path;
      record["sha256"] = sha256_of(outside);
      record["size"] = fs::file_size(outside);
      if (!lie.is_in_quarantine) return;
      record["quarantined_at"] = "2001-01-01T00:00:00Z";
      record["gone_at"] = "2001-01-01T00:00:00Z";
    });

    take_over(siege, lie.what);

    CHECK(read_file(outside) == jpeg_of("nobody's business"));
  }
}

TEST_CASE("a tree whose records lie about everything else leads nothing out of it") {
  struct Lie {
    const char* what;
    std::function<void(Record&)> change;
  };

  for (const Lie& lie :
       {Lie{"a month that is a path", [](Record& it) { it["month"] = "../../../outside/new"; }},
        Lie{"a folder above the tree", [](Record& it) { it["folder"] = "../outside"; }},
        Lie{"a stem above the tree", [](Record& it) { it["stem"] = "../../../../outside/new"; }},
        Lie{"a source named as a path", [](Record& it) { it["source"] = "../../outside"; }},
        Lie{"a size of eighteen exabytes",
            [](Record& it) { it["size"] = 18'446'744'073'709'551'615U; }},
        Lie{"a size below nothing", [](Record& it) { it["size"] = -1; }},
        Lie{"numbers for texts", [](Record& it) {
              it["path"] = 4711;
              it["sha256"] = 4711;
            }}}) {
    Siege siege(lie.what, Siege::Into::tree);
    siege.journey().expect(0, {"backup"});
    rewrite_records(siege / "disk", [&](Record& record) {
      const auto path = record["path"];
      lie.change(record);
      if (!record["path"].is_string()) record["path"] = "1";
      if (!record["sha256"].is_string()) record["sha256"] = "1";
    });

    take_over(siege, lie.what);
  }
}

TEST_CASE("a snapshot that a liar made restores nothing outside the folder it is restored into") {
  Siege siege("snapshot", Siege::Into::tree);
  const TempFolder folder;
  const VaultBuilder vault(folder);
  const auto data = vault.blob(vault::BlobKind::data, "evil");
  const auto good = vault.blob(vault::BlobKind::data, "good");
  std::vector<VaultBuilder::Blob> blobs{data, good};
  const auto file =
      [](const std::string& name, const vault::BlobId& content, std::uint64_t size = 4) {
        return nlohmann::json{{"name", name},
                              {"type", "file"},
                              {"mode", 0600},
                              {"mtime", "2024-05-01T10:00:00Z"},
                              {"size", size},
                              {"content", {content.hex()}}};
      };
  const auto tree_of = [&](const nlohmann::json& nodes) {
    blobs.push_back(vault.blob(vault::BlobKind::tree, nlohmann::json{{"nodes", nodes}}.dump()));
    return blobs.back().place.id;
  };
  const auto folder_of = [](const std::string& name, const vault::BlobId& tree) {
    return nlohmann::json{{"name", name}, {"type", "dir"}, {"mode", 0700}, {"subtree", tree.hex()}};
  };
  const auto link_of = [](const std::string& name, const std::string& target) {
    return nlohmann::json{{"name", name}, {"type", "symlink"}, {"linktarget", target}};
  };
  const auto evil = tree_of(nlohmann::json::array({file("new.jpg", data.place.id)}));
  const auto outside = (siege / "outside").string();
  const auto root =
      tree_of(nlohmann::json::array({file("../new.jpg", data.place.id),
                                     file("../../outside/new.jpg", data.place.id),
                                     file(outside + "/new.jpg", data.place.id),
                                     file("..", data.place.id),
                                     file(".", data.place.id),
                                     file("", data.place.id),
                                     file("nul\\x00l.jpg", data.place.id),
                                     file("huge.jpg", data.place.id, std::uint64_t{1} << 62U),
                                     file("absent.jpg", evil),
                                     folder_of("..", evil),
                                     folder_of("../outside", evil),
                                     link_of("link", outside),
                                     folder_of("link", evil),
                                     link_of("out.jpg", outside + "/new.jpg"),
                                     file("out.jpg", data.place.id),
                                     file("zgood.jpg", good.place.id)}));
  static_cast<void>(vault.index({vault.pack(blobs)}));
  static_cast<void>(vault.snapshot(root, "2024-05-01T10:00:00Z"));
  siege.watch(folder.path());
  siege.journey().use_password("pass");
  siege.journey().expect(0, {"destination", "add", "theirs", "vault", folder.path().string()});
  const auto before = siege.others();

  const auto ran = siege.journey().keepsake({"restore", "--from", "theirs", "--to", "restored"});

  INFO(ran.out, ran.err);
  CHECK(ran.exit_code == 3);
  CHECK(siege.others() == before);
  CHECK(read_file(siege / "restored/zgood.jpg") == "good");
  const auto named = ran.summary()["not_restored"];
  print_row({"a snapshot that a liar made", "nodes", "named, not restored", "exit code"},
            {"restore", "16", std::to_string(named.size()), std::to_string(ran.exit_code)});
  const auto looked = siege.journey().keepsake({"verify", "theirs"});
  CHECK(looked.exit_code == 25);
  CHECK(siege.others() == before);
}
