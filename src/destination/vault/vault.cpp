// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/vault.h"

#include "base/text.h"
#include "destination/vault/journal.h"
#include "destination/vault/kept_set.h"
#include "destination/vault/month_file.h"
#include "destination/vault/opened.h"
#include "destination/vault/places.h"
#include "destination/vault/session.h"
#include "vault/check.h"
#include "vault/known_locks.h"
#include "vault/salvage.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace keepsake::destination {

namespace {

using in_vault::Opened;

constexpr std::string_view newest_file = "newest";  ///< the id of the last snapshot we made
constexpr ByteCount most_newest_bytes{256};

class ResticVault final : public Vault {
 public:
  ResticVault(std::unique_ptr<storage::Storage> storage,
              AskPassword ask_password,
              VaultIdentity identity,
              std::unique_ptr<os::Folder> state,
              os::Clock& clock,
              const vault::LockPace& pace)
      : storage_(std::move(storage)),
        ask_password_(std::move(ask_password)),
        identity_(std::move(identity)),
        state_(std::move(state)),
        clock_(clock),
        pace_(pace) {}

  Result<std::optional<Digest>> fingerprint() override {
    const auto fingerprint = TRY(vault::fingerprint(*storage_));
    return fingerprint;
  }

  Result<> check_presence() override {
    const auto presence = TRY(vault::find_repository(*storage_));
    switch (presence) {
      case vault::Presence::repository:
        return {};
      case vault::Presence::nothing:
        return fail(Error{Cause::not_found,
                          "there is no vault here; nothing was made anew. Is it the right place?",
                          storage_->where(),
                          Scope::destination});
      case vault::Presence::parts:
        break;
    }
    return fail(
        Error{Cause::corrupt,
              "this vault lost its file `config`, without which nobody can open it; nothing "
              "was touched",
              storage_->where(),
              Scope::destination});
  }

  /// What was stored and not settled; or a lock, which keeps others from the vault.
  Result<std::optional<ByteCount>> free_space() override { return storage_->free_space(); }

  Result<bool> has_unfinished_run() override {
    const bool unsettled = TRY(in_vault::Journal(*state_).exists());
    if (unsettled) return true;
    vault::KnownLocks locks(*state_);
    TRY(locks.load());
    return !locks.ids().empty();
  }

  Result<std::unique_ptr<Session>> open_session() override {
    auto* opened = TRY(unlocked());
    TRY(storage_->begin_writing_as(identity_.catalog.hex()));
    auto lock = TRY(
        vault::Lock::take(*opened->repository, vault::LockMode::shared, *state_, clock_, pace_));
    const auto base = TRY(load_anew(*opened));
    TRY(refuse_older_base(*opened));
    return in_vault::open_session(
        {*opened->repository,
         opened->folders,
         *state_,
         clock_,
         identity_,
         damage_set_aside_ ? in_vault::Care::after_damage : in_vault::Care::where_changed,
         warnings_,
         [this, opened](const vault::Snapshot& made) {
           const std::scoped_lock guard(mutex_);
           opened->snapshots.push_back(made);
           // Where this cannot be written, only a later damage is harder to tell.
           static_cast<void>(
               os::write_whole(*state_, RelativePath::known(newest_file), bytes_of(made.id.hex())));
         }},
        std::move(lock),
        base);
  }

  Result<std::unique_ptr<RandomAccess>> open(const std::string& path, bool /*from_disk*/) override {
    auto* opened = TRY(for_reading());
    const auto node = TRY(find(*opened, path));
    if (!node || node->type != vault::Node::Type::file)
      return fail(Error{Cause::not_found, "the vault has no such file", path, Scope::asset});
    return opened->repository->open_file(*node);
  }

  Result<std::optional<ByteCount>> size_of(const std::string& path) override {
    auto* opened = TRY(for_reading());
    const auto found = find(*opened, path);
    if (!found && !is_damage(found.error().cause)) return fail(found.error());
    // Where the list it stands in is damaged, nobody can find it any more.
    const auto node = found ? *found : std::nullopt;
    if (!node || node->type != vault::Node::Type::file) return std::nullopt;
    const auto& index = opened->repository->index();
    const bool whole =
        std::all_of(node->content.begin(), node->content.end(), [&](const vault::BlobId& id) {
          return index.contains(vault::BlobKind::data, id);
        });
    return whole ? std::optional(node->size) : std::nullopt;
  }

  Result<std::size_t> each_record(
      const std::function<Result<>(const records::FileRecord&)>& take) override {
    auto* opened = TRY(for_reading());
    const auto snapshot = viewed(*opened);
    std::size_t unreadable = 0;
    if (!snapshot) return unreadable;
    const auto sources = TRY(opened->folders.sources(snapshot->tree));
    for (const std::string& source : sources) {
      const auto folder = in_vault::assets_of(source);
      const auto months = opened->folders.names_in(snapshot->tree, folder);
      if (!months && !is_damage(months.error().cause)) return fail(months.error());
      if (!months) ++unreadable;
      for (const std::string& month : months.value_or(std::vector<std::string>())) {
        if (extension_of(month) != "jsonl") continue;
        const auto place = fmt::format("{}/{}", folder, month);
        const auto lost = TRY(records_of_month(*opened, snapshot->tree, place, take));
        unreadable += lost;
      }
    }
    return unreadable;
  }

  [[nodiscard]] std::string place_of_records() const override { return "/keepsake"; }

  /// A vault has no sums beside its own.
  Result<bool> each_sum(
      const std::function<Result<>(std::string_view, std::string_view)>& /*take*/) override {
    return false;
  }

  Result<std::optional<SelfCheck>> check(const SelfCheckAmount& amount,
                                         const ShowCheck& show_progress,
                                         std::stop_token stop) override;
  Result<> set_damage_aside(std::stop_token stop) override;

  Result<std::vector<vault::Snapshot>> snapshots() override {
    auto* opened = TRY(for_reading());
    return opened->snapshots;
  }

  std::optional<Error> unreadable_snapshot() override {
    const std::scoped_lock lock(mutex_);
    return opened_ ? opened_->unreadable_snapshot : std::nullopt;
  }

  Result<std::optional<vault::Snapshot>> newest_of_ours() override {
    auto* opened = TRY(for_reading());
    return in_vault::newest_of(opened->snapshots, identity_.catalog);
  }

  Result<std::vector<Id128>> catalogs() override {
    auto* opened = TRY(for_reading());
    return in_vault::catalogs_in(opened->snapshots);
  }

  Result<> look_at(const vault::Snapshot& snapshot) override {
    auto* opened = TRY(for_reading());
    opened->looked_at = snapshot;
    return {};
  }

  Result<> each_node(
      const std::function<Result<>(const std::string& path, const vault::Node& node)>& take,
      std::stop_token stop) override {
    auto* opened = TRY(for_reading());
    const auto snapshot = viewed(*opened);
    if (!snapshot) return {};
    std::optional<Error> broken;
    TRY(opened->repository->walk(
        snapshot->tree,
        take,
        [&](const std::string& path, const Error& error) -> Result<> {
          if (!broken) broken = in(path.empty() ? "/" : path)(error);
          return {};
        },
        stop));
    if (broken) return fail(*broken);
    return {};
  }

  Result<std::unique_ptr<RandomAccess>> open_node(const vault::Node& node) override {
    auto* opened = TRY(for_reading());
    return opened->repository->open_file(node);
  }

  std::vector<std::string> take_warnings() override {
    const std::scoped_lock lock(mutex_);
    return std::exchange(warnings_, {});
  }

 private:
  /// The vault with its key, derived once. A failure stands: nobody is asked for a password twice.
  Result<Opened*> unlocked() {
    const std::scoped_lock lock(mutex_);
    if (opened_) return opened_.get();
    if (refused_) return fail(*refused_);
    TRY(check_presence());
    const auto password = ask_password_();
    if (!password) {
      refused_ = password.error();
      return fail(*refused_);
    }
    auto repository = vault::Repository::open(*storage_, *password);
    if (!repository) {
      auto error = reaching(Scope::destination)(in(storage_->where())(repository.error()));
      if (error.cause == Cause::wrong_password) refused_ = error;
      return fail(std::move(error));
    }
    opened_ = std::make_unique<Opened>(*std::move(repository));
    return opened_.get();
  }

  Result<Opened*> for_reading() {
    auto* opened = TRY(unlocked());
    const std::scoped_lock lock(mutex_);
    if (opened->loaded) return opened;
    TRY(vault::check_locks_for_reading(*opened->repository, *state_, clock_, warnings_));
    TRY(opened->load(warnings_));
    return opened;
  }

  /// Others may have written since it was read. Returns the newest of our snapshots.
  Result<std::optional<vault::Snapshot>> load_anew(Opened& opened) {
    const std::scoped_lock lock(mutex_);
    TRY(opened.load(warnings_));
    return in_vault::newest_of(opened.snapshots, identity_.catalog);
  }

  /// The kept set goes on from the newest snapshot. If that one cannot be read, an older one is no
  /// base for the next: all that came between would fall out of it.
  Result<> refuse_older_base(const Opened& opened) {
    if (!opened.unreadable_snapshot || damage_set_aside_) return {};
    const auto known = state_->read_all(RelativePath::known(newest_file), most_newest_bytes);
    if (!known && known.error().cause != Cause::not_found) return fail(known.error());
    if (known)
      for (const vault::Snapshot& snapshot : opened.snapshots)
        if (snapshot.id.hex() == text_of(*known)) return {};
    return fail(
        Error{Cause::corrupt,
              fmt::format("its newest snapshot may be the one that cannot be read ({}), so "
                          "nothing was written. 'keepsake verify --repair' stores anew what "
                          "only that one told of",
                          opened.unreadable_snapshot->message()),
              storage_->where(),
              Scope::destination});
  }

  [[nodiscard]] std::optional<vault::Snapshot> viewed(const Opened& opened) const {
    const std::scoped_lock lock(mutex_);
    return opened.looked_at ? opened.looked_at
                            : in_vault::newest_of(opened.snapshots, identity_.catalog);
  }

  Result<std::optional<vault::Node>> find(Opened& opened, const std::string& path) {
    const auto snapshot = viewed(opened);
    if (!snapshot) return std::nullopt;
    const auto sources = TRY(opened.folders.sources(snapshot->tree));
    for (const std::string& source : sources) {
      auto node = TRY(opened.folders.find(snapshot->tree, place_in_vault(source, path)));
      if (node) return node;
    }
    return std::nullopt;
  }

  /// Returns how many lines could not be read; of a file that is damaged, one for the rest.
  Result<std::size_t> records_of_month(
      Opened& opened,
      const vault::BlobId& tree,
      const std::string& place,
      const std::function<Result<>(const records::FileRecord&)>& take) {
    std::size_t unreadable = 0;
    bool refused = false;
    const auto read = [&]() -> Result<> {
      const auto node = TRY(opened.folders.find(tree, place));
      if (!node) return {};
      auto file = TRY(opened.repository->open_file(*node));
      return in_vault::each_line(std::move(file), [&](std::string_view line) -> Result<> {
        const auto record = records::parse_line(line);
        if (!record) ++unreadable;
        auto taken = record ? take(*record) : Result<>();
        refused = !taken;
        return taken;
      });
    };
    auto done = read();
    if (!done && (refused || !is_damage(done.error().cause))) return fail(std::move(done).error());
    return unreadable + (done ? 0 : 1);
  }

  std::unique_ptr<storage::Storage> storage_;
  AskPassword ask_password_;
  VaultIdentity identity_;
  std::unique_ptr<os::Folder> state_;
  os::Clock& clock_;
  vault::LockPace pace_;
  mutable std::mutex mutex_;  // of what follows, and of what is in `opened_`
  std::unique_ptr<Opened> opened_;
  std::optional<Error> refused_;
  std::vector<std::string> warnings_;
  std::optional<vault::CheckReport> checked_;
  bool damage_set_aside_ = false;
};

Result<std::optional<SelfCheck>> ResticVault::check(const SelfCheckAmount& amount,
                                                    const ShowCheck& show_progress,
                                                    std::stop_token stop) {
  auto* opened = TRY(for_reading());
  vault::CheckAmount how{vault::CheckAmount::Depth::blobs, amount.share};
  if (amount.depth == SelfCheckAmount::Depth::none) how.depth = vault::CheckAmount::Depth::none;
  if (amount.depth == SelfCheckAmount::Depth::packs) how.depth = vault::CheckAmount::Depth::packs;
  auto report = TRY(vault::check(
      *opened->repository,
      how,
      [&](const vault::CheckProgress& progress) {
        if (show_progress) show_progress(progress.done, progress.total);
      },
      stop));
  SelfCheck result;
  result.checked = report.packs;
  result.bytes_read = report.bytes_read;
  result.notes = report.notes;
  for (const vault::Finding& finding : report.findings)
    result.faults.push_back(
        {finding.thing, false, finding.kind == vault::Finding::Kind::missing, finding.message});
  const auto ours = in_vault::newest_of(opened->snapshots, identity_.catalog);
  for (const auto& broken : report.broken_paths) {
    const bool is_ours = ours && broken.snapshot == ours->id;
    const auto path = is_ours ? path_of_place(broken.path) : std::nullopt;
    const char* const message = "its bytes cannot be had whole";
    if (path) {
      result.faults.push_back({*path, true, false, message});
    } else {
      result.faults.push_back(
          {fmt::format(
               "/{} in snapshot {}", shown(broken.path), broken.snapshot.hex().substr(0, 8)),
           false,
           false,
           message});
    }
  }
  checked_ = std::move(report);
  return result;
}

Result<> ResticVault::set_damage_aside(std::stop_token stop) {
  if (!checked_ || checked_->findings.empty()) return {};
  auto* opened = TRY(unlocked());
  auto& repository = *opened->repository;
  TRY(storage_->begin_writing_as(identity_.catalog.hex()));
  const auto lock =
      TRY(vault::Lock::take(repository, vault::LockMode::exclusive, *state_, clock_, pace_));
  const auto salvaged = TRY(vault::salvage(repository, *lock, checked_->bad_packs, stop));
  static_cast<void>(salvaged);
  opened->folders.forget();
  checked_.reset();
  damage_set_aside_ = true;
  return {};
}

}  // namespace

namespace in_vault {

Result<> Opened::load(std::vector<std::string>& warnings) {
  std::vector<vault::BrokenFile> broken;
  snapshots = TRY(repository->snapshots(broken));
  unreadable_snapshot.reset();
  if (!broken.empty()) unreadable_snapshot = in(broken.front().name)(broken.front().error);
  TRY(repository->load_index(broken));
  for (const vault::BrokenFile& file : broken)
    warnings.push_back(fmt::format("{} cannot be read: {}", file.name, file.error.what));
  loaded = true;
  return {};
}

}  // namespace in_vault

std::unique_ptr<Vault> make_vault(std::unique_ptr<storage::Storage> storage,
                                  AskPassword ask_password,
                                  VaultIdentity identity,
                                  std::unique_ptr<os::Folder> state,
                                  os::Clock& clock,
                                  const vault::LockPace& pace) {
  return std::make_unique<ResticVault>(std::move(storage),
                                       std::move(ask_password),
                                       std::move(identity),
                                       std::move(state),
                                       clock,
                                       pace);
}

}  // namespace keepsake::destination
