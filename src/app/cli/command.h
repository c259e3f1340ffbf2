// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What was typed, as values (the contract is docs/manual/commands.md).
namespace keepsake::app::cli {

struct SourceAdd {
  std::string name;
  std::string kind;
  std::string path;     ///< empty for an account
  std::string account;  ///< empty for what lies on this machine
  std::string domain;
  bool keyring = false;
};

struct SourceSignIn {
  std::string name;
  std::optional<std::string> code;
  bool sms = false;
};

struct SourceList {};

struct SourceRemove {
  std::string name;
};

struct DestinationAdd {
  std::string name;
  std::string kind;
  std::string url;
  std::string ssh;
  int locked_days = 0;
  std::string layout;
  std::string albums;
  std::string sidecars;
  bool keyring = false;
};

struct DestinationList {};

struct DestinationRemove {
  std::string name;
};

struct DestinationEject {
  std::string name;
};

struct Backup {
  std::vector<std::string> sources;
  std::vector<std::string> to;
  bool dry_run = false;
  bool accept_changes = false;
  std::vector<std::filesystem::path> adopt;
};

struct Status {};

struct Explain {
  std::string photo;
};

struct Verify {
  std::vector<std::string> destinations;
  std::string read = "all";
  bool repair = false;
};

struct Find {
  std::vector<std::string> query;
};

struct Restore {
  std::vector<std::string> query;
  std::string from;
  std::string to;
  std::optional<std::string> at;
  bool dry_run = false;
};

struct Snapshots {
  std::string destination;
};

struct QuarantineList {
  std::string destination;
};

struct QuarantineRestore {
  std::string destination;
  std::vector<std::string> query;
};

struct QuarantineEmpty {
  std::string destination;
  bool last_copies = false;
};

struct CatalogRebuild {
  std::optional<std::string> catalog;
};

struct SimulateIcloud {
  std::string listen;
  std::filesystem::path state;
  std::optional<std::filesystem::path> photos;
  std::uint64_t generate = 0;
  std::string account = "jane@example.com";
  std::string password = "correct horse";
  std::string code = "123456";
  bool without_second_factor = false;
  std::vector<std::string> faults;
};

struct Version {};

using Verb = std::variant<SourceAdd,
                          SourceSignIn,
                          SourceList,
                          SourceRemove,
                          DestinationAdd,
                          DestinationList,
                          DestinationRemove,
                          DestinationEject,
                          Backup,
                          Status,
                          Explain,
                          Verify,
                          Find,
                          Restore,
                          Snapshots,
                          QuarantineList,
                          QuarantineRestore,
                          QuarantineEmpty,
                          CatalogRebuild,
                          SimulateIcloud,
                          Version>;

struct Command {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool yes = false;
  bool no_progress = false;
  std::optional<std::filesystem::path> settings;
  std::optional<std::filesystem::path> password_file;
  std::optional<std::string> password_command;
  Verb verb;
};

/// What parsing came to instead of a command: a text to print and how to end (help, or a mistake).
struct Instead {
  std::string text;
  int exit_code = 0;
};

std::variant<Command, Instead> parse(int count, char** words);

}  // namespace keepsake::app::cli
