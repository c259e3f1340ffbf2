// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sftp/sftp.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "base/path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "storage/sftp/connection.h"
#include "storage/sftp/packet.h"
#include "storage/storage.h"
#include "storage/unfinished.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

using sftp::Body;
using sftp::Connection;
using sftp::Type;

constexpr std::uint32_t unfinished_permissions = 0600;
constexpr std::uint32_t folder_permissions = 0700;
constexpr std::string_view sync_extension = "fsync@openssh.com";
constexpr std::string_view replace_extension = "posix-rename@openssh.com";
constexpr std::string_view space_extension = "statvfs@openssh.com";
constexpr ByteCount as_good_as_full{std::uint64_t{1} << 20U};

/// So many requests are under way at once: with blocks of 255 KiB 16 MiB, more than any line holds.
constexpr std::size_t most_under_way = 64;

/// An open file of the server's, closed at the brace.
class Handle {
 public:
  static Result<Handle> open(std::shared_ptr<Connection> server, Type type, const Body& body) {
    auto reply = TRY(server->ask(type, body));
    auto name = TRY(sftp::read_handle(reply));
    return Handle(std::move(server), std::move(name));
  }

  Handle(Handle&& other) noexcept = default;
  Handle& operator=(Handle&&) = delete;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  ~Handle() {
    if (server_) static_cast<void>(server_->send(Type::close, named()));
  }

  [[nodiscard]] Connection& server() const { return *server_; }

  /// The beginning of every request about it.
  [[nodiscard]] Body named() const { return Body().text(name()); }

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] bool is_open() const { return server_ != nullptr; }

  /// Says whether all went well, as only closing can.
  Result<> close() {
    const auto server = std::exchange(server_, nullptr);
    const auto reply = TRY(server->ask(Type::close, named()));
    return sftp::read_done(reply);
  }

 private:
  Handle(std::shared_ptr<Connection> server, std::string name)
      : server_(std::move(server)), name_(std::move(name)) {}

  std::shared_ptr<Connection> server_;
  std::string name_;
};

/// Reads with many requests under way at once.
class RemoteFile final : public RandomAccess {
 public:
  RemoteFile(Handle handle, ByteCount size) : handle_(std::move(handle)), size_(size) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    const auto rest = size_.value - std::min(position, size_.value);
    buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), rest)));
    std::deque<Part> under_way;
    std::size_t asked = 0;
    while (asked < buffer.size() || !under_way.empty()) {
      while (asked < buffer.size() && under_way.size() < most_under_way) {
        const auto count = std::min(handle_.server().block(), buffer.size() - asked);
        under_way.push_back(ask(position + asked, buffer.subspan(asked, count)));
        asked += count;
      }
      TRY(take(std::move(under_way.front())));
      under_way.pop_front();
    }
    return buffer.size();
  }

 private:
  struct Part {
    std::uint64_t position = 0;
    std::span<std::byte> buffer;
    Connection::Answer answer;
  };

  Part ask(std::uint64_t position, std::span<std::byte> buffer) {
    auto request = handle_.named();
    request.large(position).number(static_cast<std::uint32_t>(buffer.size()));
    return {position, buffer, handle_.server().send(Type::read, request)};
  }

  /// A server may give less than it was asked for.
  Result<> take(Part part) {
    for (;;) {
      auto reply = TRY(part.answer.get());
      const auto bytes = TRY(sftp::read_data(std::move(reply)));
      if (!bytes || bytes->empty())
        return fail(Cause::corrupt, "it ends early: it has fewer bytes than the server said");
      if (bytes->size() > part.buffer.size())
        return fail(Cause::internal, "the server gives more than it was asked for");
      std::copy(bytes->begin(), bytes->end(), part.buffer.begin());
      if (bytes->size() == part.buffer.size()) return {};
      part = ask(part.position + bytes->size(), part.buffer.subspan(bytes->size()));
    }
  }

  Handle handle_;
  ByteCount size_;
};

/// Writes one file with many requests under way at once.
class RemoteWriter {
 public:
  explicit RemoteWriter(Handle handle) : handle_(std::move(handle)) {}

  Result<> write(ByteView bytes) {
    while (!bytes.empty()) {
      const auto block = bytes.first(std::min(handle_.server().block(), bytes.size()));
      if (under_way_.size() >= most_under_way) TRY(take_answer());
      auto request = handle_.named();
      request.large(size_).bytes(block);
      under_way_.push_back(handle_.server().send(Type::write, request));
      size_ += block.size();
      bytes = bytes.subspan(block.size());
    }
    return {};
  }

  void cut_back_to(ByteCount size) {
    longest_ = std::max(longest_, size_);
    size_ = size.value;
  }

  void bear_time(Instant modified) {
    constexpr Instant end = Instant(std::chrono::seconds(1LL << 32U));
    if (modified >= Instant() && modified < end) modified_ = modified;
  }

  /// All of it is on the server's disk, as far as the server can say so.
  Result<> finish() {
    while (!under_way_.empty()) TRY(take_answer());
    if (size_ < longest_) {
      auto request = handle_.named();
      TRY(done(Type::fsetstat, request.size(ByteCount{size_})));
    }
    if (modified_) {
      // A server that keeps no times keeps the bytes all the same.
      auto request = handle_.named();
      static_cast<void>(done(Type::fsetstat, request.time(*modified_)));
    }
    if (handle_.server().can(sync_extension)) {
      auto request = Body().text(sync_extension);
      TRY(done(Type::extended, request.text(handle_.name())));
    }
    return handle_.close();
  }

  /// Some servers store a file once more when it is closed after its removal.
  void give_up() {
    while (!under_way_.empty()) static_cast<void>(take_answer());
    if (handle_.is_open()) static_cast<void>(handle_.close());
  }

  [[nodiscard]] ByteCount size() const { return ByteCount{size_}; }

 private:
  Result<> take_answer() {
    auto answer = std::move(under_way_.front());
    under_way_.pop_front();
    const auto reply = TRY(answer.get());
    return sftp::read_done(reply);
  }

  Result<> done(Type type, const Body& body) {
    const auto reply = TRY(handle_.server().ask(type, body));
    return sftp::read_done(reply);
  }

  Handle handle_;
  std::uint64_t size_ = 0;
  std::optional<Instant> modified_;
  std::uint64_t longest_ = 0;  ///< what was ever written, when some of it was taken back
  std::deque<Connection::Answer> under_way_;
};

/// What a folder of the server holds.
struct Found {
  std::vector<Listed> files;
  std::vector<std::string> folders;
};

/// Whether a server's word for something in a folder stays in that folder.
bool is_part(std::string_view name) {
  return name.find('/') == std::string_view::npos && RelativePath::parse(name).has_value() &&
         !name.empty();
}

/// The place and the line to it.
class Server {
 public:
  Server(const SftpPlace& place, OpenLine open_line)
      : root_(place.path), open_line_(std::move(open_line)) {}

  /// The conversation, a new one when the last broke.
  Result<std::shared_ptr<Connection>> connection() {
    return current_.with(
        [&](std::shared_ptr<Connection>& current) -> Result<std::shared_ptr<Connection>> {
          if (current && current->is_alive()) return current;
          auto line = TRY(open_line_());
          std::shared_ptr<Connection> opened = TRY(Connection::open(std::move(line)));
          current = std::move(opened);
          return current;
        });
  }

  Result<> done(Type type, const Body& body) {
    const auto server = TRY(connection());
    const auto reply = TRY(server->ask(type, body));
    return sftp::read_done(reply);
  }

  /// What is in a folder, in the order of the names; nothing where a root that is there has none
  /// such.
  Result<Found> list(const RelativePath& folder) {
    const auto server = TRY(connection());
    auto handle = Handle::open(server, Type::opendir, Body().text(full(folder)));
    if (!handle && handle.error().cause == Cause::not_found) {
      TRY(require_root(*server));
      return Found{};
    }
    const auto opened = TRY(std::move(handle));
    Found found;
    for (;;) {
      const auto reply = TRY(server->ask(Type::readdir, opened.named()));
      auto names = TRY(sftp::read_names(reply));
      if (!names) break;
      for (sftp::Name& entry : *names) {
        if (entry.attributes.is_file() && entry.attributes.size)
          found.files.push_back({.name = std::move(entry.name), .size = *entry.attributes.size});
        else if (entry.attributes.is_folder() && is_part(entry.name))
          found.folders.push_back(std::move(entry.name));
      }
    }
    std::ranges::sort(found.files, {}, &Listed::name);
    return found;
  }

  /// Nothing where there is no such file in a root that is there.
  Result<std::optional<sftp::Attributes>> look(const RelativePath& path) {
    const auto server = TRY(connection());
    const auto reply = TRY(server->ask(Type::lstat, Body().text(full(path))));
    auto found = sftp::read_attributes(reply);
    if (found) return std::optional(*found);
    if (found.error().cause != Cause::not_found) return fail(std::move(found).error());
    TRY(require_root(*server));
    return std::nullopt;
  }

  Result<> require_root(Connection& server) {
    const auto reply = TRY(server.ask(Type::stat, Body().text(root_)));
    const auto found = sftp::read_attributes(reply);
    if (found && found->is_folder()) return {};
    if (found || found.error().cause == Cause::not_found)
      return fail(Error{Cause::absent, "its folder is not there", root_, Scope::destination});
    return fail(found.error());
  }

  /// Makes a folder and those above it.
  Result<> make_folders(const RelativePath& folder) {
    if (folder.is_root()) return {};
    const auto there = TRY(look(folder));
    if (there && there->is_folder()) return {};
    TRY(make_folders(folder.folder()));
    auto made = done(Type::mkdir, Body().text(full(folder)).permissions(folder_permissions));
    if (made) return made;
    const auto again = TRY(look(folder));  // another writer may have been faster
    return again && again->is_folder() ? Result<>() : made;
  }

  /// Makes the last part of the root's path, when it is missing.
  Result<> make_root() {
    const auto server = TRY(connection());
    auto there = require_root(*server);
    if (there || there.error().cause != Cause::absent) return there;
    if (done(Type::mkdir, Body().text(root_).permissions(folder_permissions))) return {};
    return require_root(*server);
  }

  Result<RemoteWriter> create(const RelativePath& file) {
    const auto server = TRY(connection());
    auto handle = Handle::open(
        server,
        Type::open,
        Body().text(full(file)).number(sftp::open_new).permissions(unfinished_permissions));
    if (!handle && handle.error().cause == Cause::not_found) TRY(require_root(*server));
    return std::move(handle).map([](Handle&& opened) { return RemoteWriter(std::move(opened)); });
  }

  /// Gives a finished file its name, after a look at whether all of it arrived.
  Result<> publish(const RelativePath& unfinished, ByteCount size, const RelativePath& name) {
    const auto arrived = TRY(look(unfinished));
    if (!arrived || arrived->size != size)
      return fail(Cause::corrupt,
                  "the server says it stored {} of {} bytes",
                  arrived && arrived->size ? arrived->size->value : 0,
                  size.value);
    return rename(unfinished, name);
  }

  /// Gives no name away that is taken: of servers that do so (rclone's) nobody else may write to.
  Result<> rename(const RelativePath& from, const RelativePath& to) {
    if (!being_written_.begin(to.text()))
      return fail(Cause::conflict, "it is being written already");
    auto renamed = rename_if_free(from, to);
    being_written_.end(to.text());
    return renamed;
  }

  Result<> replace(const RelativePath& from, const RelativePath& to) {
    TRY(make_folders(to.folder()));
    const auto server = TRY(connection());
    if (!server->can(replace_extension))
      return fail(Error{Cause::unsupported,
                        "the server cannot put a file in the place of another in one step",
                        root_,
                        Scope::destination});
    return done(Type::extended, Body().text(replace_extension).text(full(from)).text(full(to)));
  }

  Result<> remove(const RelativePath& file) {
    auto removed = done(Type::remove, Body().text(full(file)));
    if (removed || removed.error().cause != Cause::not_found) return removed;
    const auto server = TRY(connection());
    return require_root(*server);
  }

  /// Servers say only that they could not write; a drive without room explains it.
  Error explained(const Error& error) {
    if (error.cause != Cause::internal) return error;
    const auto free = free_space();
    if (!free || !*free || **free > as_good_as_full) return error;
    return {Cause::full, "the server's drive is full", root_, Scope::destination};
  }

  /// Nothing where the server cannot be asked.
  Result<std::optional<ByteCount>> free_space() {
    const auto server = TRY(connection());
    if (!server->can(space_extension)) return std::nullopt;
    const auto reply = TRY(server->ask(Type::extended, Body().text(space_extension).text(root_)));
    const auto free = TRY(sftp::read_free_space(reply));
    return free;
  }

  [[nodiscard]] std::string full(const RelativePath& path) const {
    return path.is_root() ? root_ : fmt::format("{}/{}", root_, path.text());
  }

 private:
  Result<> rename_if_free(const RelativePath& from, const RelativePath& to) {
    TRY(make_folders(to.folder()));
    TRY(refuse_taken(to));
    auto renamed = done(Type::rename, Body().text(full(from)).text(full(to)));
    if (!renamed) TRY(refuse_taken(to));
    return renamed;
  }

  Result<> refuse_taken(const RelativePath& name) {
    const auto taken = TRY(look(name));
    return taken ? fail(Cause::conflict, "there is one of that name already") : Result<>();
  }

  std::string root_;
  OpenLine open_line_;
  Guarded<std::shared_ptr<Connection>> current_;
  NamesBeingWritten being_written_;
};

class SftpDraft final : public Draft {
 public:
  SftpDraft(Server& server, RelativePath unfinished, RemoteWriter file)
      : server_(server), unfinished_(std::move(unfinished)), file_(std::move(file)) {}

  SftpDraft(const SftpDraft&) = delete;
  SftpDraft& operator=(const SftpDraft&) = delete;
  SftpDraft(SftpDraft&&) = delete;
  SftpDraft& operator=(SftpDraft&&) = delete;

  ~SftpDraft() override {
    if (published_) return;
    file_.give_up();
    static_cast<void>(server_.remove(unfinished_));
  }

  Result<> write(ByteView bytes) override { return explained(file_.write(bytes)); }

  Result<> cut_back_to(ByteCount size) override {
    file_.cut_back_to(size);
    return {};
  }

  void bear_time(Instant modified) override { file_.bear_time(modified); }

  Result<> publish(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    TRY(explained(file_.finish()));
    TRY(server_.publish(unfinished_, file_.size(), path));
    published_ = true;
    return {};
  }

 private:
  Result<> explained(Result<> result) {
    return std::move(result).map_error(
        [&](const Error& error) { return server_.explained(error); });
  }

  Server& server_;
  RelativePath unfinished_;
  RemoteWriter file_;
  bool published_ = false;
};

class Sftp final : public Storage {
 public:
  Sftp(const SftpPlace& place, OpenLine open_line)
      : where_(url_of(place)), server_(place, std::move(open_line)) {}

  [[nodiscard]] std::string where() const override { return where_; }

  Result<std::vector<Listed>> list(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    auto found = TRY(server_.list(path));
    return std::move(found.files);
  }

  Result<std::vector<Listed>> list_below(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    std::vector<Listed> files;
    TRY(add_below(path, "", files));
    std::ranges::sort(files, {}, &Listed::name);
    return files;
  }

  Result<std::optional<ByteCount>> size_of(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    const auto found = TRY(server_.look(path));
    if (!found || !found->is_file()) return std::nullopt;
    return found->size;
  }

  Result<std::unique_ptr<RandomAccess>> open(std::string_view name, Reading /*reading*/) override {
    const auto path = TRY(RelativePath::parse(name));
    const auto size = TRY(size_of(name));
    if (!size) return fail(Error{Cause::not_found, "it is not there", std::string(name)});
    const auto server = TRY(server_.connection());
    auto handle = TRY(Handle::open(
        server, Type::open, Body().text(server_.full(path)).number(sftp::open_read).number(0)));
    return std::unique_ptr<RandomAccess>(std::make_unique<RemoteFile>(std::move(handle), *size));
  }

  Result<> put(std::string_view name, ByteView bytes) override {
    const auto draft = TRY(this->draft(ByteCount{bytes.size()}));
    TRY(draft->write(bytes));
    return draft->publish(name);
  }

  Result<std::optional<ByteCount>> free_space() override { return server_.free_space(); }

  Result<std::unique_ptr<Draft>> draft(ByteCount /*size*/) override {
    auto unfinished = RelativePath::known(unfinished_.name());
    auto file = TRY(server_.create(unfinished).map_error([&](const Error& error) {
      return server_.explained(error);
    }));
    return std::unique_ptr<Draft>(
        std::make_unique<SftpDraft>(server_, std::move(unfinished), std::move(file)));
  }

  Result<> make_durable() override { return {}; }

  Result<> make_folder(std::string_view folder) override {
    const auto path = TRY(RelativePath::parse(folder));
    return path.is_root() ? server_.make_root() : server_.make_folders(path);
  }

  Result<> rename(std::string_view from, std::string_view to, Existing existing) override {
    const auto source = TRY(RelativePath::parse(from));
    const auto target = TRY(RelativePath::parse(to));
    return existing == Existing::replace ? server_.replace(source, target)
                                         : server_.rename(source, target);
  }

  Result<> remove(std::string_view name) override {
    const auto path = TRY(RelativePath::parse(name));
    return server_.remove(path);
  }

  Result<> begin_writing_as(std::string_view writer) override {
    return unfinished_.belong_to(writer, *this);
  }

  Result<> sync_removals(std::string_view /*folder*/) override { return {}; }

 private:
  Result<> add_below(const RelativePath& folder,
                     const std::string& before,
                     std::vector<Listed>& files) {
    const auto found = TRY(server_.list(folder));
    for (const Listed& file : found.files)
      files.push_back({.name = before + file.name, .size = file.size});
    for (const std::string& below : found.folders)
      TRY(add_below(folder / below, before + below + '/', files));
    return {};
  }

  std::string where_;
  Server server_;
  UnfinishedFiles unfinished_;
};

}  // namespace

std::string url_of(const SftpPlace& place) {
  const bool is_address = place.host.find(':') != std::string::npos;
  return fmt::format("sftp://{}{}{}{}{}",
                     place.user.empty() ? "" : place.user + "@",
                     is_address ? fmt::format("[{}]", place.host) : place.host,
                     place.port == 0 ? "" : fmt::format(":{}", place.port),
                     place.path.starts_with('/') ? "" : "/~/",
                     place.path);
}

std::vector<std::string> ssh_command(const SftpPlace& place) {
  std::vector<std::string> words;
  std::istringstream program_words(place.ssh);
  for (std::string word; program_words >> word;) words.push_back(word);
  for (const char* const word : {"-o",
                                 "BatchMode=yes",
                                 "-o",
                                 "ConnectTimeout=30",
                                 "-o",
                                 "ServerAliveInterval=15",
                                 "-o",
                                 "ServerAliveCountMax=3"})
    words.emplace_back(word);
  if (!place.user.empty()) words.insert(words.end(), {"-l", place.user});
  if (place.port != 0) words.insert(words.end(), {"-p", fmt::format("{}", place.port)});
  words.insert(words.end(), {"-s", "--", place.host, "sftp"});
  return words;
}

std::unique_ptr<Storage> make_sftp(const SftpPlace& place, OpenLine open_line) {
  return std::make_unique<Sftp>(place, std::move(open_line));
}

}  // namespace keepsake::storage
