// SPDX-License-Identifier: GPL-3.0-or-later
// The one file that includes CLI11: the words of the command line and their help.
#include "app/cli/command.h"

#include "app/version.h"

#include <CLI/CLI.hpp>

#include <sstream>

namespace keepsake::app::cli {

namespace {

constexpr int usage = 2;

void add_global_options(CLI::App& app, Command& command) {
  app.add_flag("--json", command.json, "JSON lines on standard output, for scripts");
  app.add_flag("--quiet,-q", command.quiet, "say only what went wrong");
  app.add_flag("--verbose,-v", command.verbose, "say more, such as which files are no photos");
  app.add_flag("--yes,-y", command.yes, "take every default without asking");
  app.add_flag("--no-progress", command.no_progress, "no moving line on the terminal");
  app.add_option("--config", command.settings, "another settings file")->type_name("FILE");
  app.add_option("--password-file", command.password_file, "its first line is the vault's password")
      ->type_name("FILE");
  app.add_option("--password-command", command.password_command, "prints the vault's password")
      ->type_name("COMMAND");
}

CLI::App* verb(CLI::App& app,
               const std::string& name,
               const std::string& does,
               const std::string& example) {
  CLI::App* sub = app.add_subcommand(name, does);
  sub->footer("Example: " + example);
  sub->fallthrough();
  return sub;
}

/// Runs when the verb was typed; `Fields` fills the verb's value through the options it adds.
template <class Value>
void on(CLI::App* sub, Command& command, const std::shared_ptr<Value>& value) {
  sub->callback([&command, value] { command.verb = *value; });
}

void add_source_verbs(CLI::App& app, Command& command) {
  CLI::App* source = verb(
      app, "source", "where photos come from", "keepsake source add pictures folder ~/Pictures");
  source->require_subcommand(1);
  auto add = std::make_shared<SourceAdd>();
  CLI::App* sub = verb(*source,
                       "add",
                       "add a source; it is only ever read",
                       "keepsake source add pictures folder ~/Pictures");
  sub->add_option("NAME", add->name, "what to call it")->required();
  sub->add_option(
         "KIND",
         add->kind,
         "folder: any folder with photos; photos-library: what a Mac's Photos keeps them in; "
         "icloud: iCloud Photos of an Apple Account")
      ->required();
  sub->add_option("PATH", add->path, "the folder, or the bundle Name.photoslibrary");
  sub->add_option("--account", add->account, "the Apple Account, of an icloud source")
      ->type_name("EMAIL");
  sub->add_option("--domain", add->domain, "com, or cn for an account of China mainland");
  sub->add_flag(
      "--keyring", add->keyring, "keep the sign-in and the password in the desktop's keyring");
  sub->footer(
      "Examples: keepsake source add pictures folder ~/Pictures\n"
      "          keepsake source add mac photos-library '~/Pictures/Photos Library.photoslibrary'\n"
      "          keepsake source add phone icloud --account jane@example.com");
  on(sub, command, add);
  auto sign_in = std::make_shared<SourceSignIn>();
  sub = verb(*source,
             "sign-in",
             "sign in to the Apple Account of an icloud source, and make this computer trusted",
             "keepsake source sign-in phone --code 123456");
  sub->add_option("NAME", sign_in->name)->required();
  sub->add_option("--code", sign_in->code, "the code that Apple shows on your devices or sent you");
  sub->add_flag("--sms", sign_in->sms, "have the code sent to the trusted phone number");
  on(sub, command, sign_in);
  on(verb(*source, "list", "list the sources", "keepsake source list"),
     command,
     std::make_shared<SourceList>());
  auto remove = std::make_shared<SourceRemove>();
  sub = verb(*source,
             "remove",
             "forget a source; what was backed up from it stays",
             "keepsake source remove pictures");
  sub->add_option("NAME", remove->name)->required();
  on(sub, command, remove);
}

void add_destination_verbs(CLI::App& app, Command& command) {
  CLI::App* destination = verb(app,
                               "destination",
                               "where photos are kept",
                               "keepsake destination add disk folder /mnt/backup/photos");
  destination->require_subcommand(1);
  auto add = std::make_shared<DestinationAdd>();
  CLI::App* sub = verb(*destination,
                       "add",
                       "add a destination; the last part of its path is made when missing",
                       "keepsake destination add disk folder /mnt/backup/photos --sidecars xmp");
  sub->add_option("NAME", add->name, "what to call it")->required();
  sub->add_option("KIND",
                  add->kind,
                  "folder: plain files; vault: encrypted, deduplicated, in the restic format")
      ->required();
  sub->add_option("URL",
                  add->url,
                  "a path, drive:UUID/path, sftp://, s3:, webdav+https:// or rclone:; for a vault "
                  "also rest:")
      ->required();
  sub->add_option("--ssh", add->ssh, "the program that goes to the server, such as \"ssh -F FILE\"")
      ->type_name("COMMAND");
  sub->add_option(
         "--locked-days",
         add->locked_days,
         "of a vault in a bucket: nobody can delete a file for so long after it was stored")
      ->type_name("DAYS")
      ->check(CLI::Range(1, 36'500));
  sub->add_option("--layout", add->layout, "such as Photos/{year}/{year}-{month}/{name}")
      ->type_name("TEMPLATE");
  sub->add_option("--albums", add->albums, "links, list or none");
  sub->add_option("--sidecars", add->sidecars, "xmp or none");
  sub->add_flag("--keyring", add->keyring, "keep a vault's password in the desktop's keyring");
  on(sub, command, add);
  on(verb(*destination, "list", "list the destinations", "keepsake destination list"),
     command,
     std::make_shared<DestinationList>());
  auto remove = std::make_shared<DestinationRemove>();
  sub = verb(*destination,
             "remove",
             "forget a destination; its files stay where they are",
             "keepsake destination remove disk");
  sub->add_option("NAME", remove->name)->required();
  on(sub, command, remove);
  auto eject = std::make_shared<DestinationEject>();
  sub = verb(*destination,
             "eject",
             "make a drive ready to be unplugged",
             "keepsake destination eject usb");
  sub->add_option("NAME", eject->name)->required();
  on(sub, command, eject);
}

void add_backup_verbs(CLI::App& app, Command& command) {
  auto backup = std::make_shared<Backup>();
  CLI::App* sub = verb(app,
                       "backup",
                       "bring every destination to hold every photo",
                       "keepsake backup pictures --to disk");
  sub->add_option("SOURCE",
                  backup->sources,
                  "only these sources; or a destination, to bring what it has to the others");
  sub->add_option("--to", backup->to, "only these destinations")
      ->type_name("DEST")
      ->expected(1)
      ->take_all();
  sub->add_flag("--dry-run", backup->dry_run, "say what would be kept, and write nothing");
  sub->add_flag("--accept-changes",
                backup->accept_changes,
                "go on once where a backup stopped because too many kept photos changed (exit code "
                "24); --yes does not imply it");
  sub->add_option("--adopt",
                  backup->adopt,
                  "a folder with files that other tools downloaded from iCloud (icloudpd, kei, "
                  "osxphotos and others): those with the size and Apple's checksum of what is "
                  "wanted are taken instead of a download, whatever their names; the folder is "
                  "only read. May be given more than once; of no use for other sources")
      ->type_name("PATH")
      ->expected(1)
      ->take_all();
  sub->footer(
      "Examples: keepsake backup pictures --to disk\n"
      "          keepsake backup old-drive --to new-drive\n"
      "          keepsake backup --adopt ~/icloudpd-downloads");
  on(sub, command, backup);

  auto verify = std::make_shared<Verify>();
  sub = verb(app,
             "verify",
             "read back what is kept and compare it with what was promised",
             "keepsake verify disk --read 10% --repair");
  sub->add_option("DEST", verify->destinations, "only these destinations");
  sub->add_option(
         "--read",
         verify->read,
         "all, packs (of a vault: only their sums), a share such as 10%, or none (presence "
         "and sizes)")
      ->type_name("AMOUNT");
  sub->add_flag("--repair", verify->repair, "heal damage from another destination or the source");
  on(sub, command, verify);

  auto restore = std::make_shared<Restore>();
  sub = verb(app,
             "restore",
             "bring photos back as files; nothing that exists is overwritten",
             "keepsake restore taken:2024-05 --from disk --to ~/restored");
  sub->add_option(
      "QUERY", restore->query, "which photos (see 'keepsake find --help'); all without");
  sub->add_option("--from", restore->from, "the destination")->type_name("DEST")->required();
  sub->add_option("--to", restore->to, "the folder to restore into")->type_name("PATH")->required();
  sub->add_option("--at",
                  restore->at,
                  "as it was at the end of that day (2024-05-01), or in that snapshot of a vault")
      ->type_name("DATE|SNAPSHOT");
  sub->add_flag("--dry-run", restore->dry_run, "say what would be restored, and write nothing");
  on(sub, command, restore);
}

void add_looking_verbs(CLI::App& app, Command& command) {
  auto snapshots = std::make_shared<Snapshots>();
  CLI::App* listing = verb(app, "snapshots", "the snapshots of a vault", "keepsake snapshots safe");
  listing->add_option("DEST", snapshots->destination, "the vault")->required();
  on(listing, command, snapshots);
  on(verb(app, "status", "what is held where, and what is not safe", "keepsake status"),
     command,
     std::make_shared<Status>());
  auto explain = std::make_shared<Explain>();
  CLI::App* sub = verb(app,
                       "explain",
                       "everything known of one photo: its files, versions, and where each is held",
                       "keepsake explain IMG_0042.HEIC");
  sub->add_option("PHOTO", explain->photo, "its id, name, path, or the beginning of its SHA-256")
      ->required();
  on(sub, command, explain);
  auto find = std::make_shared<Find>();
  sub = verb(app,
             "find",
             "photos that match a query; all without one",
             "keepsake find taken:2024-05..2024-06 is:favorite -album:Hawaii");
  sub->add_option("QUERY",
                  find->query,
                  "words, all of which must hold: taken: album: is: type: label: camera: name: "
                  "source: missing-from: or plain text; '-' negates, ',' is or, '*' any run");
  on(sub, command, find);

  CLI::App* catalog =
      verb(app, "catalog", "the ledger of what is held where", "keepsake catalog rebuild");
  catalog->require_subcommand(1);
  auto rebuild = std::make_shared<CatalogRebuild>();
  sub = verb(*catalog,
             "rebuild",
             "make the catalog anew from the destinations' own records; no photo is read",
             "keepsake catalog rebuild");
  sub->add_option("--catalog", rebuild->catalog, "which one, where there are several")
      ->type_name("ID");
  on(sub, command, rebuild);
  on(verb(app, "version", "the version of this program", "keepsake version"),
     command,
     std::make_shared<Version>());
}

void add_quarantine_verbs(CLI::App& app, Command& command) {
  CLI::App* quarantine = verb(
      app,
      "quarantine",
      "what is gone from its source, where a destination has on_source_delete = \"quarantine\"",
      "keepsake quarantine disk list");
  quarantine->require_subcommand(1);
  auto destination = std::make_shared<std::string>();
  quarantine->add_option("DEST", *destination, "the destination")->required();
  const auto of_destination = [&](CLI::App* sub, const auto& value) {
    sub->callback([&command, destination, value] {
      value->destination = *destination;
      command.verb = *value;
    });
  };
  of_destination(verb(*quarantine,
                      "list",
                      "the photos in quarantine, and since when",
                      "keepsake quarantine disk list"),
                 std::make_shared<QuarantineList>());
  auto restore = std::make_shared<QuarantineRestore>();
  CLI::App* sub = verb(*quarantine,
                       "restore",
                       "put photos back where they lay; they stay, though they are gone",
                       "keepsake quarantine disk restore album:Hawaii");
  sub->add_option("QUERY", restore->query, "which photos (see 'keepsake find --help')")->required();
  of_destination(sub, restore);
  auto empty = std::make_shared<QuarantineEmpty>();
  sub = verb(*quarantine,
             "empty",
             "delete what lies there longer than quarantine_days (30), but no last copy",
             "keepsake quarantine disk empty");
  sub->add_flag("--last-copies",
                empty->last_copies,
                "also photos that lie in no other destination; --yes does not imply it");
  of_destination(sub, empty);
}

void add_simulate_verbs(CLI::App& app, Command& command) {
  CLI::App* simulate =
      verb(app,
           "simulate",
           "a service on this machine that behaves like a real one, for trying and testing",
           "keepsake simulate icloud --listen 127.0.0.1:8443 --state /tmp/cloud --generate 200");
  simulate->require_subcommand(1);
  auto icloud = std::make_shared<SimulateIcloud>();
  CLI::App* sub =
      verb(*simulate,
           "icloud",
           "a made-up account of iCloud Photos, until Ctrl-C",
           "keepsake simulate icloud --listen 127.0.0.1:8443 --state /tmp/cloud --generate 200");
  sub->add_option(
         "--listen", icloud->listen, "where, such as 127.0.0.1:8443; port 0 takes any free one")
      ->type_name("ADDRESS:PORT")
      ->required();
  sub->add_option(
         "--state", icloud->state, "a folder for its library, sessions and certificate (ca.pem)")
      ->type_name("DIR")
      ->required();
  auto* photos =
      sub->add_option("--photos", icloud->photos, "the library is made of this folder's pictures")
          ->type_name("DIR");
  sub->add_option("--generate", icloud->generate, "the library is made up, with this many assets")
      ->type_name("N")
      ->excludes(photos);
  sub->add_option("--account", icloud->account, "its name")
      ->type_name("EMAIL")
      ->capture_default_str();
  sub->add_option("--password", icloud->password, "its password; it protects nothing")
      ->type_name("PW")
      ->capture_default_str();
  auto* code = sub->add_option("--code", icloud->code, "the code that its devices show")
                   ->capture_default_str();
  sub->add_flag("--no-2fa", icloud->without_second_factor, "no code is asked for")->excludes(code);
  sub->add_option("--fault", icloud->faults, "something that goes wrong (docs/manual/simulate.md)")
      ->type_name("SPEC")
      ->expected(1)
      ->take_all();
  on(sub, command, icloud);
}

/// A query may begin with '-', which is no option: such words come after "--" for CLI11.
std::vector<std::string> with_negations(int count, char** words) {
  std::vector<std::string> typed;
  for (int i = count - 1; i > 0; --i) {
    std::string word = words[i];
    const bool negation = word.size() > 2 && word[0] == '-' && word[1] != '-' &&
                          (word.find(':') != std::string::npos);
    typed.push_back(negation ? "\x01" + word : std::move(word));
  }
  return typed;
}

void restore_negations(std::vector<std::string>& query) {
  for (std::string& word : query)
    if (word.starts_with('\x01')) word.erase(0, 1);
}

}  // namespace

std::variant<Command, Instead> parse(int count, char** words) {
  Command command;
  CLI::App app{
      "Keepsake backs up photos so that none is ever lost, and can prove it.\n"
      "First backup:\n"
      "  keepsake source add pictures folder ~/Pictures\n"
      "  keepsake destination add disk folder /mnt/backup/photos\n"
      "  keepsake backup",
      "keepsake"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "keepsake " + std::string(version));
  app.fallthrough();
  add_global_options(app, command);
  add_source_verbs(app, command);
  add_destination_verbs(app, command);
  add_backup_verbs(app, command);
  add_looking_verbs(app, command);
  add_quarantine_verbs(app, command);
  add_simulate_verbs(app, command);
  try {
    app.parse(with_negations(count, words));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream mistakes;
    const int code = app.exit(error, out, mistakes);
    return Instead{code == 0 ? out.str() : mistakes.str(), code == 0 ? 0 : usage};
  }
  if (auto* find = std::get_if<Find>(&command.verb)) restore_negations(find->query);
  if (auto* restore = std::get_if<Restore>(&command.verb)) restore_negations(restore->query);
  if (auto* back = std::get_if<QuarantineRestore>(&command.verb)) restore_negations(back->query);
  return command;
}

}  // namespace keepsake::app::cli
