// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/s3.h"

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/path.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/sha.h"
#include "net/url.h"
#include "storage/http_server.h"
#include "storage/objects.h"
#include "storage/s3/replies.h"
#include "storage/unfinished.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr ByteCount longest_page{16 << 20};  // a thousand keys of a kilobyte, encoded
constexpr ByteCount usual_part{16 << 20};
constexpr std::chrono::hours a_day{24};
constexpr std::uint64_t most_parts = 10'000;
constexpr ByteCount most_copied_at_once{512 << 20};  // 5 GiB are allowed, and take long
constexpr std::string_view usual_region = "us-east-1";

bool is_of_aws(std::string_view endpoint) {
  return endpoint.ends_with(".amazonaws.com") || endpoint.ends_with(".amazonaws.com.cn");
}

/// What an answer that is no success says.
Error refusal(const net::Response& answer) {
  const auto code = s3::read_complaint(answer.body).code;
  const auto of_all = [&](Cause cause, std::string what) {
    return Error{cause, std::move(what), {}, Scope::destination};
  };
  if (code == "NoSuchBucket") return of_all(Cause::absent, "there is no bucket of that name");
  if (code == "RequestTimeTooSkewed")
    return of_all(Cause::denied,
                  "the server refuses what this machine signs, because their clocks differ by more "
                  "than 15 minutes; set this machine's clock");
  if (code == "SignatureDoesNotMatch" || code == "InvalidAccessKeyId")
    return of_all(Cause::denied,
                  "the server does not take the key (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                  "or the profile in ~/.aws/credentials)");
  if (code == "ExpiredToken" || code == "TokenRefreshRequired")
    return of_all(Cause::denied, "the session token has expired; get a new one");
  if (code == "QuotaExceeded" || answer.status == 507)
    return of_all(Cause::full, "the server has no room left");
  if (code == "InvalidStorageClass" || code == "InvalidStorageClassException")
    return of_all(Cause::unsupported, "the server does not have that storage class");
  if (code == "InvalidObjectState")
    return of_all(Cause::unsupported,
                  "the file is in an archive class (Glacier) and cannot be read at once; bring it "
                  "back there first");
  if (answer.status == 416)
    return {Cause::corrupt, "it is shorter than it should be", {}, Scope::asset};
  const auto words = code.empty() ? std::string() : fmt::format(" ({})", shown(code));
  if (answer.status == 401 || answer.status == 403)
    return of_all(Cause::denied, "the server does not allow it" + words);
  if (answer.status == 404) return {Cause::not_found, "it is not there" + words, {}, Scope::asset};
  const auto cause = net::cause_of(answer.status);
  return {cause.value_or(Cause::internal),
          fmt::format("the server answered with status {}{}", answer.status, words),
          {},
          cause ? Scope::destination : Scope::asset};
}

/// Photos and packs; not what a vault or tree says of itself, which is read at every start.
bool is_seldom_read(std::string_view name) {
  constexpr std::array<std::string_view, 6> own{
      "config", "keys", "index", "snapshots", "locks", ".keepsake"};
  const auto top = name.substr(0, name.find('/'));
  return std::ranges::count(own, top) == 0;
}

/// What a vault deletes in its ordinary life.
bool comes_and_goes(std::string_view name) {
  return name.starts_with("locks/") || name.starts_with(unfinished_prefix);
}

Error no_locks() {
  return {Cause::unsupported,
          "the bucket keeps no locks, so that what is stored there could be deleted; a bucket must "
          "be made with object lock, at a server that has it. Nothing that lies there is touched; "
          "add the destination without --locked-days, or at another bucket",
          {},
          Scope::destination};
}

class Bucket final : public Objects {
 public:
  Bucket(net::Url root,
         S3Place place,
         s3::Login login,
         std::unique_ptr<net::Http> http,
         const net::RetryPolicy& patience,
         os::Clock& clock)
      : root_(std::move(root)),
        place_(std::move(place)),
        credentials_(std::move(login.credentials)),
        http_(std::move(http)),
        patience_(patience),
        clock_(clock) {
    region_.with([&](std::string& region) { region = std::move(login.region); });
  }

  Result<std::vector<Listed>> list(const RelativePath& folder) override {
    return list_all(folder, "&delimiter=%2F");
  }

  Result<std::vector<Listed>> list_below(const RelativePath& folder) override {
    return list_all(folder, "");
  }

  Result<std::optional<ByteCount>> size_of(const RelativePath& name) override {
    const auto answer = TRY(send(asking("HEAD", key_of(name))));
    // Its answer has no body that would tell why: it may also be the bucket that is not there.
    if (!answer.is_success()) TRY(look_at_bucket());
    if (answer.status == 404) return std::nullopt;
    if (!answer.is_success()) return fail(refusal(answer));
    const auto size = TRY(length_in(answer));
    return size;
  }

  Result<> read(const RelativePath& name,
                std::uint64_t position,
                std::span<std::byte> buffer) override {
    if (buffer.empty()) return {};
    const auto answer = TRY(send(part_of(asking("GET", key_of(name)), position, buffer.size())));
    if (!answer.is_success()) return fail(refusal(answer));
    return take_part(answer, buffer);
  }

  Result<> store(const RelativePath& name, Parcel& parcel) override {
    if (parcel.file) return store_in_parts(name, parcel);
    const bool asks_conditions = knows_conditions_;
    auto answer = TRY(put(name, parcel, asks_conditions));
    if (answer.status == 501 && asks_conditions) {
      knows_conditions_ = false;
      answer = TRY(put(name, parcel, false));
    }
    if (answer.is_success()) return look_at_lock(name);
    if (answer.status == 412 || answer.status == 409)
      return fail(Cause::conflict, "there is one of that name already");
    return fail(refused(answer, name));
  }

  /// Copied at the server, then removed. Nobody else writes where we rename.
  Result<> rename(const RelativePath& from, const RelativePath& to, Existing existing) override {
    const auto size = TRY(size_of(from));
    if (!size) return fail(Cause::not_found, "it is not there");
    if (existing == Existing::keep) TRY(refuse_taken(to));
    TRY(*size <= most_copied_at_once ? copy(from, to) : copy_in_parts(from, to, *size));
    return remove(from);
  }

  Result<> remove(const RelativePath& name) override {
    const auto answer = TRY(send(asking("DELETE", key_of(name))));
    if (answer.is_success()) return {};
    auto error = refusal(answer);
    return error.cause == Cause::not_found ? Result<>() : fail(std::move(error));
  }

  Result<> begin_writing_as(std::string_view /*writer*/, Storage& /*whole*/) override {
    return give_up_old_uploads();
  }

  Result<> make_root() override {
    auto there = look_at_bucket();
    if (!there && there.error().cause == Cause::absent) there = make_bucket();
    return there && place_.locked_days > 0 ? prove_locks() : there;
  }

 private:
  Result<> make_bucket() {
    auto request = asking("PUT", "");
    const auto region = region_.with([](const std::string& it) { return it; });
    if (is_of_aws(root_.origin()) && !region.empty() && region != usual_region)
      request.body = fmt::format(
          "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          "<LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
          region);
    if (place_.locked_days > 0) request.headers.set("x-amz-bucket-object-lock-enabled", "true");
    const auto answer = TRY(send(std::move(request)));
    return answer.is_success() ? Result<>() : fail(refusal(answer));
  }

  [[nodiscard]] std::string key_of(const RelativePath& name) const {
    return place_.prefix.empty() ? name.text() : place_.prefix + '/' + name.text();
  }

  Result<> refuse_taken(const RelativePath& name) {
    const auto taken = TRY(size_of(name));
    return taken ? fail(Cause::conflict, "there is one of that name already") : Result<>();
  }

  /// The bytes go with the request and come back.
  Result<net::Response> put(const RelativePath& name, Parcel& parcel, bool if_free) {
    auto request = asking("PUT", key_of(name));
    describe(request, parcel);
    set_wishes(request, name);
    request.headers.set("Content-MD5", to_base64(crypto::md5(bytes_of(parcel.bytes))));
    if (if_free) request.headers.set("If-None-Match", "*");
    request.body = std::move(parcel.bytes);
    auto answer = send_signed(request);
    parcel.bytes = std::move(request.body);
    return answer;
  }

  /// The time as rclone writes it there.
  static void describe(net::Request& request, const Parcel& parcel) {
    request.headers.set("Content-Type", "application/octet-stream");
    if (!parcel.modified) return;
    const auto milliseconds = parcel.modified->time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    request.headers.set("x-amz-meta-mtime",
                        fmt::format("{}.{:03}", seconds.count(), (milliseconds - seconds).count()));
  }

  /// What its owner wants of what is stored under that name.
  void set_wishes(net::Request& request, const RelativePath& name) const {
    if (!place_.storage_class.empty() && is_seldom_read(name.text()))
      request.headers.set("x-amz-storage-class", place_.storage_class);
    if (is_locked(name)) lock(request, std::chrono::days(place_.locked_days));
  }

  [[nodiscard]] bool is_locked(const RelativePath& name) const {
    return place_.locked_days > 0 && !comes_and_goes(name.text());
  }

  void lock(net::Request& request, std::chrono::minutes length) const {
    request.headers.set("x-amz-object-lock-mode", "COMPLIANCE");
    request.headers.set("x-amz-object-lock-retain-until-date", to_rfc3339(clock_.now() + length));
  }

  [[nodiscard]] Error refused(const net::Response& answer, const RelativePath& name) const {
    if (is_locked(name) && s3::read_complaint(answer.body).code == "InvalidRequest")
      return no_locks();
    return refusal(answer);
  }

  /// Looks at the first file that was stored locked.
  Result<> look_at_lock(const RelativePath& name) {
    if (!is_locked(name) || lock_was_seen_.exchange(true)) return {};
    const auto answer = TRY(send(asking("HEAD", key_of(name))));
    if (!answer.is_success()) return fail(refusal(answer));
    return answer.headers.find("x-amz-object-lock-retain-until-date") ? Result<>()
                                                                      : fail(no_locks());
  }

  /// By trying to delete what is locked for a minute.
  Result<> prove_locks() {
    const auto canary = RelativePath::known(std::string(unfinished_prefix) + "lock");
    auto request = asking("PUT", key_of(canary));
    request.body = "Is this locked?";
    request.headers.set("Content-MD5", to_base64(crypto::md5(bytes_of(request.body))));
    lock(request, std::chrono::minutes(1));
    const auto stored = TRY(send(std::move(request)));
    if (s3::read_complaint(stored.body).code == "InvalidRequest") return fail(no_locks());
    if (!stored.is_success()) return fail(refusal(stored));
    const auto version = stored.headers.find("x-amz-version-id").value_or("");
    const auto query = fmt::format("?versionId={}", net::encoded(version));
    const auto deleted = TRY(send(asking("DELETE", key_of(canary), query)));
    TRY(remove(canary));
    return deleted.status == 403 ? Result<>() : fail(no_locks());
  }

  Result<> copy(const RelativePath& from, const RelativePath& to) {
    auto request = asking("PUT", key_of(to));
    request.headers.set("x-amz-copy-source", source_of(from));
    set_wishes(request, to);
    const auto answer = TRY(send(std::move(request)));
    // It may begin well and end badly.
    if (answer.is_success() && s3::read_complaint(answer.body).code.empty()) return {};
    return fail(refusal(answer));
  }

  [[nodiscard]] std::string source_of(const RelativePath& name) const {
    return fmt::format("/{}/{}", place_.bucket, net::encoded_path(key_of(name)));
  }

  /// Stores one part; its tag.
  using StorePart = std::function<Result<std::string>(
      net::Request request, std::uint64_t position, std::size_t size)>;

  Result<> store_in_parts(const RelativePath& name, const Parcel& parcel) {
    const auto size = parcel.size();
    const auto store_part = [&](net::Request request,
                                std::uint64_t position,
                                std::size_t count) -> Result<std::string> {
      Bytes bytes(count);
      const auto came = TRY(parcel.file->read_at(position, bytes));
      if (came != count) return fail(Cause::changed, "what waits to be sent became shorter");
      request.headers.set("Content-MD5", to_base64(crypto::md5(bytes)));
      request.body = text_of(bytes);
      const auto answer = TRY(send(std::move(request)));
      const auto tag = answer.headers.find("ETag");
      if (!answer.is_success()) return fail(refusal(answer));
      if (!tag) return fail(Cause::corrupt, "the server does not say that a part is stored");
      return std::string(*tag);
    };
    auto begin = asking("POST", key_of(name), "?uploads=");
    describe(begin, parcel);
    set_wishes(begin, name);
    return in_parts(name, std::move(begin), size, part_size_of(size), Existing::keep, store_part);
  }

  Result<> copy_in_parts(const RelativePath& from, const RelativePath& to, ByteCount size) {
    const auto copy_part = [&](net::Request request,
                               std::uint64_t position,
                               std::size_t count) -> Result<std::string> {
      request.headers.set("x-amz-copy-source", source_of(from));
      request.headers.set("x-amz-copy-source-range", range_of(position, count));
      const auto answer = TRY(send(std::move(request)));
      if (!answer.is_success() || !s3::read_complaint(answer.body).code.empty())
        return fail(refusal(answer));
      return s3::read_copied_part(answer.body);
    };
    auto begin = asking("POST", key_of(to), "?uploads=");
    begin.headers.set("Content-Type", "application/octet-stream");
    set_wishes(begin, to);
    const auto part = std::max(most_copied_at_once.value, part_size_of(size));
    return in_parts(to, std::move(begin), size, part, Existing::replace, copy_part);
  }

  /// What is not finished is given up, so that nobody pays for it.
  Result<> in_parts(const RelativePath& name,
                    net::Request begin,
                    ByteCount size,
                    std::uint64_t part,
                    Existing existing,
                    const StorePart& store_part) {
    const auto begun = TRY(send(std::move(begin)));
    if (!begun.is_success()) return fail(refused(begun, name));
    const auto id = TRY(s3::read_upload_id(begun.body));
    auto stored = finish_upload(name, id, size, part, existing, store_part);
    if (stored) return look_at_lock(name);
    static_cast<void>(send(asking("DELETE", key_of(name), upload_query(id))));
    return stored;
  }

  Result<> finish_upload(const RelativePath& name,
                         const std::string& id,
                         ByteCount size,
                         std::uint64_t part,
                         Existing existing,
                         const StorePart& store_part) {
    std::vector<std::string> tags;
    for (std::uint64_t at = 0; at < size.value; at += part) {
      auto request =
          asking("PUT",
                 key_of(name),
                 fmt::format("?partNumber={}&uploadId={}", tags.size() + 1, net::encoded(id)));
      auto tag = TRY(store_part(
          std::move(request), at, static_cast<std::size_t>(std::min(part, size.value - at))));
      if (tag.find_first_of("<&") != std::string::npos)
        return fail(Cause::corrupt, "the server's tag of a part cannot be one");
      tags.push_back(std::move(tag));
    }
    TRY(make_whole(name, id, tags, existing));
    const auto whole = TRY(size_of(name));
    if (whole == size) return {};
    return fail(Cause::corrupt, "the server stored something else than it was sent");
  }

  Result<> make_whole(const RelativePath& name,
                      const std::string& id,
                      const std::vector<std::string>& tags,
                      Existing existing) {
    const auto ask = [&](bool if_free) {
      auto request = asking("POST", key_of(name), upload_query(id));
      if (if_free) request.headers.set("If-None-Match", "*");
      request.body = s3::list_of_parts(tags);
      return send(std::move(request));
    };
    const bool if_free = existing == Existing::keep && knows_conditions_;
    auto answer = TRY(ask(if_free));
    if (answer.status == 501 && if_free) answer = TRY(ask(false));
    const auto code = s3::read_complaint(answer.body).code;
    if (answer.is_success() && code.empty()) return {};
    if (code == "NoSuchUpload") return {};  // a first attempt whose answer was lost; its size tells
    if (answer.status == 412 || answer.status == 409 || code == "PreconditionFailed")
      return fail(Cause::conflict, "there is one of that name already");
    return fail(refusal(answer));
  }

  /// Whoever was killed amid one left parts that nobody sees and its owner pays for. Another
  /// machine may be at one now: it has a day.
  Result<> give_up_old_uploads() {
    const auto prefix = place_.prefix.empty() ? place_.prefix : place_.prefix + '/';
    const auto query = fmt::format("?uploads=&encoding-type=url&prefix={}", net::encoded(prefix));
    auto request = asking("GET", "", query);
    request.most_body = longest_page;
    const auto answer = TRY(send(std::move(request)));
    if (!answer.is_success()) return {};  // not every server and key may list them
    const auto uploads = s3::read_uploads(answer.body);
    for (const s3::Upload& upload : uploads.value_or(std::vector<s3::Upload>())) {
      const auto begun = parse_instant(upload.begun);
      if (!upload.key.starts_with(prefix) || !begun || clock_.now() - *begun < a_day) continue;
      TRY(send(asking("DELETE", upload.key, upload_query(upload.id))));
    }
    return {};
  }

  static std::string upload_query(const std::string& id) { return "?uploadId=" + net::encoded(id); }

  static std::uint64_t part_size_of(ByteCount size) {
    return std::max(usual_part.value, size.value / most_parts + 1);
  }

  /// Causes: absent.
  Result<> look_at_bucket() {
    const auto answer = TRY(send(asking("GET", "", "?list-type=2&max-keys=1")));
    return answer.is_success() ? Result<>() : fail(refusal(answer));
  }

  Result<std::vector<Listed>> list_all(const RelativePath& folder, std::string_view how) {
    auto prefix = folder.is_root() ? place_.prefix : key_of(folder);
    if (!prefix.empty()) prefix += '/';
    const auto query =
        fmt::format("?list-type=2&encoding-type=url&prefix={}{}", net::encoded(prefix), how);
    std::vector<Listed> files;
    std::optional<std::string> from;
    do {
      auto page = TRY(page_of(query, from));
      for (Listed& file : page.files) {
        if (!file.name.starts_with(prefix))
          return fail(Cause::corrupt, "the server lists what was not asked for");
        file.name.erase(0, prefix.size());
        // Some programs make a folder visible by an empty file of its name.
        if (!file.name.empty() && !file.name.ends_with('/')) files.push_back(std::move(file));
      }
      if (page.next && page.next == from)
        return fail(Cause::corrupt, "the server's list does not end");
      from = std::move(page.next);
    } while (from);
    std::ranges::sort(files, {}, &Listed::name);
    return files;
  }

  Result<s3::ListPage> page_of(const std::string& query, const std::optional<std::string>& from) {
    auto request =
        asking("GET", "", from ? query + "&continuation-token=" + net::encoded(*from) : query);
    request.most_body = longest_page;
    const auto answer = TRY(send(std::move(request)));
    if (!answer.is_success()) return fail(refusal(answer));
    return s3::read_list_page(answer.body);
  }

  /// Of the bucket itself, where the key is empty.
  [[nodiscard]] net::Request asking(std::string method,
                                    std::string_view key,
                                    std::string_view query = {}) const {
    auto target = root_.target();
    if (!key.empty()) target += (target.ends_with('/') ? "" : "/") + net::encoded_path(key);
    net::Request request{.method = std::move(method), .url = root_.at(target.append(query))};
    request.most_body = longest_complaint;
    request.retry = patience_;
    return request;
  }

  Result<net::Response> send(net::Request request) { return send_signed(request); }

  /// Once more with the bucket's own region, where the server names one.
  Result<net::Response> send_signed(net::Request& request) {
    auto answer = TRY(send_once(request));
    if (answer.status != 301 && answer.status != 307 && answer.status != 400) return answer;
    std::string region(answer.headers.find("x-amz-bucket-region").value_or(""));
    if (region.empty()) region = s3::read_complaint(answer.body).region;
    const bool is_news = !region.empty() && region_.with([&](std::string& known) {
      return std::exchange(known, region) != region;
    });
    return is_news ? send_once(request) : answer;
  }

  Result<net::Response> send_once(net::Request& request) {
    const auto region = region_.with([](const std::string& it) { return it; });
    s3::sign(request, credentials_, region.empty() ? usual_region : region, clock_.now());
    return http_->send(request, {}).map_error(reaching(Scope::destination));
  }

  const net::Url root_;  ///< of the bucket
  const S3Place place_;
  const s3::Credentials credentials_;
  const std::unique_ptr<net::Http> http_;
  const net::RetryPolicy patience_;
  os::Clock& clock_;
  Guarded<std::string> region_;
  std::atomic<bool> lock_was_seen_ = false;
  std::atomic<bool> knows_conditions_ = true;  ///< until the server says otherwise
};

/// "eu-west-1" of "https://s3.eu-west-1.amazonaws.com".
std::string region_in(std::string_view endpoint) {
  constexpr std::string_view before = "//s3.";
  const auto begin = endpoint.find(before);
  const auto end = endpoint.find(".amazonaws.");
  if (!is_of_aws(endpoint) || begin == std::string_view::npos || end <= begin + before.size())
    return {};
  return std::string(endpoint.substr(begin + before.size(), end - begin - before.size()));
}

}  // namespace

bool is_class_to_read_from(std::string_view storage_class) {
  const bool is_word = !storage_class.empty() && std::ranges::all_of(storage_class, [](char byte) {
    return (byte >= 'A' && byte <= 'Z') || byte == '_' || (byte >= '0' && byte <= '9');
  });
  return is_word && storage_class != "GLACIER" && storage_class != "DEEP_ARCHIVE";
}

std::string url_of(const S3Place& place) {
  const auto url = fmt::format("s3:{}/{}", place.endpoint, place.bucket);
  return place.prefix.empty() ? url : url + '/' + place.prefix;
}

Result<std::unique_ptr<Storage>> make_s3(const S3Place& place,
                                         s3::Login login,
                                         std::unique_ptr<net::Http> http,
                                         const net::RetryPolicy& patience,
                                         os::Clock& clock) {
  const bool has_own_host =
      is_of_aws(place.endpoint) && place.bucket.find('.') == std::string::npos;
  auto root = place.endpoint;
  if (has_own_host) {
    root.insert(root.find("//") + 2, place.bucket + '.');
  } else {
    root += '/' + net::encoded(place.bucket);
  }
  auto url = TRY(net::Url::parse(root));
  if (login.region.empty()) login.region = region_in(place.endpoint);
  return make_object_storage(
      url_of(place),
      std::make_unique<Bucket>(
          std::move(url), place, std::move(login), std::move(http), patience, clock));
}

}  // namespace keepsake::storage
