// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/downloads.h"

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/sha.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/record.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace keepsake::simulate::icloud {

namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What an address stands for, as its parameter `o`: a slot, a blank, a record's name.
std::string object_of(const Record& record, const Resource& resource) {
  return to_base64url(bytes_of(fmt::format("{} {}", name(resource.slot), record.name)));
}

std::optional<std::string> text_in(std::string base64url) {
  for (char& letter : base64url) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
  base64url.append((4 - base64url.size() % 4) % 4, '=');
  const auto bytes = from_base64(base64url);
  if (!bytes) return std::nullopt;
  return std::string(text_of(*bytes));
}

const std::vector<Resource>* resources_of(const Record& record) {
  if (const auto* master = std::get_if<Master>(&record.value)) return &master->resources;
  if (const auto* asset = std::get_if<Asset>(&record.value)) return &asset->resources;
  return nullptr;
}

/// The file that an address stands for; null when it is no longer there.
const Resource* find_object(Library& library, std::string_view zone_name, std::string object) {
  const auto text = text_in(std::move(object));
  Zone* zone = library.find(zone_name);
  if (!text || zone == nullptr) return nullptr;
  const auto blank = text->find(' ');
  if (blank == std::string::npos) return nullptr;
  const auto slot = slot_named(std::string_view(*text).substr(0, blank));
  const Record* record = zone->find(std::string_view(*text).substr(blank + 1));
  const auto* resources = record == nullptr ? nullptr : resources_of(*record);
  return resources == nullptr || !slot ? nullptr : find(*resources, *slot);
}

Reply failed(int status) {
  Reply reply;
  reply.status = status;
  reply.content_type = "text/plain";
  return reply;
}

/// The first byte of "bytes=N-" and the end where there is one.
struct Range {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

std::optional<Range> range_in(std::string_view header) {
  if (!header.starts_with("bytes=")) return std::nullopt;
  header.remove_prefix(6);
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_in(header.substr(0, dash));
  if (!first) return std::nullopt;
  return Range{*first, number_in(header.substr(dash + 1))};
}

}  // namespace

std::string Downloads::address(std::string_view base,
                               const Zone& zone,
                               const Record& record,
                               const Resource& resource,
                               Instant now) const {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + lifetime_);
  const auto expiry = std::to_string(expires.time_since_epoch().count());
  const auto object = object_of(record, resource);
  return fmt::format(
      "{}/B/{}/${{f}}?o={}&v=1&x=3&e={}&fl=&r={}-1&ckc=com.apple.photos.cloud&ckz={}&p=61&s={}",
      base,
      to_base64url(resource.measure.checksum.bytes),
      object,
      expiry,
      uuid_of(zone.position()),
      zone.name(),
      sign(object, resource, expiry));
}

std::string Downloads::sign(std::string_view object,
                            const Resource& resource,
                            std::string_view expiry) const {
  const auto text = fmt::format(
      "{} {} {} {} {}", secret_, generation_, object, resource.measure.checksum.hex(), expiry);
  const auto sum = crypto::sha256(bytes_of(text));
  return to_base64url(std::span(sum.bytes).first(20));
}

Reply Downloads::answer(const Request& request, Library& library, Instant now) const {
  const auto zone = request.parameter("ckz");
  const auto object = request.parameter("o");
  const auto expiry = request.parameter("e");
  const auto expires = number_in(expiry);
  const Resource* resource = find_object(library, zone, object);
  if (!expires || resource == nullptr) return failed(404);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (request.parameter("s") != sign(object, *resource, expiry) ||
      *expires <= static_cast<std::uint64_t>(seconds))
    return failed(410);
  auto file = open(resource->content);
  if (!file) return failed(404);
  return serve(std::move(*file), request.header("Range"));
}

Reply serve(std::shared_ptr<RandomAccess> file, std::string_view range) {
  const auto size = file->size().value;
  Reply reply;
  reply.content_type = "application/octet-stream";
  reply.add("Accept-Ranges", "bytes");
  reply.add("Cache-Control", "no-transform,private,max-age=2592000,s-maxage=2592000");
  reply.add("Content-Disposition",
            R"(attachment; filename="%24%7Bf%7D"; filename*=UTF-8''%24%7Bf%7D)");
  const auto wanted = range_in(range);
  if (!wanted) {
    reply.part = Part{std::move(file), 0, ByteCount{size}};
    return reply;
  }
  if (wanted->first >= size && size > 0) {
    reply.status = 416;
    reply.add("Content-Range", fmt::format("bytes */{}", size));
    return reply;
  }
  const auto end = wanted->last ? std::min(*wanted->last + 1, size) : size;
  reply.status = 206;
  reply.add("Content-Range", fmt::format("bytes {}-{}/{}", wanted->first, end - 1, size));
  reply.part = Part{std::move(file), wanted->first, ByteCount{end - wanted->first}};
  return reply;
}

}  // namespace keepsake::simulate::icloud
