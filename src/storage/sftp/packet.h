// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The SFTP protocol, version 3: what every server speaks (draft-ietf-secsh-filexfer-02, and
/// openssh/openssh-portable PROTOCOL for the extensions). A packet on the wire: its length without
/// these four bytes (u32), its type (u8), the id of the request (u32, not in `init` and `version`),
/// its body. Numbers are big-endian; a string is its length (u32) and its bytes.
namespace keepsake::storage::sftp {

enum class Type : std::uint8_t {
  init = 1,
  version = 2,
  open = 3,
  close = 4,
  read = 5,
  write = 6,
  lstat = 7,
  fsetstat = 10,
  opendir = 11,
  readdir = 12,
  remove = 13,
  mkdir = 14,
  stat = 17,
  rename = 18,
  status = 101,
  handle = 102,
  data = 103,
  name = 104,
  attrs = 105,
  extended = 200,
  extended_reply = 201,
};

/// How a file is opened.
inline constexpr std::uint32_t open_read = 0x01;
inline constexpr std::uint32_t open_new = 0x02 | 0x08 | 0x20;  ///< write, create, exclusively

/// The longest packet that is taken from a server: OpenSSH's own limit.
inline constexpr std::uint32_t most_packet_bytes = 256 * 1024;

/// What a request says, in the order of its calls.
class Body {
 public:
  Body& number(std::uint32_t value);
  Body& large(std::uint64_t value);
  Body& text(std::string_view value);
  Body& bytes(ByteView value);

  /// The attributes of a file that is made: nothing but who may use it.
  Body& permissions(std::uint32_t value);

  /// Attributes that set nothing but the times of use and change: from 1970 until 2106.
  Body& time(Instant value);

  /// Attributes that set nothing but a size.
  Body& size(ByteCount value);

  [[nodiscard]] const Bytes& view() const { return bytes_; }

 private:
  Bytes bytes_;
};

/// What a server answered to one request.
struct Reply {
  Type type = Type::status;
  Bytes body;
};

struct Attributes {
  std::optional<ByteCount> size;
  std::optional<std::uint32_t> mode;  ///< kind and permissions, as in stat(2)

  [[nodiscard]] bool is_file() const;
  [[nodiscard]] bool is_folder() const;
};

struct Name {
  std::string name;
  Attributes attributes;
};

/// The `version` packet: what the server can beside the protocol, by name.
using Extensions = std::map<std::string, std::string, std::less<>>;
Result<Extensions> read_version(ByteView body);

// What a reply holds. A status that is no success is its error; anything unexpected is internal.
// Causes: not_found, denied, unsupported, offline, internal.

Result<> read_done(const Reply& reply);
Result<std::string> read_handle(const Reply& reply);
Result<Attributes> read_attributes(const Reply& reply);

/// Nothing at the end of the file.
Result<std::optional<Bytes>> read_data(Reply reply);

/// Nothing at the end of the folder.
Result<std::optional<std::vector<Name>>> read_names(const Reply& reply);

/// What `limits@openssh.com` answers.
struct Limits {
  std::uint64_t packet = 0;
  std::uint64_t read = 0;
  std::uint64_t write = 0;
};

Result<Limits> read_limits(const Reply& reply);

/// Free bytes as `statvfs@openssh.com` answers.
Result<ByteCount> read_free_space(const Reply& reply);

}  // namespace keepsake::storage::sftp
