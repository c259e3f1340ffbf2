// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/json_reply.h"

#include "simulate/icloud/http.h"

#include <nlohmann/json.hpp>

namespace keepsake::simulate::icloud {

Reply reply_of(int status, const nlohmann::json& body) {
  Reply reply;
  reply.status = status;
  reply.body = body.dump();
  return reply;
}

nlohmann::json object_in(const Request& request) {
  auto body = nlohmann::json::parse(request.body, nullptr, false);
  return body.is_object() ? body : nlohmann::json::object();
}

}  // namespace keepsake::simulate::icloud
