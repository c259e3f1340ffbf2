// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/replies.h"

#include "base/xml.h"

#include <charconv>
#include <functional>
#include <span>
#include <utility>

namespace keepsake::storage::s3 {

namespace {

constexpr std::size_t most_depth = 16;
constexpr std::size_t most_text = 8U << 10U;  // of one value; a key has at most 3 KiB when encoded

/// Hands over each element without children: the names from the root down, joined by '/', and its
/// text. After an element with children its path comes once more, with a '/' behind it.
class Values final : public xml::Handler {
 public:
  using Take = std::function<void(std::string_view path, std::string_view text)>;

  explicit Values(Take take) : take_(std::move(take)) {}

  [[nodiscard]] bool is_whole() const { return is_whole_; }

  bool open(std::string_view name, std::span<const xml::Attribute> /*attributes*/) override {
    if (ends_.size() >= most_depth) return is_whole_ = false;
    ends_.push_back(path_.size());
    if (!path_.empty()) path_ += '/';
    path_ += name.substr(name.rfind(xml::name_separator) + 1);
    has_children_ = false;
    text_.clear();
    return true;
  }

  void close() override {
    take_(has_children_ ? path_ + '/' : path_, has_children_ ? std::string_view() : text_);
    path_.resize(ends_.back());
    ends_.pop_back();
    has_children_ = true;
    text_.clear();
  }

  void add_text(std::string_view piece) override {
    if (text_.size() + piece.size() > most_text) is_whole_ = false;
    if (is_whole_) text_ += piece;
  }

 private:
  Take take_;
  std::string path_;
  std::vector<std::size_t> ends_;  ///< of the path before each open element
  std::string text_;
  bool has_children_ = false;
  bool is_whole_ = true;
};

int digit(char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto found = digits.find(static_cast<char>(byte >= 'A' && byte <= 'F' ? byte + 32 : byte));
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

/// As a form encodes: "%C3%A9", and a blank is a plus.
std::optional<std::string> decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
      return std::nullopt;
    bytes += static_cast<char>((digit(text[i + 1]) << 4) + digit(text[i + 2]));
    i += 2;
  }
  return bytes;
}

}  // namespace

Result<ListPage> read_list_page(std::string_view text) {
  ListPage page;
  Listed file;
  bool is_list = false;
  bool sound = true;
  bool goes_on = false;
  bool has_size = false;
  Values values([&](std::string_view path, std::string_view value) {
    constexpr std::string_view root = "ListBucketResult";
    if (!path.starts_with(root)) return;
    is_list = true;
    path.remove_prefix(root.size());
    if (path == "/IsTruncated") goes_on = value == "true";
    if (path == "/NextContinuationToken") page.next = value;
    if (path == "/Contents/Key") {
      auto key = decoded(value);
      sound = sound && key;
      file.name = std::move(key).value_or("");
    } else if (path == "/Contents/Size") {
      const auto [rest, error] = std::from_chars(value.begin(), value.end(), file.size.value);
      has_size = error == std::errc() && rest == value.end();
    } else if (path == "/Contents/") {
      sound = sound && has_size && !file.name.empty();
      page.files.push_back(std::exchange(file, {}));
      has_size = false;
    }
  });
  const bool read = xml::read(text, values);
  if (!read || !values.is_whole() || !is_list || !sound || goes_on != page.next.has_value())
    return fail(Cause::corrupt, "the server's list of files cannot be understood");
  return page;
}

Complaint read_complaint(std::string_view text) {
  Complaint complaint;
  Values values([&](std::string_view path, std::string_view value) {
    if (path == "Error/Code") complaint.code = value;
    if (path == "Error/Region") complaint.region = value;
  });
  xml::read(text, values);
  return complaint;
}

}  // namespace keepsake::storage::s3
