// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/folder_tree.h"

#include "destination/folder_tree/layout.h"
#include "destination/folder_tree/manifest.h"
#include "destination/folder_tree/session.h"
#include "storage/as_folder.h"

#include <nlohmann/json.hpp>

namespace keepsake::destination {

namespace {

using nlohmann::json;

constexpr ByteCount most_marker_bytes{64 << 10};
constexpr int marker_version = 1;

/// Empty where there is no such text.
std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<TreeMarker> marker_in(const json& object) {
  const auto id = Id128::from_hex(text_in(object, "id"));
  const auto catalog = Id128::from_hex(text_in(object, "catalog"));
  if (text_in(object, "format") != "keepsake-tree" || !id || !catalog) return std::nullopt;
  const auto zone = text_in(object, "zone");
  return TreeMarker{*id, *catalog, zone.empty() ? "UTC" : zone};
}

class FolderTree final : public Destination {
 public:
  FolderTree(std::unique_ptr<os::Folder> folder, TreeMarker expected, const TreeOptions& options)
      : folder_(std::move(folder)), expected_(std::move(expected)), options_(options) {}

  Result<> check_presence() override {
    const auto found = TRY(read_marker(*folder_));
    if (!found)
      return fail(Error{Cause::absent,
                        "there is no keepsake folder here (.keepsake/tree.json is missing); is the "
                        "drive plugged in? Nothing was written",
                        folder_->where().string(),
                        Scope::destination});
    if (found->id != expected_.id || found->catalog != expected_.catalog)
      return fail(Error{Cause::conflict,
                        "this folder holds another backup than the one configured; nothing was "
                        "written. To take it over in a new home, run: keepsake catalog rebuild",
                        folder_->where().string(),
                        Scope::destination});
    return {};
  }

  Result<std::optional<Digest>> fingerprint() override { return std::nullopt; }

  Result<std::optional<SelfCheck>> check(const SelfCheckAmount& /*amount*/,
                                         const ShowCheck& /*show_progress*/,
                                         std::stop_token /*stop*/) override {
    return std::nullopt;
  }

  Result<> set_damage_aside(std::stop_token /*stop*/) override { return {}; }

  Result<std::optional<ByteCount>> free_space() override { return folder_->free_space(); }

  [[nodiscard]] std::size_t writers() const override { return folder_->at_once(); }

  Result<bool> has_unfinished_run() override {
    const auto journal = TRY(folder_->look(RelativePath::known(tree::journal)));
    return journal.has_value();
  }

  Result<std::unique_ptr<Session>> open_session() override {
    TRY(check_presence());
    return tree::open_session(*folder_, options_);
  }

  Result<std::unique_ptr<RandomAccess>> open(const std::string& path, bool from_disk) override {
    const auto place = TRY(RelativePath::parse(path));
    auto file = TRY(folder_->open(place, from_disk ? os::Reading::from_disk : os::Reading::cached));
    return std::unique_ptr<RandomAccess>(std::move(file));
  }

  Result<std::optional<ByteCount>> size_of(const std::string& path) override {
    const auto place = TRY(RelativePath::parse(path));
    const auto entry = TRY(folder_->look(place));
    if (!entry || entry->type != os::Entry::Type::file) return std::nullopt;
    return entry->size;
  }

  [[nodiscard]] std::string place_of_records() const override {
    return std::string(tree::manifest_folder);
  }

  Result<std::size_t> each_record(
      const std::function<Result<>(const records::FileRecord&)>& take) override {
    tree::Manifest manifest(*folder_);
    return manifest.each_line([&](std::string_view line) -> Result<> {
      const auto record = TRY(records::parse_line(line));
      return take(record);
    });
  }

  Result<bool> each_sum(
      const std::function<Result<>(std::string_view, std::string_view)>& take) override {
    return tree::Manifest(*folder_).each_sum(take);
  }

 private:
  std::unique_ptr<os::Folder> folder_;
  TreeMarker expected_;
  TreeOptions options_;
};

}  // namespace

Result<std::optional<TreeMarker>> read_marker(os::Folder& folder) {
  const auto bytes = folder.read_all(RelativePath::known(tree::marker), most_marker_bytes);
  if (!bytes && bytes.error().cause == Cause::not_found) return std::nullopt;
  if (!bytes) return fail(bytes.error());
  const auto object = json::parse(text_of(*bytes), nullptr, false);
  auto marker = object.is_object() ? marker_in(object) : std::nullopt;
  if (!marker)
    return fail(Error{Cause::corrupt,
                      "the marker .keepsake/tree.json cannot be read; the photos beside it are not "
                      "touched",
                      folder.where().string(),
                      Scope::destination});
  return marker;
}

Result<> write_marker(os::Folder& folder, const TreeMarker& marker) {
  const json object = {{"format", "keepsake-tree"},
                       {"version", marker_version},
                       {"id", marker.id.hex()},
                       {"catalog", marker.catalog.hex()},
                       {"zone", marker.zone}};
  TRY(folder.make_folders(RelativePath::known(tree::own_folder)));
  return os::write_whole(
      folder, RelativePath::known(tree::marker), bytes_of(object.dump(2) + "\n"));
}

std::unique_ptr<os::Folder> folder_on(std::unique_ptr<storage::Storage> server,
                                      std::string writer) {
  return storage::as_folder(
      std::move(server), RelativePath::known(tree::journal), std::move(writer));
}

std::unique_ptr<Destination> make_folder_tree(std::unique_ptr<os::Folder> folder,
                                              const TreeMarker& expected,
                                              const TreeOptions& options) {
  return std::make_unique<FolderTree>(std::move(folder), expected, options);
}

}  // namespace keepsake::destination
