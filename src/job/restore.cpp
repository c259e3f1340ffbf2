// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/restore.h"

#include "job/candidate.h"
#include "job/places.h"
#include "os/folder.h"
#include "transfer/read_back.h"

namespace keepsake::job {

namespace {

constexpr std::string_view unfinished = ".keepsake-part";

class Restore {
 public:
  Restore(Home& home,
          catalog::Catalog& catalog,
          const RestoreOptions& options,
          const std::function<void(const std::string&)>& show,
          std::stop_token stop)
      : home_(home), catalog_(catalog), options_(options), show_(show), stop_(std::move(stop)) {}

  Result<RestoreReport> run() {
    const auto chosen = TRY(chosen_destinations(home_.settings(), {options_.from}));
    TRY(refuse_target_inside(chosen.front()));
    destination_ = TRY(open_destination(chosen.front(), home_.settings()));
    const auto known = TRY(catalog_.destinations());
    for (const catalog::Place& place : known)
      if (place.uid == chosen.front().id) row_ = place.row;
    if (!options_.dry_run) target_ = TRY(os::make_folder(options_.to));
    const auto restore_one = [&](const photo::Account& account) -> Result<> {
      return restore_asset(account);
    };
    TRY(each_matching(
        catalog_, home_.settings(), options_.query, Gone::only_if_asked, restore_one));
    if (!report_.not_restored.empty()) report_.exit_code = ExitCode::not_all_safe;
    return std::move(report_);
  }

 private:
  Result<> refuse_target_inside(const config::Destination& from) const {
    const config::Source target{
        "--to", {}, config::SourceKind::folder, {os::resolved(options_.to)}};
    return refuse_overlap({target}, {from});
  }

  Result<> restore_asset(const photo::Account& account) {
    if (stop_.stop_requested()) return fail(Error{Cause::cancelled, "interrupted", {}, Scope::run});
    const photo::Standing* standing = account.in(row_);
    bool any = false;
    bool all = true;
    for (const photo::History& file : account.files) {
      const photo::Version* version = newest_held(file, standing);
      if (version == nullptr) continue;
      any = true;
      const photo::KeptFile& kept = *standing->file_of(version->row);
      const auto restored = restore_file(kept, *version->content);
      if (restored) continue;
      const Error& error = restored.error();
      if (error.cause == Cause::cancelled || error.cause == Cause::full ||
          error.cause == Cause::read_only)
        return restored;
      all = false;
      report_.not_restored.push_back(
          {account.asset.key.id, kept.path, error.cause, error.message()});
    }
    if (!any) ++report_.not_there;
    if (any && all) ++report_.assets;
    return {};
  }

  /// The current version where it is held; else the last one before it that is.
  static const photo::Version* newest_held(const photo::History& file,
                                           const photo::Standing* standing) {
    if (standing == nullptr || !file.present) return nullptr;
    for (auto version = file.versions.rbegin(); version != file.versions.rend(); ++version)
      if (version->content && standing->file_of(version->row) != nullptr) return &*version;
    return nullptr;
  }

  Result<> restore_file(const photo::KeptFile& kept, const photo::Content& content) {
    if (show_) show_(kept.path);
    ++report_.files;
    report_.bytes += content.size;
    if (options_.dry_run) return {};
    const auto result = write_file(kept, content);
    if (result) return {};
    --report_.files;
    report_.bytes.value -= content.size.value;
    return result;
  }

  Result<> write_file(const photo::KeptFile& kept, const photo::Content& content) {
    const auto path = TRY(RelativePath::parse(kept.path));
    const auto there = TRY(target_->look(path));
    if (there) return compare_with_existing(path, content);
    auto from = TRY(destination_->open(kept.path, false));
    TRY(target_->make_folders(path.folder()));
    const auto part = RelativePath::known(path.text() + std::string(unfinished));
    TRY(target_->remove(part));
    auto out = TRY(target_->create(part, content.size));
    const auto read = transfer::read_back(
        *from, block_, stop_, [&](ByteView bytes) { return out->write(bytes); });
    const auto right = check_read(read, content);
    if (right) {
      TRY(out->finish(kept.file_time));
      TRY(target_->rename(part, path, os::Existing::keep));
      return target_->sync(path.folder());
    }
    out.reset();
    TRY(target_->remove(part));
    return right;
  }

  static Result<> check_read(const Result<photo::Content>& read, const photo::Content& content) {
    if (!read) return fail(read.error());
    if (*read == content) return {};
    return fail(
        Cause::corrupt,
        "the copy is damaged, so it was not restored; 'keepsake verify --repair' can heal it "
        "from another destination or the source");
  }

  Result<> compare_with_existing(const RelativePath& path, const photo::Content& content) {
    auto file = TRY(target_->open(path, os::Reading::cached));
    const auto found = TRY(transfer::read_back(*file, block_, stop_));
    if (found != content)
      return fail(Cause::conflict, "a different file is there already; it was left as it is");
    ++report_.equal;
    return {};
  }

  Home& home_;
  catalog::Catalog& catalog_;
  const RestoreOptions& options_;
  const std::function<void(const std::string&)>& show_;
  std::stop_token stop_;
  std::unique_ptr<destination::Destination> destination_;
  std::unique_ptr<os::Folder> target_;
  std::int64_t row_ = 0;
  std::vector<std::byte> block_;
  RestoreReport report_;
};

}  // namespace

Result<RestoreReport> restore(Home& home,
                              const RestoreOptions& options,
                              const std::function<void(const std::string&)>& show,
                              std::stop_token stop) {
  auto* catalog = TRY(home.catalog());
  return Restore(home, *catalog, options, show, std::move(stop)).run();
}

}  // namespace keepsake::job
