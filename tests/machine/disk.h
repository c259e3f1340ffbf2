// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/machine/recorder.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace keepsake::tests {

/// A thing that lies in a folder.
struct Thing {
  enum class Type { file, folder, link };

  Type type = Type::file;
  std::size_t node = 0;                      ///< the same one for two names of one file
  std::shared_ptr<const std::string> bytes;  ///< of a file; a link's target
  unsigned mode = 0;
  std::optional<timespec> modified;
};

/// All that lies in a folder, by path; a folder before what is in it.
using Layout = std::map<std::string, Thing>;

/// What lies in a real folder now.
Layout layout_of(const std::filesystem::path& folder);

/// Makes an empty folder hold exactly that.
void lay_out(const Layout& layout, const std::filesystem::path& folder);

/// Equal for layouts with the same names, bytes and modes; times do not count.
std::uint64_t fingerprint(const Layout& layout);

/// What a power cut takes.
enum class Lost {
  all_unsynced,  ///< every byte and every name that nobody made durable
  bytes,         ///< only bytes: names are there, of files that may be empty
  some           ///< names up to some moment, and of each file what was written up to some byte
};

/// A disk in memory on which deeds are done again, and what of it is durable. Bytes are durable by
/// a sync of their file, names by one of their folder, as POSIX has it and no file system is
/// stricter.
class Disk {
 public:
  /// All of it durable.
  explicit Disk(const Layout& layout);

  void perform(const Deed& deed);

  [[nodiscard]] Layout now() const;

  /// What lies there when only the first half of what this deed writes is written.
  [[nodiscard]] Layout after_half_of(const Deed& write) const;
  [[nodiscard]] Layout after_power_cut(Lost lost, std::mt19937& chance) const;

 private:
  struct Node {
    Thing::Type type = Thing::Type::file;
    std::shared_ptr<const std::string> bytes = std::make_shared<std::string>();
    unsigned mode = 0;
    std::optional<timespec> modified;

    std::shared_ptr<const std::string> durable;  ///< null: nothing of it
    std::vector<Deed> unsynced;                  ///< writes and resizes since

    std::map<std::string, std::size_t> names;
    std::map<std::string, std::size_t> durable_names;
  };

  /// What happened to one name, or to two at once, and is not known to be durable.
  struct NameChange {
    struct One {
      std::size_t folder = 0;
      std::string name;
      std::optional<std::size_t> node;  ///< nothing when the name went away
    };

    std::vector<One> names;
  };

  using Names = std::map<std::size_t, std::map<std::string, std::size_t>>;

  std::size_t add(Node node);
  [[nodiscard]] std::optional<std::size_t> find(const std::string& path) const;
  [[nodiscard]] std::size_t folder_of(const std::string& path) const;
  [[nodiscard]] std::size_t node_of(const Deed& deed) const;
  void open(const Deed& deed);
  void write(std::size_t node, const Deed& deed);
  void change_names(std::vector<NameChange::One> names);
  void sync_names(std::size_t folder);
  [[nodiscard]] Layout laid_out(
      const std::function<const std::map<std::string, std::size_t>&(std::size_t)>& names,
      const std::function<std::shared_ptr<const std::string>(const Node&)>& bytes) const;

  std::vector<Node> nodes_;  ///< the first one is the folder itself
  std::map<std::uint32_t, std::size_t> open_;
  std::vector<NameChange> unsynced_names_;
};

}  // namespace keepsake::tests
