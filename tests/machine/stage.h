// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/machine/disk.h"
#include "tests/machine/recorder.h"
#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace keepsake::tests {

/// A home with its destinations on a disk of its own, the machine, that can be taken back to what
/// it was; and beside it the sources, which nobody writes to. The program runs in processes forked
/// from this one.
class Stage {
 public:
  Stage();

  /// In it lie the machine and the sources.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  [[nodiscard]] std::filesystem::path sources() const { return folder_ / "sources"; }

  [[nodiscard]] const std::filesystem::path& machine() const { return machine_; }

  /// Runs `keepsake --json WORDS...`; nothing of it interrupts it, and nothing is made durable.
  [[nodiscard]] Ran keepsake(const std::vector<std::string>& words) const;

  /// The same behind a gate, which lives on in the forked process only.
  [[nodiscard]] Ran keepsake(const std::vector<std::string>& words, Gate& gate) const;

  /// It must end with this code. Returns its last line.
  nlohmann::json expect(int exit_code, const std::vector<std::string>& words) const;

  /// Runs it, and tells what it did to the machine.
  std::vector<Deed> recorded(const std::vector<std::string>& words);

  /// Runs it, and tells all that it asked about the machine and the sources; paths are below
  /// `folder()`.
  std::vector<Deed> watched(const std::vector<std::string>& words);

  [[nodiscard]] Layout layout() const { return layout_of(machine_); }

  /// The machine holds exactly this from now on.
  void become(const Layout& layout) const;

  /// Makes an empty vault of the machine's whose key is cheap to derive.
  void make_vault(const std::string& name) const;

  static constexpr const char* password = "correct horse";

 private:
  std::vector<Deed> taped(const std::vector<std::string>& words, Gate& gate);

  TempFolder folder_;
  std::filesystem::path machine_;
  Tape tape_;
};

/// A place of the ledger where a destination holds a content.
struct HeldFile {
  std::string destination;
  std::string path;
  std::string sha256;
  std::uint64_t size = 0;
  friend auto operator<=>(const HeldFile&, const HeldFile&) = default;
};

/// What the ledger of a machine says is held and not damaged. The machine is left as it is.
std::set<HeldFile> held_in(const Layout& machine);

/// SHA-256 in hexadecimal; each text is hashed once as long as it lives.
const std::string& sum_of(const std::shared_ptr<const std::string>& bytes);

}  // namespace keepsake::tests
