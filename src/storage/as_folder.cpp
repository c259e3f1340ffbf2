// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/as_folder.h"

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/random_access.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::storage {

namespace {

constexpr std::size_t window_size = std::size_t{4} << 20U;
constexpr ByteCount most_grown{256 << 20};  // of the growing file, all pieces together
constexpr std::size_t most_pieces = 100'000;

tl::unexpected<Error> not_here(std::string_view what) {
  return fail(Error{Cause::unsupported, std::string(what), {}, Scope::asset});
}

os::Entry file_entry(std::string name, ByteCount size) {
  os::Entry entry;
  entry.name = std::move(name);
  entry.size = size;
  entry.allocated = size;
  return entry;
}

/// A file read through a window, so that small steps are not a question each.
class FarFile final : public os::InFile {
 public:
  FarFile(std::unique_ptr<RandomAccess> file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}

  [[nodiscard]] ByteCount size() const override { return file_->size(); }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    if (buffer.size() >= window_size) return file_->read_at(position, buffer);
    std::size_t done = 0;
    while (done < buffer.size() && position + done < size().value) {
      TRY(look_at(position + done));
      const auto skipped = position + done - window_at_;
      const auto count = std::min(window_.size() - skipped, buffer.size() - done);
      std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(skipped),
                  count,
                  buffer.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
    }
    return done;
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(read_at(position_, buffer));
    position_ += count;
    return count;
  }

  Result<os::Entry> look() override { return file_entry(name_, size()); }

 private:
  Result<> look_at(std::uint64_t position) {
    if (position >= window_at_ && position - window_at_ < window_.size()) return {};
    window_.resize(std::min<std::uint64_t>(window_size, size().value - position));
    window_at_ = position;
    auto count = file_->read_at(position, window_);
    if (!count || *count == 0) window_.clear();
    if (!count) return fail(std::move(count).error());
    if (*count == 0) return fail(Cause::corrupt, "it is shorter than it should be");
    window_.resize(*count);
    return {};
  }

  std::unique_ptr<RandomAccess> file_;
  std::string name_;
  std::uint64_t position_ = 0;
  std::uint64_t window_at_ = 0;
  Bytes window_;
};

/// Bytes that the file is made of.
class KeptBytes final : public RandomAccess {
 public:
  explicit KeptBytes(Bytes bytes) : bytes_(std::move(bytes)), view_(bytes_) {}

  [[nodiscard]] ByteCount size() const override { return view_.size(); }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    return view_.read_at(position, buffer);
  }

 private:
  const Bytes bytes_;
  BytesInMemory view_;
};

class NewFile final : public os::OutFile {
 public:
  NewFile(std::unique_ptr<Draft> draft, RelativePath name)
      : draft_(std::move(draft)), name_(std::move(name)) {}

  Result<> write(ByteView bytes) override { return draft_->write(bytes); }

  Result<> cut_back_to(ByteCount size) override { return draft_->cut_back_to(size); }

  Result<> finish(std::optional<Instant> modified) override {
    if (modified) draft_->bear_time(*modified);
    return draft_->publish(name_.text());
  }

 private:
  std::unique_ptr<Draft> draft_;
  RelativePath name_;
};

/// The file that grows, in its pieces. May be used by several threads.
class GrowingFile {
 public:
  GrowingFile(Storage& storage, RelativePath name) : storage_(storage), name_(std::move(name)) {}

  [[nodiscard]] bool is(const RelativePath& path) const { return path == name_; }

  Result<> append(ByteView bytes) {
    return pieces_.with([&](std::optional<std::size_t>& pieces) -> Result<> {
      if (!pieces) pieces = TRY(count());
      if (*pieces == 0) TRY(remove_later_pieces());
      TRY(storage_.put(piece(*pieces), bytes));
      ++*pieces;
      return {};
    });
  }

  Result<Bytes> read() {
    const auto pieces = TRY(count());
    if (pieces == 0) return fail(Error{Cause::not_found, "it is not there", name_.text()});
    Bytes bytes;
    for (std::size_t i = 0; i < pieces; ++i) {
      const auto next =
          TRY(storage_.read_all(piece(i), ByteCount{most_grown.value - bytes.size()}));
      bytes.insert(bytes.end(), next.begin(), next.end());
    }
    return bytes;
  }

  /// Without the first there are no others.
  Result<> remove() {
    return pieces_.with([&](std::optional<std::size_t>& pieces) -> Result<> {
      pieces.reset();
      TRY(storage_.remove(name_.text()));
      TRY(remove_later_pieces());
      pieces = 0;
      return {};
    });
  }

  /// Another file takes the place of all pieces. Until the second one is gone the old ones follow
  /// the new bytes; then the numbers do not go on.
  Result<> replace_by(const RelativePath& file) {
    return pieces_.with([&](std::optional<std::size_t>& pieces) -> Result<> {
      pieces.reset();
      TRY(storage_.rename(file.text(), name_.text(), Existing::replace));
      TRY(remove_later_pieces());
      pieces = 1;
      return {};
    });
  }

 private:
  [[nodiscard]] std::string piece(std::size_t number) const {
    return number == 0 ? name_.text() : fmt::format("{}.{}", name_.text(), number);
  }

  /// The numbers that pieces have there, sorted; 0 is the first.
  Result<std::vector<std::size_t>> numbers() {
    const auto first = std::string(name_.name());
    std::vector<std::size_t> numbers;
    const auto files = TRY(storage_.list(name_.folder().text()));
    for (const Listed& file : files) {
      if (file.name == first) numbers.push_back(0);
      if (!file.name.starts_with(first + '.')) continue;
      const auto digits = std::string_view(file.name).substr(first.size() + 1);
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
      if (error == std::errc() && end == digits.end() && number > 0 && number < most_pieces)
        numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  Result<std::size_t> count() {
    const auto found = TRY(numbers());
    std::size_t count = 0;
    while (count < found.size() && found[count] == count) ++count;
    return count;
  }

  /// The second first: the rest is then no part of it any more.
  Result<> remove_later_pieces() {
    const auto found = TRY(numbers());
    for (const std::size_t number : found)
      if (number > 0) TRY(storage_.remove(piece(number)));
    return {};
  }

  Storage& storage_;
  RelativePath name_;
  Guarded<std::optional<std::size_t>> pieces_;  ///< once they were counted
};

class StorageAsFolder final : public os::Folder {
 public:
  StorageAsFolder(std::unique_ptr<Storage> storage, RelativePath growing, std::string writer)
      : storage_(std::move(storage)),
        where_(storage_->where()),
        writer_(std::move(writer)),
        growing_(*storage_, std::move(growing)) {}

  [[nodiscard]] const std::filesystem::path& where() const override { return where_; }

  Result<std::optional<os::Entry>> look(const RelativePath& path) override {
    const auto size = TRY(storage_->size_of(path.text()));
    if (!size) return std::nullopt;
    return file_entry(std::string(path.name()), *size);
  }

  Result<std::vector<os::Entry>> list(const RelativePath& folder) override {
    auto files = TRY(storage_->list(folder.text()));
    std::vector<os::Entry> entries;
    entries.reserve(files.size());
    for (Listed& file : files) entries.push_back(file_entry(std::move(file.name), file.size));
    return entries;
  }

  Result<std::unique_ptr<os::InFile>> open(const RelativePath& file, os::Reading reading) override {
    auto opened = TRY(opened_whole_or_far(file, reading));
    return std::make_unique<FarFile>(std::move(opened), std::string(file.name()));
  }

  Result<Bytes> read_all(const RelativePath& file, ByteCount most) override {
    return storage_->read_all(file.text(), most);
  }

  Result<std::unique_ptr<os::OutFile>> create(const RelativePath& file, ByteCount size) override {
    TRY(begin_writing());
    auto draft = TRY(storage_->draft(size));
    return std::make_unique<NewFile>(std::move(draft), file);
  }

  Result<> append(const RelativePath& file, ByteView bytes) override {
    if (!growing_.is(file)) return not_here("a server cannot add to a file");
    TRY(begin_writing());
    return growing_.append(bytes);
  }

  Result<> rename(const RelativePath& from,
                  const RelativePath& to,
                  os::Existing existing) override {
    if (growing_.is(to) && existing == os::Existing::replace) return growing_.replace_by(from);
    return storage_->rename(from.text(), to.text(), existing);
  }

  Result<> link(const RelativePath& /*from*/, const RelativePath& /*to*/) override {
    return not_here("a server has no second names for a file");
  }

  Result<std::unique_ptr<os::OutFile>> clone(const RelativePath& /*from*/,
                                             const RelativePath& /*to*/) override {
    return not_here("a server has no files that share their bytes");
  }

  Result<> symlink(std::string_view /*target*/, const RelativePath& /*at*/) override {
    return not_here("a server has no links");
  }

  Result<std::string> read_link(const RelativePath& /*link*/) override {
    return not_here("a server has no links");
  }

  /// They come with the first file in them.
  Result<> make_folders(const RelativePath& /*folder*/) override { return {}; }

  Result<> set_permissions(const RelativePath& /*path*/, std::uint32_t /*permissions*/) override {
    return not_here("a server's files have no permissions here");
  }

  Result<> remove(const RelativePath& path) override {
    return growing_.is(path) ? growing_.remove() : storage_->remove(path.text());
  }

  Result<> sync(const RelativePath& /*folder*/) override { return storage_->make_durable(); }

  Result<std::optional<ByteCount>> free_space() override { return storage_->free_space(); }

  /// Each waits for the server's answers most of the time.
  [[nodiscard]] std::size_t at_once() const override { return 8; }

  Result<bool> is_case_insensitive() override { return false; }

 private:
  Result<std::unique_ptr<RandomAccess>> opened_whole_or_far(const RelativePath& file,
                                                            os::Reading reading) {
    if (!growing_.is(file)) return storage_->open(file.text(), reading);
    auto bytes = TRY(growing_.read());
    return std::make_unique<KeptBytes>(std::move(bytes));
  }

  Result<> begin_writing() {
    return writes_.with([&](bool& writes) -> Result<> {
      if (!writes) TRY(storage_->begin_writing_as(writer_));
      writes = true;
      return {};
    });
  }

  std::unique_ptr<Storage> storage_;
  std::filesystem::path where_;
  std::string writer_;
  Guarded<bool> writes_;
  GrowingFile growing_;
};

}  // namespace

std::unique_ptr<os::Folder> as_folder(std::unique_ptr<Storage> storage,
                                      RelativePath growing,
                                      std::string writer) {
  return std::make_unique<StorageAsFolder>(
      std::move(storage), std::move(growing), std::move(writer));
}

}  // namespace keepsake::storage
