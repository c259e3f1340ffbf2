// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/secret_place.h"

#include <utility>

namespace keepsake::os {

namespace {

class PrivateFile final : public SecretPlace {
 public:
  PrivateFile(std::unique_ptr<Folder> folder, RelativePath name, ByteCount most)
      : folder_(std::move(folder)), name_(std::move(name)), most_(most) {}

  Result<std::optional<Secret>> read() override {
    const auto there = TRY(folder_->look(name_));
    if (!there) return std::optional<Secret>();
    auto bytes = TRY(folder_->read_all(name_, most_));
    Secret secret{std::string(text_of(bytes))};
    wipe(bytes.data(), bytes.size());
    return std::optional(std::move(secret));
  }

  Result<> write(const Secret& secret) override {
    return write_private(*folder_, name_, bytes_of(secret.reveal()));
  }

  Result<> forget() override { return folder_->remove(name_); }

 private:
  std::unique_ptr<Folder> folder_;
  RelativePath name_;
  ByteCount most_;
};

}  // namespace

std::unique_ptr<SecretPlace> private_file(std::unique_ptr<Folder> folder,
                                          RelativePath name,
                                          ByteCount most) {
  return std::make_unique<PrivateFile>(std::move(folder), std::move(name), most);
}

}  // namespace keepsake::os
