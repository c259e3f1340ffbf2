// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/session.h"

#include "base/guarded.h"
#include "base/task_scope.h"
#include "base/text.h"
#include "crypto/sha.h"
#include "destination/folder_tree/album_folder.h"
#include "destination/folder_tree/happened.h"
#include "destination/folder_tree/layout.h"
#include "destination/folder_tree/manifest.h"
#include "photo/quarantine.h"
#include "records/xmp.h"

#include <algorithm>
#include <map>
#include <set>

namespace keepsake::destination::tree {

namespace {

constexpr ByteCount journal_full{16 << 20};
constexpr std::size_t block_bytes = std::size_t{1} << 20U;

/// An upload whose bytes lie durably in the work folder.
struct Staged {
  Upload upload;
  photo::Content content;
  RelativePath work;
};

struct Shared {
  std::vector<Staged> staged;
  std::uint64_t next_name = 0;
  ByteCount written;
  bool clones = true;  // until the file system says it cannot
};

/// Folders whose names are to be made durable. May be used by several threads.
class Touched {
 public:
  void add(RelativePath folder) {
    folders_.with([&](std::set<RelativePath>& folders) { folders.insert(std::move(folder)); });
  }

  std::set<RelativePath> take() {
    return folders_.with([](std::set<RelativePath>& all) { return std::exchange(all, {}); });
  }

 private:
  Guarded<std::set<RelativePath>> folders_;
};

class TreeIncoming final : public Incoming {
 public:
  TreeIncoming(os::Folder& folder,
               bool is_read_back,
               Guarded<Shared>& shared,
               Upload upload,
               RelativePath work,
               std::unique_ptr<os::OutFile> file)
      : folder_(folder),
        is_read_back_(is_read_back),
        shared_(shared),
        upload_(std::move(upload)),
        work_(std::move(work)),
        file_(std::move(file)) {}

  ~TreeIncoming() override {
    if (finished_) return;
    file_.reset();
    static_cast<void>(folder_.remove(work_));
  }

  TreeIncoming(const TreeIncoming&) = delete;
  TreeIncoming& operator=(const TreeIncoming&) = delete;
  TreeIncoming(TreeIncoming&&) = delete;
  TreeIncoming& operator=(TreeIncoming&&) = delete;

  Result<> write(ByteView bytes) override {
    written_ += ByteCount{bytes.size()};
    return file_->write(bytes);
  }

  Result<> finish(const photo::Content& content,
                  const std::optional<AppleChecksum>& apple_checksum) override {
    TRY(file_->finish(upload_.modified));
    if (is_read_back_) TRY(read_back(content));
    if (apple_checksum) upload_.record.version.apple_checksum = apple_checksum;
    finished_ = true;
    shared_.with([&](Shared& shared) {
      shared.written += written_;
      shared.staged.push_back({std::move(upload_), content, work_});
    });
    return {};
  }

 private:
  Result<> read_back(const photo::Content& content) {
    const bool is_right = TRY(holds(folder_, work_, content, os::Reading::from_disk));
    if (is_right) return {};
    return fail(Error{Cause::corrupt,
                      "what was written is not what comes back; the drive or server is not to be "
                      "trusted, and nothing of it is counted",
                      upload_.path,
                      Scope::destination});
  }

  os::Folder& folder_;
  bool is_read_back_;
  Guarded<Shared>& shared_;
  Upload upload_;
  RelativePath work_;
  std::unique_ptr<os::OutFile> file_;
  ByteCount written_;
  bool finished_ = false;
};

class TreeSession final : public Session {
 public:
  TreeSession(os::Folder& folder, const TreeOptions& options)
      : folder_(folder), options_(options), manifest_(folder), album_folder_(folder) {}

  /// Empties the work folder, and finds out what of the last, unfinished commit did happen.
  Result<> recover() {
    TRY(folder_.make_folders(RelativePath::known(work_folder)));
    const auto leftovers = TRY(folder_.list(RelativePath::known(work_folder)));
    for (const os::Entry& leftover : leftovers)
      TRY(folder_.remove(RelativePath::known(work_folder) / leftover.name));
    const auto journal = TRY(manifest_.read_journal());
    const auto happened = TRY(what_happened(folder_, journal.intended));
    std::vector<std::string> lines = journal.confirmed;
    lines.insert(lines.end(), happened.begin(), happened.end());
    for (const std::string& line : Manifest::in_force(lines)) {
      auto record = records::parse_line(line);
      if (record) recovered_.push_back(*std::move(record));
    }
    if (journal.intended.empty() && !journal.torn) return {};
    // The folders' names may not have been durable yet.
    for (const std::string& line : happened) {
      auto path = path_in_record(line);
      if (!path) path = path_in_removal(line);
      if (path) TRY(folder_.sync(RelativePath::known(*path).folder()));
    }
    return settle_journal(journal.confirmed, happened);
  }

  [[nodiscard]] const std::vector<records::FileRecord>& recovered() const override {
    return recovered_;
  }

  Result<std::vector<std::string>> names_in(const std::string& folder) override {
    std::vector<std::string> names;
    const auto entries = folder_.list(RelativePath::known(folder));
    if (!entries && entries.error().cause == Cause::not_found) return names;
    if (!entries) return fail(entries.error());
    names.reserve(entries->size());
    for (const os::Entry& entry : *entries) names.push_back(folded(entry.name));
    return names;
  }

  Result<std::unique_ptr<Incoming>> begin(Upload upload) override {
    const auto work = next_work_name();
    auto file = TRY(folder_.create(work, upload.size));
    return std::make_unique<TreeIncoming>(
        folder_, options_.is_read_back, shared_, std::move(upload), work, std::move(file));
  }

  Result<> duplicate(Upload upload,
                     const ExistingCopy& copy,
                     const photo::Content& content) override {
    const auto work = next_work_name();
    const bool linked = TRY(link_to(copy, upload.modified, work));
    if (!linked) TRY(copy_of(copy, upload.modified, content, work));
    shared_.with(
        [&](Shared& shared) { shared.staged.push_back({std::move(upload), content, work}); });
    return {};
  }

  Result<Committed> commit(const FindCopy& find_copy) override {
    auto batch = shared_.with([](Shared& shared) { return std::exchange(shared.staged, {}); });
    if (batch.empty()) return Committed();
    TRY(share_duplicates(batch, find_copy));
    std::vector<Manifest::Intent> intents;
    for (Staged& staged : batch) {
      staged.upload.record.version.content = staged.content;
      intents.push_back({records::to_line(staged.upload.record)});
      if (staged.upload.replaced)
        intents.push_back({records::to_line(*staged.upload.replaced), staged.upload.path});
    }
    TRY(manifest_.intend(intents));
    Touched touched;
    const auto stored = TRY(give_names(batch, touched));
    for (const RelativePath& folder : touched.take()) TRY(folder_.sync(folder));
    const bool all = std::none_of(
        stored.begin(), stored.end(), [](const Stored& file) { return file.error.has_value(); });
    TRY(all ? manifest_.confirm() : confirm_what_happened());
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (!stored[i].error) TRY(write_sidecar(batch[i].upload.record));
    return Committed{stored, true};
  }

  Result<> describe(std::span<const records::FileRecord> records) override {
    std::vector<Manifest::Intent> intents;
    intents.reserve(records.size());
    for (const records::FileRecord& record : records) intents.push_back({records::to_line(record)});
    TRY(manifest_.intend(intents));
    TRY(manifest_.confirm());
    for (const records::FileRecord& record : records) TRY(write_sidecar(record));
    return {};
  }

  Result<std::vector<std::optional<Error>>> move(
      std::span<const records::FileRecord> records) override {
    std::vector<Manifest::Intent> intents;
    for (const records::FileRecord& record : records) {
      intents.push_back({records::to_line(record)});
      intents.push_back({Manifest::removal(record.month, photo::other_place(record.path))});
    }
    TRY(manifest_.intend(intents));
    std::vector<std::optional<Error>> outcomes(records.size());
    // One way after the other: a folder that some files leave is entered by others.
    for (const bool into_quarantine : {true, false})
      TRY(move_all(records, into_quarantine, outcomes));
    const bool all = std::none_of(
        outcomes.begin(), outcomes.end(), [](const auto& error) { return error.has_value(); });
    TRY(all ? manifest_.confirm() : confirm_what_happened());
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (outcomes[i]) continue;
      TRY(remove_sidecar(photo::other_place(records[i].path)));
      TRY(write_sidecar(records[i]));
    }
    return outcomes;
  }

  Result<> remove(std::span<const records::FileRecord> records) override {
    std::vector<Manifest::Intent> intents;
    for (const records::FileRecord& record : records)
      intents.push_back({Manifest::removal(record.month, record.path)});
    TRY(manifest_.intend(intents));
    std::set<RelativePath> touched;
    for (const records::FileRecord& record : records) {
      const auto path = TRY(RelativePath::parse(record.path));
      TRY(folder_.remove(path));
      TRY(remove_sidecar(record.path));
      touched.insert(path.folder());
    }
    for (const RelativePath& folder : touched) TRY(sync_if_there(folder));
    return manifest_.confirm();
  }

  Result<> begin_records_anew() override { return manifest_.begin_anew(); }

  Result<> show_album(const Album& album) override {
    return album_folder_.show(RelativePath::known(album.folder), album.files, options_.albums);
  }

  Result<Closed> close() override {
    TRY(manifest_.merge());
    Closed closed;
    closed.written = shared_.with([](Shared& shared) { return shared.written; });
    return closed;
  }

  /// What the ledger knows need not stay in the journal, once that has grown long.
  Result<> settle() override {
    if (manifest_.journal_size() < journal_full) return {};
    return manifest_.merge();
  }

 private:
  /// Of the records those that go this way.
  Result<> move_all(std::span<const records::FileRecord> records,
                    bool into_quarantine,
                    std::vector<std::optional<Error>>& outcomes) {
    Touched entered;
    Touched left;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (photo::is_in_quarantine(records[i].path) != into_quarantine) continue;
      const auto moved = try_move(records[i], entered, left);
      if (!moved) outcomes[i] = moved.error();
    }
    // A power cut between the two leaves a file in both places; the other way round, in none.
    for (auto* const folders : {&entered, &left})
      for (const RelativePath& folder : folders->take()) TRY(sync_if_there(folder));
    return {};
  }

  RelativePath next_work_name() {
    const auto number = shared_.with([](Shared& shared) { return shared.next_name++; });
    return RelativePath::known(work_folder) / std::to_string(number);
  }

  Result<> settle_journal(const std::vector<std::string>& confirmed,
                          const std::vector<std::string>& happened) {
    std::string text;
    for (const auto* lines : {&confirmed, &happened})
      for (const std::string& line : *lines) text += line + "\n";
    TRY(os::write_whole(folder_, RelativePath::known(journal), bytes_of(text)));
    return manifest_.confirm();
  }

  /// Where a file could not be given its name, the journal must not say it was.
  Result<> confirm_what_happened() {
    const auto found = TRY(manifest_.read_journal());
    const auto happened = TRY(what_happened(folder_, found.intended));
    return settle_journal(found.confirmed, happened);
  }

  /// Gives a new name to bytes that lie here already: sharing their blocks, else, when they bear
  /// the same time, as a second name. False where the file system has neither.
  Result<bool> link_to(const ExistingCopy& copy, Instant modified, const RelativePath& work) {
    const auto from = TRY(RelativePath::parse(copy.path));
    if (shared_.with([](const Shared& shared) { return shared.clones; })) {
      auto clone = folder_.clone(from, work);
      if (clone) {
        TRY((*clone)->finish(modified));
        return true;
      }
      TRY(folder_.remove(work));
      if (clone.error().cause != Cause::unsupported) return false;
      shared_.with([](Shared& shared) { shared.clones = false; });
    }
    if (copy.modified != modified) return false;
    return folder_.link(from, work).has_value();
  }

  Result<> copy_of(const ExistingCopy& copy,
                   Instant modified,
                   const photo::Content& content,
                   const RelativePath& work) {
    const auto from = TRY(RelativePath::parse(copy.path));
    auto in = TRY(folder_.open(from, os::Reading::cached));
    auto out = TRY(folder_.create(work, content.size));
    crypto::Sha256 sha256;
    std::vector<std::byte> block(block_bytes);
    for (;;) {
      const auto count = TRY(in->read(block));
      if (count == 0) break;
      sha256.add(ByteView(block).first(count));
      TRY(out->write(ByteView(block).first(count)));
    }
    if (sha256.finish() != content.sha256)
      return fail(Cause::corrupt, "the copy at {} is damaged", copy.path);
    shared_.with([&](Shared& shared) { shared.written += content.size; });
    return out->finish(modified);
  }

  /// Files of this batch that are equal to each other or to what lies here already take no room.
  Result<> share_duplicates(std::vector<Staged>& batch, const FindCopy& find_copy) {
    std::map<Digest, ExistingCopy> in_batch;
    for (Staged& staged : batch) {
      const auto twin = in_batch.find(staged.content.sha256);
      auto copy =
          twin != in_batch.end() ? std::optional(twin->second) : find_copy(staged.content.sha256);
      const bool usable = copy && copy->path != staged.upload.path && !staged.upload.heals;
      if (usable) TRY(share(staged, *copy));
      in_batch.try_emplace(staged.content.sha256,
                           ExistingCopy{staged.work.text(), staged.upload.modified});
    }
    return {};
  }

  Result<> share(Staged& staged, const ExistingCopy& copy) {
    const auto work = next_work_name();
    const auto linked = link_to(copy, staged.upload.modified, work);
    if (!linked || !*linked) return {};
    TRY(folder_.remove(staged.work));
    staged.work = work;
    return {};
  }

  /// As many at once as the folder likes; those that put an older version aside one after the
  /// other, because several of them may be about one file.
  Result<std::vector<Stored>> give_names(const std::vector<Staged>& batch, Touched& touched) {
    std::vector<Stored> stored(batch.size());
    const auto at_once = folder_.at_once();
    const auto in_order = [&](std::size_t i) { return at_once == 1 || batch[i].upload.replaced; };
    TRY(do_at_once(at_once, batch.size(), [&](std::size_t i) -> Result<> {
      if (!in_order(i)) stored[i] = give_name(batch[i], touched);
      return {};
    }));
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (in_order(i)) stored[i] = give_name(batch[i], touched);
    return stored;
  }

  Stored give_name(const Staged& staged, Touched& touched) {
    Stored stored;
    stored.version = staged.upload.record.version.row;
    stored.path = staged.upload.path;
    stored.content = staged.content;
    const auto named = try_give_name(staged, touched);
    if (!named) {
      stored.error = named.error();
      static_cast<void>(folder_.remove(staged.work));
    }
    return stored;
  }

  Result<> try_give_name(const Staged& staged, Touched& touched) {
    const auto path = TRY(RelativePath::parse(staged.upload.path));
    TRY(make_folders_noting(path.folder(), touched));
    if (staged.upload.replaced) {
      const auto aside = TRY(RelativePath::parse(staged.upload.replaced->path));
      TRY(make_folders_noting(aside.folder(), touched));
      TRY(folder_.rename(path, aside, os::Existing::keep));
      touched.add(aside.folder());
    }
    const auto existing = staged.upload.heals ? os::Existing::replace : os::Existing::keep;
    auto renamed = folder_.rename(staged.work, path, existing);
    touched.add(path.folder());
    if (renamed || renamed.error().cause != Cause::conflict) return renamed;
    const bool is_equal = TRY(holds(folder_, path, staged.content));
    if (!is_equal)
      return fail(Error{Cause::conflict,
                        "a file that is not from this backup lies where this photo belongs; it was "
                        "not touched. Move it away, then run the backup again",
                        staged.upload.path,
                        Scope::asset});
    return folder_.remove(staged.work);
  }

  /// Interrupted after it, or by a power cut in the middle of it, it may be asked again.
  Result<> try_move(const records::FileRecord& record, Touched& entered, Touched& left) {
    const auto to = TRY(RelativePath::parse(record.path));
    const auto from = TRY(RelativePath::parse(photo::other_place(record.path)));
    const auto there = TRY(folder_.look(to));
    const bool is_done = TRY(holds(folder_, to, record.content()));
    if (there && !is_done)
      return fail(Error{Cause::conflict,
                        "another file lies where it belongs; it was not touched",
                        record.path,
                        Scope::asset});
    if (is_done) {
      TRY(folder_.remove(from));
    } else {
      TRY(make_folders_noting(to.folder(), entered));
      TRY(folder_.rename(from, to, os::Existing::keep));
    }
    entered.add(to.folder());
    left.add(from.folder());
    return {};
  }

  Result<> sync_if_there(const RelativePath& folder) {
    const auto synced = folder_.sync(folder);
    return synced || synced.error().cause == Cause::not_found ? Result<>() : synced;
  }

  /// Only one that we wrote; another was never ours to take.
  Result<> remove_sidecar(const std::string& of) {
    if (options_.sidecars != Sidecars::xmp) return {};
    const auto path = RelativePath::known(of + ".xmp");
    const auto text = folder_.read_all(path, ByteCount{1 << 20});
    if (!text || !records::is_our_xmp(text_of(*text))) return {};
    return folder_.remove(path);
  }

  /// A folder made here has a name to make durable, in the folder above it.
  Result<> make_folders_noting(const RelativePath& folder, Touched& touched) {
    return made_.with([&](std::set<RelativePath>& made) -> Result<> {
      if (made.contains(folder)) return {};
      TRY(folder_.make_folders(folder));
      for (RelativePath at = folder; !at.is_root() && !made.contains(at); at = at.folder()) {
        made.insert(at);
        touched.add(at.folder());
      }
      return {};
    });
  }

  Result<> write_sidecar(const records::FileRecord& record) {
    using photo::Role;
    const bool wanted =
        options_.sidecars == Sidecars::xmp && !record.version.superseded_at &&
        (record.role == Role::original || record.role == Role::edited || record.role == Role::raw);
    if (!wanted) return {};
    const auto path = RelativePath::known(record.path + ".xmp");
    const auto text = records::xmp_of(record.asset);
    const auto old = folder_.read_all(path, ByteCount{1 << 20});
    if (old && (text_of(*old) == text || !records::is_our_xmp(text_of(*old)))) return {};
    if (!old && old.error().cause != Cause::not_found) return {};
    const auto work = next_work_name();
    auto file = TRY(folder_.create(work, ByteCount{text.size()}));
    TRY(file->write(bytes_of(text)));
    TRY(file->finish(record.file_time));
    TRY(folder_.rename(work, path, os::Existing::replace));
    return folder_.sync(path.folder());
  }

  os::Folder& folder_;
  TreeOptions options_;
  Manifest manifest_;
  AlbumFolder album_folder_;
  Guarded<Shared> shared_;
  std::vector<records::FileRecord> recovered_;
  Guarded<std::set<RelativePath>> made_;
};

}  // namespace

Result<std::unique_ptr<Session>> open_session(os::Folder& folder, const TreeOptions& options) {
  auto session = std::make_unique<TreeSession>(folder, options);
  TRY(session->recover());
  return session;
}

}  // namespace keepsake::destination::tree
