// SPDX-License-Identifier: GPL-3.0-or-later
// simulate icloud
#include "app/cli/verbs.h"
#include "base/secret.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/simulator.h"

#include <nlohmann/json.hpp>

namespace keepsake::app::cli {

namespace {

using namespace simulate;

Result<icloud::Options> options_of(const SimulateIcloud& verb) {
  icloud::Options options;
  options.state = verb.state;
  options.photos = verb.photos;
  options.generate = verb.generate;
  options.account.email = verb.account;
  options.account.password = Secret(verb.password);
  options.account.code = verb.code;
  options.account.second_factor = !verb.without_second_factor;
  for (const std::string& spec : verb.faults) {
    auto fault = TRY(icloud::parse_fault(spec));
    options.faults.push_back(std::move(fault));
  }
  return options;
}

}  // namespace

Result<int> run_verb(const SimulateIcloud& verb, Printer& printer, std::stop_token stop) {
  const auto listen = TRY(icloud::parse_listen(verb.listen).map_error(reaching(Scope::run)));
  auto options = TRY(options_of(verb).map_error(reaching(Scope::run)));
  const auto announce = [&](const icloud::Address& address) {
    printer.say("A made-up iCloud listens at " + address.url + " until Ctrl-C.");
    printer.say("Its certificate's authority: " + address.authority.string());
    printer.emit(
        {{"message_type", "listening"}, {"url", address.url}, {"ca", address.authority.string()}});
    printer.flush();
  };
  TRY(icloud::serve(std::move(options), listen, announce, std::move(stop)));
  printer.emit({{"message_type", "summary"}});
  return 0;
}

}  // namespace keepsake::app::cli
