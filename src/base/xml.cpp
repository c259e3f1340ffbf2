// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xml.h"

#include <expat.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

namespace keepsake::xml {

namespace {

struct Reading {
  XML_Parser parser;
  Handler& handler;
  std::vector<Attribute> attributes{};
};

Reading& reading(void* user) { return *static_cast<Reading*>(user); }

void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
  Reading& it = reading(user);
  it.attributes.clear();
  for (; *attributes != nullptr; attributes += 2)
    it.attributes.push_back({attributes[0], attributes[1]});
  if (!it.handler.open(name, it.attributes)) XML_StopParser(it.parser, XML_FALSE);
}

void on_end(void* user, const XML_Char*) { reading(user).handler.close(); }

void on_text(void* user, const XML_Char* text, int length) {
  reading(user).handler.add_text({text, static_cast<std::size_t>(length)});
}

void on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  XML_StopParser(reading(user).parser, XML_FALSE);
}

}  // namespace

bool read(std::string_view text, Handler& handler) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return false;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS(nullptr, name_separator), &XML_ParserFree);
  if (!parser) return false;
  Reading state{parser.get(), handler};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  return XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) ==
         XML_STATUS_OK;
}

}  // namespace keepsake::xml
