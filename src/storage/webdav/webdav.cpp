// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/webdav/webdav.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/guarded.h"
#include "base/path.h"
#include "net/url.h"
#include "os/machine.h"
#include "storage/objects.h"
#include "storage/unfinished.h"
#include "storage/webdav/multistatus.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

using webdav::Resource;

constexpr ByteCount longest_list{std::uint64_t{256} << 20U};
constexpr std::size_t most_folders = 100'000;  // below one folder

constexpr net::RetryPolicy while_locked{
    .attempts = 10, .first = std::chrono::milliseconds(20), .longest = std::chrono::minutes(1)};

/// Until a file is put together of its chunks.
constexpr net::RetryPolicy while_assembled{
    .attempts = 12, .first = std::chrono::milliseconds(100), .longest = std::chrono::minutes(1)};

constexpr std::uint64_t usual_chunk = 16U << 20U;
constexpr std::uint64_t most_chunks = 10'000;

constexpr std::string_view wanted_properties =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop>"
    "<getcontentlength/><resourcetype/></prop></propfind>";

/// What an answer that is no success says.
Error refusal(const net::Response& answer) {
  const auto of_all = [&](Cause cause, std::string what) {
    return Error{cause, std::move(what), {}, Scope::destination};
  };
  switch (answer.status) {
    case 401:
      return of_all(Cause::denied,
                    "the server does not take the user and password (they come from the address, "
                    "KEEPSAKE_WEBDAV_USERNAME and KEEPSAKE_WEBDAV_PASSWORD; with two-factor "
                    "sign-in it wants an app password)");
    case 403:
      return of_all(Cause::denied, "the server does not allow it");
    case 404:
      return {Cause::not_found, "it is not there", {}, Scope::asset};
    case 413:
      return of_all(Cause::unsupported,
                    "the server takes no file as large as this one; whoever runs it can allow it "
                    "(Apache: LimitRequestBody 0; nginx: client_max_body_size 0)");
    case 416:
      return {Cause::corrupt, "it is shorter than it should be", {}, Scope::asset};
    case 423:
      return of_all(Cause::throttled, "another program has locked it on the server");
    case 507:
      return of_all(Cause::full, "the server has no room left");
    default:
      const auto cause = net::cause_of(answer.status);
      return {cause.value_or(Cause::internal),
              fmt::format("the server answered with status {}", answer.status),
              {},
              cause ? Scope::destination : Scope::asset};
  }
}

/// What is not in such an answer may be there all the same.
Error about_something_else() {
  return {Cause::corrupt,
          "the server tells of something else than it was asked for",
          {},
          Scope::destination};
}

/// Where Nextcloud takes the chunks of files for a folder that it serves (its developer manual,
/// "Chunked file upload"); nothing for other servers.
std::optional<std::string> chunks_folder(std::string_view target) {
  constexpr std::string_view files = "/remote.php/dav/files/";
  const auto begin = target.find(files);
  if (begin == std::string_view::npos) return std::nullopt;
  auto user = target.substr(begin + files.size());
  user = user.substr(0, user.find('/'));
  if (user.empty()) return std::nullopt;
  return fmt::format("{}/remote.php/dav/uploads/{}/", target.substr(0, begin), user);
}

/// Nextcloud and ownCloud keep it; the others do not mind.
void set_time(net::Request& request, const std::optional<Instant>& modified) {
  if (!modified) return;
  const auto since = std::chrono::floor<std::chrono::seconds>(modified->time_since_epoch());
  request.headers.set("X-OC-Mtime", fmt::format("{}", since.count()));
}

class DavServer final : public Objects {
 public:
  DavServer(net::Url base, std::unique_ptr<net::Http> http, const net::RetryPolicy& patience)
      : base_(std::move(base)),
        base_path_(net::decoded(base_.path()).value_or("")),
        chunks_folder_(chunks_folder(base_.target())),
        http_(std::move(http)),
        patience_(patience) {
    while (base_path_.ends_with('/')) base_path_.pop_back();
  }

  Result<std::vector<Listed>> list(const RelativePath& folder) override {
    const auto inside = TRY(look_into(folder));
    std::vector<Listed> files;
    for (const Inside& it : inside)
      if (!it.is_folder) files.push_back({it.name, it.size});
    std::ranges::sort(files, {}, &Listed::name);
    return files;
  }

  /// Folder by folder: servers do not list whole trees.
  Result<std::vector<Listed>> list_below(const RelativePath& folder) override {
    std::vector<Listed> files;
    std::vector<std::string> folders{""};
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (folders.size() > most_folders)
        return fail(Cause::corrupt, "the server's folders do not end");
      const auto below = TRY(RelativePath::parse(folder.is_root() || folders[i].empty()
                                                     ? folder.text() + folders[i]
                                                     : folder.text() + '/' + folders[i]));
      const auto inside = TRY(look_into(below));
      for (const Inside& it : inside) {
        auto name = folders[i].empty() ? it.name : folders[i] + '/' + it.name;
        if (it.is_folder)
          folders.push_back(std::move(name));
        else
          files.push_back({std::move(name), it.size});
      }
    }
    std::ranges::sort(files, {}, &Listed::name);
    return files;
  }

  Result<std::optional<ByteCount>> size_of(const RelativePath& name) override {
    const auto found = TRY(find(target_of(name), "0"));
    if (!found) {
      TRY(look_at_root());
      return std::nullopt;
    }
    const auto it = std::ranges::find(*found, path_of(name), &Resource::path);
    if (it == found->end()) return fail(about_something_else());
    if (it->is_folder) return std::nullopt;
    if (!it->size) return fail(Cause::corrupt, "the server does not say how long it is");
    return it->size;
  }

  Result<> read(const RelativePath& name,
                std::uint64_t position,
                std::span<std::byte> buffer) override {
    if (buffer.empty()) return {};
    const auto answer = TRY(send(part_of(asking("GET", target_of(name)), position, buffer.size())));
    if (answer.status == 404) TRY(look_at_root());
    if (!answer.is_success()) return fail(refusal(answer));
    return take_part(answer, buffer);
  }

  Result<> store(const RelativePath& name, Parcel& parcel) override {
    const auto unfinished = TRY(RelativePath::parse(
        unfinished_.with([](const UnfinishedFiles& files) { return files.name(); })));
    auto stored = chunks_folder_ && parcel.file ? send_in_chunks(unfinished, parcel)
                                                : send_as(unfinished, parcel);
    if (stored) stored = check(unfinished, parcel);
    if (stored) stored = give_name(unfinished, name, Existing::keep);
    if (!stored) static_cast<void>(send(asking("DELETE", target_of(unfinished))));
    return stored;
  }

  Result<> rename(const RelativePath& from, const RelativePath& to, Existing existing) override {
    const auto there = TRY(size_of(from));
    if (!there) return fail(Cause::not_found, "it is not there");
    return give_name(from, to, existing);
  }

  Result<> remove(const RelativePath& name) override {
    const auto answer = TRY(send(asking("DELETE", target_of(name))));
    if (answer.status == 404) return look_at_root();
    if (answer.is_success() && answer.status != 207) return {};
    return fail(refusal(answer));
  }

  Result<> make_root() override {
    const auto answer = TRY(send(asking("MKCOL", "")));
    if (answer.is_success()) return {};
    if (answer.status == 409)
      return fail(Error{Cause::absent,
                        "the folder above it is not there; only the last one is made",
                        {},
                        Scope::destination});
    // Whatever the server says of a folder that is there already.
    const auto there = look_at_root();
    return there || there.error().cause != Cause::absent ? there : fail(refusal(answer));
  }

  Result<> begin_writing_as(std::string_view writer, Storage& whole) override {
    return unfinished_.with([&](UnfinishedFiles& files) { return files.belong_to(writer, whole); });
  }

 private:
  /// What lies directly in a folder.
  struct Inside {
    std::string name;
    bool is_folder = false;
    ByteCount size;
  };

  /// Nothing lies in a folder that is not there.
  Result<std::vector<Inside>> look_into(const RelativePath& folder) {
    std::vector<Inside> inside;
    const auto found = TRY(find(target_of(folder) + (folder.is_root() ? "" : "/"), "1"));
    if (!found) {
      TRY(look_at_root());
      return inside;
    }
    const auto above = path_of(folder);
    if (std::ranges::count(*found, above, &Resource::path) == 0)
      return fail(about_something_else());
    for (const Resource& it : *found) {
      if (it.path == above) continue;
      if (!it.path.starts_with(above + '/')) return fail(about_something_else());
      auto name = it.path.substr(above.size() + 1);
      if (!RelativePath::parse(name) || name.find('/') != std::string::npos)
        return fail(about_something_else());
      if (!it.is_folder && !it.size)
        return fail(Cause::corrupt, "the server does not say how long its files are");
      inside.push_back({std::move(name), it.is_folder, it.size.value_or(ByteCount{})});
    }
    return inside;
  }

  /// Nothing where nothing is.
  Result<std::optional<std::vector<Resource>>> find(const std::string& target,
                                                    std::string_view depth) {
    auto request = asking("PROPFIND", target);
    request.headers.set("Depth", std::string(depth));
    request.headers.set("Content-Type", "application/xml; charset=utf-8");
    request.body = wanted_properties;
    request.most_body = longest_list;
    const auto answer = TRY(send(request));
    if (answer.status == 404) return std::nullopt;
    if (answer.status != 207) {
      if (!answer.is_success()) return fail(refusal(answer));
      return fail(Error{
          Cause::unsupported, "the server does not speak WebDAV here", {}, Scope::destination});
    }
    auto resources = TRY(webdav::read_multistatus(answer.body));
    return std::optional(std::move(resources));
  }

  /// Whether the place itself is there. Causes: absent.
  Result<> look_at_root() {
    const auto root = TRY(find("", "0"));
    if (root && std::ranges::count(*root, base_path_, &Resource::path) == 0)
      return fail(about_something_else());
    if (root) return {};
    return fail(
        Error{Cause::absent, "the folder is not there on the server", {}, Scope::destination});
  }

  /// The bytes go with the request and come back.
  Result<> send_as(const RelativePath& name, Parcel& parcel) {
    auto request = asking("PUT", target_of(name));
    request.headers.set("Content-Type", "application/octet-stream");
    set_time(request, parcel.modified);
    request.body = std::move(parcel.bytes);
    request.file = parcel.file;
    const auto answer = send(request);
    parcel.bytes = std::move(request.body);
    if (!answer) return fail(answer.error());
    if (answer->is_success()) return {};
    if (answer->status == 404 || answer->status == 409) TRY(look_at_root());
    return fail(refusal(*answer));
  }

  /// Past the limits that a server, or whatever stands before it, has for one request.
  Result<> send_in_chunks(const RelativePath& name, const Parcel& parcel) {
    const auto folder = *chunks_folder_ + os::random_id().hex();
    auto sent = send_chunks(folder, name, parcel);
    if (!sent) static_cast<void>(send(asking_at("DELETE", folder)));
    return sent;
  }

  Result<> send_chunks(const std::string& folder, const RelativePath& name, const Parcel& parcel) {
    const auto ask = [&](std::string method, const std::string& target) {
      auto request = asking_at(std::move(method), target);
      request.headers.set("Destination", destination(name));
      request.headers.set("OC-Total-Length", fmt::format("{}", parcel.size().value));
      return request;
    };
    const auto made = TRY(send(ask("MKCOL", folder)));
    if (!made.is_success()) return fail(refusal(made));
    const auto chunk = std::max(usual_chunk, parcel.size().value / most_chunks + 1);
    int number = 0;
    for (std::uint64_t at = 0; at < parcel.size().value; at += chunk) {
      Bytes bytes(std::min(chunk, parcel.size().value - at));
      const auto came = TRY(parcel.file->read_at(at, bytes));
      if (came != bytes.size()) return fail(Cause::changed, "what waits to be sent became shorter");
      auto request = ask("PUT", fmt::format("{}/{:05}", folder, ++number));
      request.headers.set("Content-Type", "application/octet-stream");
      request.body = text_of(bytes);
      const auto answer = TRY(send(request));
      if (!answer.is_success()) return fail(refusal(answer));
    }
    auto whole = ask("MOVE", folder + "/.file");
    set_time(whole, parcel.modified);
    const auto answer = TRY(send(whole));
    return answer.is_success() ? Result<>() : wait_for_whole(name, parcel.size(), answer);
  }

  /// A server that is slow to put it together answers that it failed, or is locked, or that the
  /// chunks are gone, and goes on all the same.
  Result<> wait_for_whole(const RelativePath& name, ByteCount size, const net::Response& answer) {
    for (int attempt = 1;; ++attempt) {
      const auto there = TRY(size_of(name));
      if (there == size) return {};
      const bool may_come = answer.status == 404 || answer.status == 423 || answer.status == 504;
      const auto delay = net::delay_before(
          attempt, Cause::throttled, std::nullopt, while_assembled, net::system_random());
      if (!may_come || !delay) return fail(refusal(answer));
      TRY(net::wait(*delay, {}));
    }
  }

  /// What is stored there now, read back.
  Result<> check(const RelativePath& name, const Parcel& parcel) {
    const bool is_whole = TRY(holds(*this, name, parcel));
    if (is_whole) return {};
    return fail(Error{Cause::corrupt,
                      "the server stored something else than it was sent; nothing of it is kept",
                      {},
                      Scope::destination});
  }

  /// Servers answer anything to a move into a folder that is not there: it is made before, and
  /// once more where somebody took it away meanwhile.
  Result<> give_name(const RelativePath& file, const RelativePath& name, Existing existing) {
    TRY(make_folders_of(name));
    auto answer = TRY(move(file, name, existing));
    if (!answer.is_success() && answer.status != 412) {
      known_folders_.with([](auto& known) { known.clear(); });
      TRY(make_folders_of(name));
      answer = TRY(move(file, name, existing));
    }
    if (answer.is_success() && answer.status != 207) return {};
    // 404: a first attempt whose answer was lost may have moved it.
    if (answer.status == 404 && existing == Existing::replace) return look_for(name);
    if (answer.status == 412 || answer.status == 404)
      return fail(Cause::conflict, "there is one of that name already");
    return fail(refusal(answer));
  }

  Result<> look_for(const RelativePath& name) {
    const auto there = TRY(size_of(name));
    return there ? Result<>() : fail(Cause::not_found, "it is not there");
  }

  Result<net::Response> move(const RelativePath& from, const RelativePath& to, Existing existing) {
    auto request = asking("MOVE", target_of(from));
    request.headers.set("Destination", destination(to));
    request.headers.set("Overwrite", existing == Existing::replace ? "T" : "F");
    return send(request);
  }

  /// One at a time: some servers refuse to move into a folder that another request is making.
  Result<> make_folders_of(const RelativePath& name) {
    return known_folders_.with([&](std::set<std::string>& known) -> Result<> {
      const std::string& text = name.text();
      for (auto slash = text.find('/'); slash != std::string::npos;
           slash = text.find('/', slash + 1)) {
        const auto folder = TRY(RelativePath::parse(text.substr(0, slash)));
        if (known.contains(folder.text())) continue;
        const auto answer = TRY(send(asking("MKCOL", target_of(folder) + '/')));
        const bool is_there_already = answer.status == 405;
        if (!answer.is_success() && !is_there_already) return fail(refusal(answer));
        known.insert(folder.text());
      }
      return {};
    });
  }

  /// Below the place.
  static std::string target_of(const RelativePath& name) { return net::encoded_path(name.text()); }

  [[nodiscard]] std::string whole(std::string_view target) const {
    return fmt::format("{}{}", base_.target(), target);
  }

  /// As answers name it.
  [[nodiscard]] std::string path_of(const RelativePath& name) const {
    return name.is_root() ? base_path_ : base_path_ + '/' + name.text();
  }

  /// As it is named to the server in a header.
  [[nodiscard]] std::string destination(const RelativePath& name) const {
    return base_.origin() + base_.at(whole(target_of(name))).target();
  }

  [[nodiscard]] net::Request asking(std::string method, std::string_view target) const {
    return asking_at(std::move(method), whole(target));
  }

  /// Anywhere on the server.
  [[nodiscard]] net::Request asking_at(std::string method, const std::string& target) const {
    net::Request request{.method = std::move(method), .url = base_.at(target)};
    request.most_body = longest_complaint;
    request.retry = patience_;
    return request;
  }

  /// Some servers lock what any request is about while it lasts, and refuse the others meanwhile.
  Result<net::Response> send(const net::Request& request) {
    for (int attempt = 1;; ++attempt) {
      auto answer = TRY(http_->send(request, {}).map_error(reaching(Scope::destination)));
      if (answer.status != 423) return answer;
      const auto delay = net::delay_before(
          attempt, Cause::throttled, std::nullopt, while_locked, net::system_random());
      if (!delay) return answer;
      TRY(net::wait(*delay, {}));
    }
  }

  const net::Url base_;
  std::string base_path_;
  const std::optional<std::string> chunks_folder_;
  const std::unique_ptr<net::Http> http_;
  const net::RetryPolicy patience_;
  Guarded<UnfinishedFiles> unfinished_;
  Guarded<std::set<std::string>> known_folders_;
};

}  // namespace

std::string url_of(const WebdavPlace& place) {
  return "webdav+" + url_of(static_cast<const HttpPlace&>(place));
}

Result<std::unique_ptr<Storage>> make_webdav(const WebdavPlace& place,
                                             const std::optional<HttpLogin>& login,
                                             std::unique_ptr<net::Http> http,
                                             const net::RetryPolicy& patience) {
  auto base = TRY(base_of(place, login));
  return make_webdav(url_of(place), std::move(base), std::move(http), patience);
}

std::unique_ptr<Storage> make_webdav(std::string where,
                                     net::Url base,
                                     std::unique_ptr<net::Http> http,
                                     const net::RetryPolicy& patience,
                                     std::shared_ptr<void> server) {
  return make_object_storage(
      std::move(where),
      std::make_unique<DavServer>(std::move(base), std::move(http), patience),
      std::move(server));
}

}  // namespace keepsake::storage
