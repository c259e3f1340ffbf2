// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path.h"

namespace keepsake {

Result<RelativePath> RelativePath::parse(std::string_view text) {
  RelativePath path;
  path.text_ = text;
  if (text.empty()) return path;
  if (text.find('\0') != std::string_view::npos) return fail(Cause::invalid, "a path holds a NUL");
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..")
      return fail(Cause::invalid, "the path {} does not stay below its folder", text);
    begin = end + 1;
  }
  return path;
}

RelativePath RelativePath::known(std::string_view text) {
  auto path = parse(text);
  expect(path.has_value(), "a path that we made stays below its folder");
  return *std::move(path);
}

RelativePath RelativePath::folder() const {
  RelativePath above;
  const auto slash = text_.rfind('/');
  if (slash != std::string::npos) above.text_ = text_.substr(0, slash);
  return above;
}

std::string_view RelativePath::name() const {
  const auto slash = text_.rfind('/');
  return slash == std::string::npos ? std::string_view(text_)
                                    : std::string_view(text_).substr(slash + 1);
}

RelativePath RelativePath::operator/(std::string_view part) const {
  return text_.empty() ? known(part) : known(text_ + "/" + std::string(part));
}

std::string_view extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

std::string_view stem_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace keepsake
