// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/session.h"

#include "base/guarded.h"
#include "base/text.h"
#include "destination/vault/journal.h"
#include "destination/vault/kept_set.h"
#include "destination/vault/pending.h"
#include "destination/vault/places.h"
#include "photo/quarantine.h"
#include "vault/writer.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace keepsake::destination::in_vault {

namespace {

// A long run makes what it stored findable from time to time: whichever comes first.
constexpr std::chrono::minutes checkpoint_time{15};
constexpr ByteCount checkpoint_bytes{std::uint64_t{16} << 30U};
constexpr std::size_t checkpoint_weight = 50'000;  // bounds the memory for what is pending

/// An upload whose blobs are on their way.
struct Staged {
  Upload upload;
  photo::Content content;
  vault::Node node;
};

/// What several threads ask for.
struct Shared {
  std::vector<Staged> staged;
  Pending pending;
  std::optional<vault::Snapshot> base;
  std::optional<Error> broken;
};

vault::Node file_node(Instant modified, ByteCount size, std::vector<vault::BlobId> content) {
  vault::Node node;
  node.modified = vault::node_time(modified);
  node.size = size;
  node.content = std::move(content);
  return node;
}

/// Nothing, where the list of what was kept is damaged: the next snapshot deals with that.
template <class Value>
Result<Value> unless_damaged(Result<Value> found) {
  const bool damaged = !found && is_damage(found.error().cause);
  return damaged ? Result<Value>(Value()) : found;
}

class VaultIncoming final : public Incoming {
 public:
  VaultIncoming(Guarded<Shared>& shared, Upload upload, std::unique_ptr<vault::FileWriter> file)
      : shared_(shared), upload_(std::move(upload)), file_(std::move(file)) {}

  Result<> write(ByteView bytes) override { return file_->write(bytes); }

  Result<> finish(const photo::Content& content,
                  const std::optional<AppleChecksum>& apple_checksum) override {
    if (apple_checksum) upload_.record.version.apple_checksum = apple_checksum;
    auto stored = TRY(file_->finish(content.sha256));
    if (stored.size != content.size)
      return fail(Cause::corrupt,
                  "{} bytes came where there should be {}",
                  stored.size.value,
                  content.size.value);
    auto node = file_node(upload_.modified, stored.size, std::move(stored.content));
    shared_.with([&](Shared& shared) {
      shared.staged.push_back({std::move(upload_), content, std::move(node)});
    });
    return {};
  }

 private:
  Guarded<Shared>& shared_;
  Upload upload_;
  std::unique_ptr<vault::FileWriter> file_;
};

class VaultSession final : public Session {
 public:
  VaultSession(const Surroundings& around,
               std::unique_ptr<vault::Lock> lock,
               std::unique_ptr<vault::Writer> writer,
               std::optional<vault::Snapshot> base)
      : around_(around),
        lock_(std::move(lock)),
        writer_(std::move(writer)),
        journal_(around.state),
        last_snapshot_(around.clock.now()) {
    shared_.with([&](Shared& shared) { shared.base = std::move(base); });
  }

  /// What a killed run stored becomes part of the kept set at once.
  Result<> recover() {
    TRY(journal_.read_held([&](const Journal::File& file) { return recover_held(file); }));
    std::set<std::string> lost;
    Journal::Reader reader;
    reader.file = [&](const Journal::File& file) { return recover_file(file, lost); };
    reader.record = [&](const std::string& line, const Spot& at) -> Result<> {
      const auto record = records::parse_line(line);
      if (record && !lost.contains(place_of(*record)))
        shared_.with([&](Shared& shared) { shared.pending.describe(*record, at); });
      return {};
    };
    reader.album = [&](const Album& album) -> Result<> {
      shared_.with([&](Shared& shared) { shared.pending.show(album); });
      return {};
    };
    TRY(journal_.read(reader));
    const bool empty = shared_.with([](Shared& shared) { return shared.pending.empty(); });
    if (empty) return journal_.remove();
    const auto made = TRY(take_snapshot());
    static_cast<void>(made);
    return {};
  }

  [[nodiscard]] const std::vector<records::FileRecord>& recovered() const override {
    return recovered_;
  }

  Result<std::vector<std::string>> names_in(const std::string& folder) override {
    std::vector<std::string> names;
    const auto tree = base_tree();
    if (!tree) return names;
    const auto sources = TRY(unless_damaged(around_.folders.sources(*tree)));
    for (const std::string& source : sources) {
      const auto here =
          TRY(unless_damaged(around_.folders.names_in(*tree, folder_place(source, folder))));
      for (const std::string& name : here) names.push_back(folded(name));
    }
    return names;
  }

  Result<std::unique_ptr<Incoming>> begin(Upload upload) override {
    const auto broken = shared_.with([](Shared& shared) { return shared.broken; });
    if (broken) return fail(*broken);
    TRY(lock_->check());
    if (upload.heals) TRY(refuse_to_trust_the_index(upload));
    auto file = TRY(writer_->open_file(upload.size, vault::Sum::given));
    return std::make_unique<VaultIncoming>(shared_, std::move(upload), std::move(file));
  }

  Result<> duplicate(Upload upload,
                     const ExistingCopy& copy,
                     const photo::Content& content) override {
    const auto kept = TRY(find(copy.path));
    if (!kept || kept->size != content.size || !all_known(kept->content))
      return fail(Cause::not_found, "the copy at {} is not whole", copy.path);
    auto node = file_node(upload.modified, content.size, kept->content);
    shared_.with([&](Shared& shared) {
      shared.staged.push_back({std::move(upload), content, std::move(node)});
    });
    return {};
  }

  Result<Committed> commit(const FindCopy& /*find_copy*/) override {
    TRY(lock_->check());
    auto batch = shared_.with([](Shared& shared) { return std::exchange(shared.staged, {}); });
    const auto flushed = writer_->flush();
    std::erase_if(batch, [&](const Staged& staged) { return !all_held(staged.node.content); });
    if (!flushed) {
      // What did reach the vault is kept; the rest stays owed, and nothing more is begun.
      shared_.with([&](Shared& shared) { shared.broken = flushed.error(); });
      if (batch.empty()) return fail(flushed.error());
    }
    Committed committed;
    committed.stored = TRY(note(batch));
    if (flushed) TRY(take_snapshot_if_due());
    committed.held = shared_.with([](Shared& shared) { return shared.pending.empty(); });
    return committed;
  }

  Result<> describe(std::span<const records::FileRecord> records) override {
    if (records.empty()) return {};
    std::vector<Spot> spots(records.size());
    TRY(journal_.begin());
    for (std::size_t i = 0; i < records.size(); ++i) journal_.add_record(records[i], spots[i]);
    TRY(journal_.append());
    shared_.with([&](Shared& shared) {
      for (std::size_t i = 0; i < records.size(); ++i)
        shared.pending.describe(records[i], spots[i]);
    });
    return {};
  }

  /// Its places change with a snapshot of their own: the ledger plans the rest of the run by them.
  Result<std::vector<std::optional<Error>>> move(
      std::span<const records::FileRecord> records) override {
    TRY(lock_->check());
    std::vector<std::optional<Error>> outcomes;
    TRY(journal_.begin());
    std::vector<Moved> moved;
    for (const records::FileRecord& record : records) {
      auto node = TRY(node_to_move(record));
      outcomes.push_back(node ? std::nullopt : std::optional(not_there(record)));
      if (node) moved.push_back({record, *std::move(node), {}});
    }
    Spot unused;
    for (Moved& file : moved)
      journal_.add_file(file.node, file.record, std::nullopt, file.at, unused);
    TRY(journal_.append());
    for (const Moved& file : moved) {
      count(file.record, file.node, file.at);
      TRY(leave_other_place(file.record));
    }
    TRY(take_snapshot_of_change());
    return outcomes;
  }

  Result<> remove(std::span<const records::FileRecord> records) override {
    TRY(lock_->check());
    shared_.with([&](Shared& shared) {
      for (const records::FileRecord& record : records) shared.pending.remove(record);
    });
    return take_snapshot_of_change();
  }

  Result<> begin_records_anew() override {
    shared_.with([](Shared& shared) { shared.pending.begin_records_anew(); });
    return {};
  }

  Result<> show_album(const Album& album) override {
    TRY(journal_.begin());
    journal_.add_album(album);
    TRY(journal_.append());
    shared_.with([&](Shared& shared) { shared.pending.show(album); });
    return take_snapshot_if_due();
  }

  Result<Closed> close() override {
    TRY(writer_->flush());
    Closed closed;
    const bool changed = shared_.with([](Shared& shared) { return !shared.pending.empty(); });
    if (changed) TRY(take_snapshot_of_change());
    closed.snapshot = made_;
    closed.written = writer_->written();
    closed.incomplete = shared_.with([](Shared& shared) { return shared.broken; });
    return closed;
  }

  Result<> settle() override { return journal_.settle(); }

 private:
  /// Damaged blobs are still in the index, so that sending them again would store nothing. Only
  /// once the damage was set aside is what the index says true again.
  Result<> refuse_to_trust_the_index(const Upload& upload) {
    const auto tree = base_tree();
    if (around_.care == Care::after_damage || !tree) return {};
    const auto place = place_in_vault(upload.record.source_name, upload.path);
    const auto node = TRY(unless_damaged(around_.folders.find(*tree, place)));
    if (!node) return {};
    const auto& index = around_.repository.index();
    for (const vault::BlobId& blob : node->content)
      if (!index.contains(vault::BlobKind::data, blob)) return {};
    return fail(Cause::corrupt,
                "its copy in the vault is damaged; to heal it, run: keepsake verify --repair");
  }

  static std::string place_of(const records::FileRecord& record) {
    return place_in_vault(record.source_name, record.path);
  }

  [[nodiscard]] bool all_held(const std::vector<vault::BlobId>& content) const {
    return std::all_of(content.begin(), content.end(), [this](const vault::BlobId& id) {
      return writer_->holds(vault::BlobKind::data, id);
    });
  }

  [[nodiscard]] bool all_known(const std::vector<vault::BlobId>& content) const {
    return std::all_of(content.begin(), content.end(), [this](const vault::BlobId& id) {
      return writer_->knows(vault::BlobKind::data, id);
    });
  }

  std::optional<vault::BlobId> base_tree() {
    return shared_.with([](Shared& shared) {
      return shared.base ? std::optional(shared.base->tree) : std::nullopt;
    });
  }

  /// What is kept at a place, by the last snapshot or since.
  Result<std::optional<vault::Node>> at(const std::string& place) {
    const auto pending = shared_.with([&](Shared& shared) {
      std::optional<std::optional<vault::Node>> found;
      if (const auto* node = shared.pending.find(place)) found.emplace(*node);
      return found;
    });
    if (pending) return *pending;
    const auto tree = base_tree();
    if (!tree) return std::nullopt;
    return around_.folders.find(*tree, place);
  }

  /// A kept file by its path, of whatever source.
  Result<std::optional<vault::Node>> find(const std::string& path) {
    std::vector<std::string> sources;
    if (const auto tree = base_tree()) sources = TRY(around_.folders.sources(*tree));
    const auto added = shared_.with([](Shared& shared) { return shared.pending.sources(); });
    sources.insert(sources.end(), added.begin(), added.end());
    for (const std::string& source : sources) {
      auto node = TRY(at(place_in_vault(source, path)));
      if (node) return node;
    }
    return std::nullopt;
  }

  /// Writes down what a commit stored, durably, then counts it as pending.
  Result<std::vector<Stored>> note(std::vector<Staged>& batch) {
    std::vector<Stored> stored;
    if (batch.empty()) return stored;

    struct Spots {
      Spot record;
      Spot aside;
    };

    std::vector<Spots> spots(batch.size());
    TRY(journal_.begin());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      Upload& upload = batch[i].upload;
      upload.record.version.content = batch[i].content;
      journal_.add_file(
          batch[i].node, upload.record, upload.replaced, spots[i].record, spots[i].aside);
    }
    TRY(journal_.append());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Upload& upload = batch[i].upload;
      if (upload.replaced) TRY(put_aside(upload.record, *upload.replaced, spots[i].aside));
      count(upload.record, batch[i].node, spots[i].record);
      bytes_since_snapshot_ += batch[i].content.size;
      stored.push_back({upload.record.version.row, upload.path, batch[i].content, std::nullopt});
    }
    return stored;
  }

  void count(const records::FileRecord& record, const vault::Node& node, const Spot& at) {
    shared_.with([&](Shared& shared) {
      shared.pending.keep(place_of(record), node);
      shared.pending.describe(record, at);
    });
  }

  /// A file that came from the other of its two places lies there no more.
  Result<> leave_other_place(records::FileRecord record) {
    record.path = photo::other_place(record.path);
    const auto there = TRY(unless_damaged(at(place_of(record))));
    if (there) shared_.with([&](Shared& shared) { shared.pending.remove(record); });
    return {};
  }

  struct Moved {
    const records::FileRecord& record;
    vault::Node node;
    Spot at;
  };

  /// The file at the place before, or at its new one, where an earlier run brought it.
  Result<std::optional<vault::Node>> node_to_move(const records::FileRecord& record) {
    for (const auto& path : {photo::other_place(record.path), record.path}) {
      auto node = TRY(at(place_in_vault(record.source_name, path)));
      if (node && node->size == record.content().size) return node;
    }
    return std::nullopt;
  }

  static Error not_there(const records::FileRecord& record) {
    return {Cause::not_found,
            "the vault has no such file",
            photo::other_place(record.path),
            Scope::asset};
  }

  /// The older version of a file goes on in the kept set, at a place of its own.
  Result<> put_aside(const records::FileRecord& newer,
                     const records::FileRecord& older,
                     const Spot& spot) {
    const auto node = TRY(unless_damaged(at(place_of(newer))));
    if (!node || !older.version.content || node->size != older.version.content->size) {
      around_.warnings.push_back(
          fmt::format("the older version of {} is no longer there", shown(newer.path)));
      return {};
    }
    count(older, *node, spot);
    return {};
  }

  /// What a snapshot told and the ledger did not note any more, as far as the kept set has it
  /// still.
  Result<> recover_held(const Journal::File& file) {
    auto record = records::parse_line(file.record);
    if (!record) return {};
    const auto there = TRY(unless_damaged(at(place_of(*record))));
    if (!there || there->content != file.node.content) return {};
    recovered_.push_back(*std::move(record));
    if (!file.aside) return {};
    auto older = records::parse_line(*file.aside);
    if (older) recovered_.push_back(*std::move(older));
    return {};
  }

  Result<> recover_file(const Journal::File& file, std::set<std::string>& lost) {
    auto record = records::parse_line(file.record);
    if (!record) return {};
    if (!all_held(file.node.content)) {
      lost.insert(place_of(*record));
      return {};
    }
    if (file.aside) {
      auto aside = records::parse_line(*file.aside);
      if (aside) TRY(recover_aside(*record, *std::move(aside), file));
    }
    count(*record, file.node, file.record_at);
    TRY(leave_other_place(*record));
    recovered_.push_back(*std::move(record));
    return {};
  }

  /// Unless a snapshot told of it already: then the newer version lies at its place now.
  Result<> recover_aside(const records::FileRecord& newer,
                         records::FileRecord older,
                         const Journal::File& file) {
    const auto there = TRY(at(place_of(older)));
    if (!there) TRY(put_aside(newer, older, file.aside_at));
    if (there) count(older, *there, file.aside_at);
    recovered_.push_back(std::move(older));
    return {};
  }

  Result<> take_snapshot_if_due() {
    const auto weight = shared_.with([](Shared& shared) { return shared.pending.weight(); });
    const bool due =
        weight > 0 && (around_.clock.now() - last_snapshot_ >= checkpoint_time ||
                       bytes_since_snapshot_ >= checkpoint_bytes || weight >= checkpoint_weight);
    if (!due) return {};
    const auto made = TRY(take_snapshot());
    static_cast<void>(made);
    return {};
  }

  /// Everything pending becomes held. Returns the new snapshot's id; nothing when the kept set is
  /// what it was.
  Result<std::optional<std::string>> take_snapshot() {
    TRY(lock_->check());
    const auto base = shared_.with([](Shared& shared) { return shared.base; });
    const auto base_root = base ? std::optional(base->tree) : std::nullopt;
    // Only `duplicate` reads what is pending meanwhile, and nothing changes it.
    const Pending& pending =
        shared_.with([](Shared& shared) -> const Pending& { return shared.pending; });
    const auto edit = TRY(pending.write({around_.repository,
                                         around_.folders,
                                         *writer_,
                                         journal_,
                                         around_.identity,
                                         around_.care,
                                         around_.warnings},
                                        base_root));
    const auto root =
        TRY(edit.apply(base_root, around_.folders, *writer_, around_.care, around_.warnings));
    TRY(writer_->flush());
    std::optional<std::string> made;
    if (root && root != base_root) made = TRY(add_snapshot(*root, base));
    TRY(journal_.hold());
    shared_.with([](Shared& shared) { shared.pending = {}; });
    last_snapshot_ = around_.clock.now();
    bytes_since_snapshot_ = {};
    return made;
  }

  /// One that the run's end tells of.
  Result<> take_snapshot_of_change() {
    auto made = TRY(take_snapshot());
    if (made) made_ = std::move(made);
    return {};
  }

  Result<std::string> add_snapshot(const vault::BlobId& root,
                                   const std::optional<vault::Snapshot>& base) {
    const auto sources = TRY(around_.folders.sources(root));
    TRY(lock_->check());
    auto snapshot = make_snapshot(around_.identity, root, sources, base, around_.clock.now());
    snapshot.id = TRY(writer_->add_snapshot(snapshot));
    around_.made(snapshot);
    auto id = snapshot.id.hex();
    shared_.with([&](Shared& shared) { shared.base = std::move(snapshot); });
    return id;
  }

  Surroundings around_;
  std::unique_ptr<vault::Lock> lock_;
  std::unique_ptr<vault::Writer> writer_;
  Journal journal_;
  Guarded<Shared> shared_;
  std::vector<records::FileRecord> recovered_;
  Instant last_snapshot_;
  ByteCount bytes_since_snapshot_;
  std::optional<std::string> made_;  ///< the last snapshot that tells of this run's changes
};

}  // namespace

Result<std::unique_ptr<Session>> open_session(const Surroundings& surroundings,
                                              std::unique_ptr<vault::Lock> lock,
                                              std::optional<vault::Snapshot> base) {
  auto writer = TRY(vault::Writer::open(surroundings.repository));
  auto session = std::make_unique<VaultSession>(
      surroundings, std::move(lock), std::move(writer), std::move(base));
  TRY(session->recover());
  return session;
}

}  // namespace keepsake::destination::in_vault
