// SPDX-License-Identifier: GPL-3.0-or-later
#include "cloud.h"

#include "crypto/sha.h"
#include "net/http.h"

#include <doctest/doctest.h>

#include <utility>

namespace keepsake::tests {

Cloud::Cloud(int photos, std::vector<std::string> options) {
  std::vector<std::string> words{KEEPSAKE_PROGRAM,
                                 "--json",
                                 "simulate",
                                 "icloud",
                                 "--listen",
                                 "127.0.0.1:0",
                                 "--state",
                                 (folder_ / "cloud").string(),
                                 "--generate",
                                 std::to_string(photos)};
  words.insert(words.end(), options.begin(), options.end());
  process_ = std::make_unique<Process>(Command{std::move(words), folder_.path()});
  REQUIRE(comes_true([&] { return process_->printed().ends_with('\n') || process_->has_ended(); }));
  const auto listening = json::parse(process_->printed());
  url_ = listening["url"];
  token_ = folder_.read("cloud/control-token");
  while (token_.ends_with('\n')) token_.pop_back();
}

Cloud::Cloud(Journey& journey, int photos, std::vector<std::string> options)
    : Cloud(photos, std::move(options)) {
  for (const auto& [name, value] : variables()) journey.use_variable(name, value);
}

std::map<std::string, std::string> Cloud::variables() const {
  return {{"KEEPSAKE_ICLOUD_IDMS_URL", url_},
          {"KEEPSAKE_ICLOUD_SETUP_URL", url_},
          {"KEEPSAKE_CA_FILE", authority().string()},
          {"KEEPSAKE_APPLE_PASSWORD", "correct horse"}};
}

std::filesystem::path Cloud::authority() const { return folder_ / "cloud/ca.pem"; }

json Cloud::say(std::string_view word, const json& body) const {
  net::Request request{.url = net::Url::parse(url_ + "/simulate/" + std::string(word)).value()};
  request.method = "POST";
  request.headers = {{"X-Simulate-Token", token_}};
  request.body = body.dump();
  // One that lives no longer: a test may fork, and threads do not.
  const auto http = net::Http::start({.ca_file = authority()}).value();
  const auto answer = http->send(request, {}).value();
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return json::parse(answer.body);
}

std::string Cloud::import(const std::string& name, const std::filesystem::path& file) const {
  const auto bytes = read_file(file);
  return act({{"do", "import"},
              {"filename", name},
              {"files",
               {{{"slot", "resOriginal"},
                 {"checksum", to_text(crypto::apple_checksum(bytes_of(bytes)))},
                 {"type", "public.jpeg"},
                 {"size", bytes.size()},
                 {"path", file.string()}}}}})["asset"];
}

void Cloud::set_faults(const std::vector<std::string>& specs) const {
  say("faults", {{"clear", true}, {"add", specs}});
}

std::int64_t Cloud::calls(const std::string& name) const {
  return say("calls")["calls"].value(name, std::int64_t{0});
}

std::int64_t Cloud::codes() const {
  const auto answer = say("calls");
  return answer["codes_pushed"].get<std::int64_t>() + answer["codes_sent"].get<std::int64_t>();
}

std::map<std::string, json> Cloud::photos() const {
  const json answer = say("files");
  std::map<std::string, json> photos;
  for (const json& photo : answer["photos"]) photos[photo["asset"]] = photo;
  return photos;
}

Sums served(const Cloud& cloud) {
  Sums sums;
  for (const auto& [id, photo] : cloud.photos())
    for (const json& file : photo["files"]) sums[id].insert(file["checksum"]);
  return sums;
}

Sums kept(const Journey& journey, const std::string& tree) {
  Sums sums;
  for (const auto& [id, asset] : journey.find())
    for (const json& file : asset["renditions"])
      if (const auto path = path_in(file, tree); !path.empty())
        sums[id].insert(
            to_text(crypto::apple_checksum(bytes_of(read_file(journey / tree / path)))));
  return sums;
}

void add_account(const Journey& journey) {
  journey.expect(0, {"source", "add", "phone", "icloud", "--account", "jane@example.com"});
}

void add_signed_in(const Journey& journey) {
  add_account(journey);
  journey.expect(0, {"source", "sign-in", "phone", "--code", "123456"});
}

}  // namespace keepsake::tests
