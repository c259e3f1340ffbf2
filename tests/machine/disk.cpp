// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/machine/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace keepsake::tests {

namespace {

using Kind = Call::Kind;
namespace fs = std::filesystem;

constexpr std::size_t root = 0;
constexpr unsigned mode_bits = 07777;

std::shared_ptr<const std::string> read(const fs::path& file, std::uint64_t size) {
  std::string text(size, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (!in && size > 0) throw std::runtime_error("cannot read " + file.string());
  return std::make_shared<std::string>(std::move(text));
}

Thing thing_at(const fs::path& path) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0)
    throw std::runtime_error("cannot look at " + path.string());
  Thing thing;
  thing.node = status.st_ino;
  thing.mode = status.st_mode & mode_bits;
  thing.modified = status.st_mtim;
  if (S_ISDIR(status.st_mode)) {
    thing.type = Thing::Type::folder;
  } else if (S_ISLNK(status.st_mode)) {
    thing.type = Thing::Type::link;
    thing.bytes = std::make_shared<std::string>(fs::read_symlink(path).string());
  } else {
    thing.bytes = read(path, static_cast<std::uint64_t>(status.st_size));
  }
  return thing;
}

void write_file(const Thing& thing, const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, thing.mode);
  const std::string& bytes = *thing.bytes;
  const bool written =
      file >= 0 &&
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fchmod(file, thing.mode) == 0;
  if (thing.modified) {
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, *thing.modified};
    ::futimens(file, times);
  }
  if (!written || ::close(file) != 0) throw std::runtime_error("cannot make " + path.string());
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string with_written(std::string text, const Deed& deed) {
  if (deed.kind == Kind::resize) {
    text.resize(deed.number);
    return text;
  }
  text.resize(std::max<std::size_t>(text.size(), deed.number + deed.bytes.size()));
  text.replace(deed.number, deed.bytes.size(), deed.bytes);
  return text;
}

}  // namespace

Layout layout_of(const fs::path& folder) {
  Layout layout;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    layout.emplace(entry.path().native().substr(folder.native().size() + 1),
                   thing_at(entry.path()));
  return layout;
}

void lay_out(const Layout& layout, const fs::path& folder) {
  std::map<std::size_t, fs::path> first_names;
  for (const auto& [path, thing] : layout) {
    const auto place = folder / path;
    if (thing.type == Thing::Type::folder) {
      if (::mkdir(place.c_str(), thing.mode) != 0)
        throw std::runtime_error("cannot make " + place.string());
      fs::permissions(place, static_cast<fs::perms>(thing.mode));
    } else if (thing.type == Thing::Type::link) {
      fs::create_symlink(*thing.bytes, place);
    } else if (const auto [first, is_first] = first_names.emplace(thing.node, place); is_first) {
      write_file(thing, place);
    } else {
      fs::create_hard_link(first->second, place);
    }
  }
}

std::uint64_t fingerprint(const Layout& layout) {
  constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t sum = 0xcbf29ce484222325;
  const auto add = [&](std::uint64_t value) { sum = (sum ^ value) * prime; };
  for (const auto& [path, thing] : layout) {
    add(std::hash<std::string_view>()(path));
    add(static_cast<std::uint64_t>(thing.type) * 010000 + thing.mode);
    if (thing.bytes) add(std::hash<std::string_view>()(*thing.bytes));
  }
  return sum;
}

Disk::Disk(const Layout& layout) {
  Node top;
  top.type = Thing::Type::folder;
  nodes_.push_back(std::move(top));
  std::map<std::size_t, std::size_t> by_old_number;
  for (const auto& [path, thing] : layout) {
    auto known = by_old_number.find(thing.node);
    if (known == by_old_number.end()) {
      Node node;
      node.type = thing.type;
      if (thing.bytes) node.bytes = thing.bytes;
      node.durable = node.bytes;
      node.mode = thing.mode;
      node.modified = thing.modified;
      known = by_old_number.emplace(thing.node, add(std::move(node))).first;
    }
    const auto folder = folder_of(path);
    nodes_[folder].names[name_of(path)] = known->second;
    nodes_[folder].durable_names[name_of(path)] = known->second;
  }
}

std::size_t Disk::add(Node node) {
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

std::optional<std::size_t> Disk::find(const std::string& path) const {
  std::size_t at = root;
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto found = nodes_[at].names.find(path.substr(begin, end - begin));
    if (found == nodes_[at].names.end()) return std::nullopt;
    at = found->second;
    begin = end + 1;
  }
  return at;
}

std::size_t Disk::folder_of(const std::string& path) const {
  const auto slash = path.rfind('/');
  const auto folder =
      slash == std::string::npos ? std::optional(root) : find(path.substr(0, slash));
  if (!folder) throw std::runtime_error("there is no folder for " + path);
  return *folder;
}

std::size_t Disk::node_of(const Deed& deed) const {
  const auto opened = open_.find(deed.file);
  const auto found = opened != open_.end() ? std::optional(opened->second) : find(deed.path);
  if (!found) throw std::runtime_error("there is no " + deed.path);
  return *found;
}

void Disk::perform(const Deed& deed) {
  switch (deed.kind) {
    case Kind::create:
      return open(deed);
    case Kind::write:
    case Kind::resize:
      return write(node_of(deed), deed);
    case Kind::sync: {
      Node& file = nodes_[node_of(deed)];
      file.durable = file.bytes;
      file.unsynced.clear();
      return;
    }
    case Kind::sync_folder:
      return sync_names(node_of(deed));
    case Kind::rename:
      return change_names({{folder_of(deed.path), name_of(deed.path), std::nullopt},
                           {folder_of(deed.other), name_of(deed.other), node_of(deed)}});
    case Kind::link:
      return change_names({{folder_of(deed.other), name_of(deed.other), node_of(deed)}});
    case Kind::symlink: {
      Node link;
      link.type = Thing::Type::link;
      link.bytes = link.durable = std::make_shared<std::string>(deed.other);
      return change_names({{folder_of(deed.path), name_of(deed.path), add(std::move(link))}});
    }
    case Kind::make_folder: {
      Node folder;
      folder.type = Thing::Type::folder;
      folder.mode = static_cast<unsigned>(deed.number);
      return change_names({{folder_of(deed.path), name_of(deed.path), add(std::move(folder))}});
    }
    case Kind::remove:
      return change_names({{folder_of(deed.path), name_of(deed.path), std::nullopt}});
    case Kind::set_time:
      nodes_[node_of(deed)].modified = deed.modified;
      return;
    case Kind::set_mode:
      nodes_[node_of(deed)].mode = static_cast<unsigned>(deed.number) & mode_bits;
      return;
    default:
      return;
  }
}

void Disk::open(const Deed& deed) {
  auto node = find(deed.path);
  if (!node) {
    Node file;
    file.mode = deed.mode & mode_bits;
    node = add(std::move(file));
    change_names({{folder_of(deed.path), name_of(deed.path), node}});
  }
  open_[deed.file] = *node;
  if ((deed.number & O_TRUNC) == 0 || nodes_[*node].bytes->empty()) return;
  write(*node, Deed{Kind::resize, deed.file, deed.path, {}, 0, {}, {}, 0});
}

void Disk::write(std::size_t node, const Deed& deed) {
  Node& file = nodes_[node];
  file.bytes = std::make_shared<std::string>(with_written(*file.bytes, deed));
  file.unsynced.push_back(deed);
}

void Disk::change_names(std::vector<NameChange::One> names) {
  for (const auto& change : names) {
    if (change.node) {
      nodes_[change.folder].names[change.name] = *change.node;
    } else {
      nodes_[change.folder].names.erase(change.name);
    }
  }
  unsynced_names_.push_back({std::move(names)});
}

/// Of two names that changed at once, the one in the other folder is still to be synced.
void Disk::sync_names(std::size_t folder) {
  nodes_[folder].durable_names = nodes_[folder].names;
  for (NameChange& change : unsynced_names_)
    std::erase_if(change.names, [&](const auto& one) { return one.folder == folder; });
  std::erase_if(unsynced_names_, [](const NameChange& change) { return change.names.empty(); });
}

Layout Disk::now() const {
  return laid_out([&](std::size_t folder) -> const auto& { return nodes_[folder].names; },
                  [](const Node& file) { return file.bytes; });
}

Layout Disk::after_half_of(const Deed& write) const {
  Deed half = write;
  half.bytes.resize(write.bytes.size() / 2);
  const Node& torn = nodes_[node_of(write)];
  return laid_out(
      [&](std::size_t folder) -> const auto& { return nodes_[folder].names; },
      [&](const Node& file) {
        return &file == &torn ? std::make_shared<const std::string>(with_written(*file.bytes, half))
                              : file.bytes;
      });
}

Layout Disk::after_power_cut(Lost lost, std::mt19937& chance) const {
  static const auto empty = std::make_shared<const std::string>();
  const auto durable = [](const Node& file) { return file.durable ? file.durable : empty; };
  const auto up_to = [&](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(chance);
  };
  if (lost == Lost::bytes)
    return laid_out([&](std::size_t folder) -> const auto& { return nodes_[folder].names; },
                    durable);
  if (lost == Lost::all_unsynced)
    return laid_out([&](std::size_t folder) -> const auto& { return nodes_[folder].durable_names; },
                    durable);
  // File systems keep the order of what they do to names.
  Names names;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].type == Thing::Type::folder) names[i] = nodes_[i].durable_names;
  const auto kept = up_to(unsynced_names_.size());
  for (std::size_t i = 0; i < kept; ++i)
    for (const auto& one : unsynced_names_[i].names)
      if (one.node) {
        names[one.folder][one.name] = *one.node;
      } else {
        names[one.folder].erase(one.name);
      }
  return laid_out([&](std::size_t folder) -> const auto& { return names.at(folder); },
                  [&](const Node& file) {
                    auto text = *durable(file);
                    const auto whole = up_to(file.unsynced.size());
                    for (std::size_t i = 0; i < whole; ++i)
                      text = with_written(std::move(text), file.unsynced[i]);
                    if (whole < file.unsynced.size() && file.unsynced[whole].kind == Kind::write) {
                      Deed torn = file.unsynced[whole];
                      torn.bytes.resize(up_to(torn.bytes.size()));
                      if (!torn.bytes.empty()) text = with_written(std::move(text), torn);
                    }
                    return std::make_shared<const std::string>(std::move(text));
                  });
}

Layout Disk::laid_out(
    const std::function<const std::map<std::string, std::size_t>&(std::size_t)>& names,
    const std::function<std::shared_ptr<const std::string>(const Node&)>& bytes) const {
  Layout layout;
  std::map<std::size_t, std::shared_ptr<const std::string>> read;  // once for all its names
  const std::function<void(std::size_t, const std::string&)> walk = [&](std::size_t folder,
                                                                        const std::string& above) {
    for (const auto& [name, number] : names(folder)) {
      const Node& node = nodes_[number];
      Thing thing{node.type, number, nullptr, node.mode, node.modified};
      if (node.type == Thing::Type::file) {
        auto& text = read[number];
        if (!text) text = bytes(node);
        thing.bytes = text;
      } else if (node.type == Thing::Type::link) {
        thing.bytes = node.bytes;
      }
      layout.emplace(above + name, std::move(thing));
      if (node.type == Thing::Type::folder) walk(number, above + name + "/");
    }
  };
  walk(root, "");
  return layout;
}

}  // namespace keepsake::tests
