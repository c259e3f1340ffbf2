// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/siege.h"

#include "base/text.h"
#include "crypto/sha.h"
#include "tests/support/restic.h"
#include "tests/trust/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <utility>

namespace keepsake::tests {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr Limits limits{.seconds = 300};  // they take memory of their own
#else
constexpr Limits limits{.seconds = 300, .memory = rlim_t{256} << 20U};
#endif

constexpr int good_photos = 3;

bool is_ours(std::string_view path) {
  for (const std::string_view ours : {"home", "disk", "safe", "restored"})
    if (path.starts_with(ours)) return true;
  return path == ".";
}

/// Whether every file system, file manager and terminal takes the name as it is.
bool is_portable(std::string_view name) {
  return is_utf8(name) && name.size() <= 255 && shown(name) == name &&
         name.find_first_of("<>:\"\\|?*\x7F") == std::string_view::npos && !name.ends_with(' ') &&
         !name.ends_with('.') && name.find("\u202E") == std::string_view::npos;
}

}  // namespace

std::string jpeg_of(std::string_view text) {
  return "\xFF\xD8\xFF\xE0" + std::string(text) + "\xFF\xD9";
}

Siege::Siege(std::string name, Into into) : name_(std::move(name)) {
  make_small_library(pictures() / "good", good_photos);
  wanted_ = distinct(contents(pictures()));
  write_file(journey_ / "outside/secret.jpg", jpeg_of("nobody's business"));
  journey_.set_up({"disk"});
  journey_.use_password(Restic::password);
  if (into == Into::both) {
    destinations_.emplace_back("safe");
    make_cheap_vault(journey_ / "safe", Restic::password);
    journey_.expect(0, {"destination", "add", "safe", "vault", "safe"});
  }
  journey_.use_limits(limits);
}

void Siege::add(const fs::path& name, std::string_view bytes) {
  write_file(pictures() / name, bytes);
  count(bytes);
}

void Siege::count(std::string_view bytes) {
  ++things_;
  if (!bytes.empty()) wanted_.insert(crypto::sha256(bytes_of(bytes)).hex());
}

std::map<std::string, std::string> Siege::others() const {
  auto all = listing(journey_.folder().path());
  std::erase_if(all, [](const auto& entry) { return is_ours(entry.first); });
  for (const fs::path& folder : watched_)
    for (const auto& [path, look] : listing(folder)) all[(folder / path).native()] = look;
  return all;
}

void Siege::withstand(const Expected& expected) {
  INFO(name_);
  const auto before = others();

  const auto summary = journey_.expect(expected.exit_code, {"backup"});

  CHECK(not_safe(summary) == expected.not_safe);
  for (const json& it : summary["not_safe"]) CHECK_FALSE(it["message"] == "");
  CHECK(summary["ignored"] == expected.ignored);
  check_tree();
  CHECK(journey_.expect(expected.exit_code, {"backup"})["renditions_fetched"] == 0);
  journey_.expect(0, {"verify"});
  for (const std::string& destination : destinations_) {
    check_held_by(destination);
    CHECK(contents(journey_ / ("restored-" + destination)) == contents(journey_ / "disk"));
  }
  if (fs::exists(journey_ / "safe") && Restic::is_installed()) Restic(journey_ / "safe").check();
  CHECK(others() == before);
  print_row({"hostile", "things", "kept", "not safe, named", "left out", "exit code"},
            {name_,
             std::to_string(things_),
             std::to_string(wanted_.size() - good_photos),
             std::to_string(expected.not_safe.size()),
             std::to_string(expected.ignored),
             std::to_string(expected.exit_code)});
}

void Siege::check_tree() const {
  CHECK(sums_are_right(journey_ / "disk"));
  const auto kept = contents(journey_ / "disk");
  CHECK(distinct(kept) == wanted_);
  std::set<std::string> alike;
  for (const auto& [path, sum] : kept) {
    INFO(path);
    for (const fs::path& part : fs::path(path)) CHECK(is_portable(part.native()));
    CHECK(alike.insert(folded(path)).second);
  }
  for (const auto& entry : fs::recursive_directory_iterator(journey_ / "disk")) {
    if (!entry.is_symlink()) continue;
    INFO(entry.path());
    const auto target = fs::weakly_canonical(entry.path()).lexically_relative(journey_ / "disk");
    CHECK(kept.contains(target.native()));
  }
}

void Siege::check_held_by(const std::string& destination) const {
  INFO("restored from ", destination);
  const auto to = "restored-" + destination;
  fs::remove_all(journey_ / to);
  journey_.expect(0, {"restore", "--from", destination, "--to", to});
  CHECK(distinct(contents(journey_ / to)) == wanted_);
}

}  // namespace keepsake::tests
