// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/lazy_session.h"

namespace keepsake::destination {

Result<> LazySession::open() {
  TRY(opened());
  return {};
}

bool LazySession::is_open() const {
  const std::scoped_lock lock(mutex_);
  return session_ != nullptr;
}

const std::vector<records::FileRecord>& LazySession::recovered() const {
  static const std::vector<records::FileRecord> none;
  const std::scoped_lock lock(mutex_);
  return session_ ? session_->recovered() : none;
}

Result<std::vector<std::string>> LazySession::names_in(const std::string& folder) {
  auto* session = TRY(opened());
  return session->names_in(folder);
}

Result<std::unique_ptr<Incoming>> LazySession::begin(Upload upload) {
  auto* session = TRY(opened());
  return session->begin(std::move(upload));
}

Result<> LazySession::duplicate(Upload upload,
                                const ExistingCopy& copy,
                                const photo::Content& content) {
  auto* session = TRY(opened());
  return session->duplicate(std::move(upload), copy, content);
}

Result<Committed> LazySession::commit(const FindCopy& find_copy) {
  if (!is_open()) return Committed();
  return session_->commit(find_copy);
}

Result<> LazySession::describe(std::span<const records::FileRecord> records) {
  if (records.empty()) return {};
  auto* session = TRY(opened());
  return session->describe(records);
}

Result<std::vector<std::optional<Error>>> LazySession::move(
    std::span<const records::FileRecord> records) {
  if (records.empty()) return std::vector<std::optional<Error>>();
  auto* session = TRY(opened());
  return session->move(records);
}

Result<> LazySession::remove(std::span<const records::FileRecord> records) {
  if (records.empty()) return {};
  auto* session = TRY(opened());
  return session->remove(records);
}

Result<> LazySession::begin_records_anew() {
  auto* session = TRY(opened());
  return session->begin_records_anew();
}

Result<> LazySession::show_album(const Album& album) {
  auto* session = TRY(opened());
  return session->show_album(album);
}

Result<Closed> LazySession::close() {
  if (!is_open()) return Closed();
  return session_->close();
}

Result<> LazySession::settle() { return is_open() ? session_->settle() : Result<>(); }

/// What could not be opened is not tried again by every photo of the run.
Result<Session*> LazySession::opened() {
  const std::scoped_lock lock(mutex_);
  if (failure_) return fail(*failure_);
  if (session_) return session_.get();
  auto session = destination_.open_session().map_error(reaching(Scope::destination));
  if (!session) {
    failure_ = session.error();
    return fail(*failure_);
  }
  session_ = *std::move(session);
  return session_.get();
}

}  // namespace keepsake::destination
