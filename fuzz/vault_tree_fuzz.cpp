// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/tree.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vault::TreeFaults faults;
  auto nodes = vault::parse_tree(fuzz::text(data, size), &faults);
  if (!nodes || !faults.empty()) return 0;
  // A tree that is as it must be keeps its names, whoever writes it.
  for (vault::Node& node : *nodes) {
    fuzz::must(!node.name.empty());
    node.modified = "2024-05-01T10:20:30Z";
  }
  const auto again = vault::parse_tree(vault::to_tree_json(*nodes));
  fuzz::must(again && again->size() == nodes->size());
  for (std::size_t i = 0; i < nodes->size(); ++i) fuzz::must((*again)[i].name == (*nodes)[i].name);
  return 0;
}
