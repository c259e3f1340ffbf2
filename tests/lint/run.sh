#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Shows the lint scripts small wrong trees and expects them to be refused by name.
#   tests/lint/run.sh ROOT
set -u
root=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# A tree with two rooms that stand as they should.
plant() {
  rm -rf "${tree:?}/src"
  mkdir -p "$tree/src/base" "$tree/src/catalog" "$tree/src/plan"
  echo 'room(base SOURCES base.cpp)' >"$tree/src/base/CMakeLists.txt"
  echo 'room(catalog SOURCES catalog.cpp USES photo)' >"$tree/src/catalog/CMakeLists.txt"
  echo 'room(plan SOURCES plan.cpp)' >"$tree/src/plan/CMakeLists.txt"
  echo '#include <vector>' >"$tree/src/base/base.cpp"
  printf '#include "base/base.h"\n#include "photo/asset.h"\n' >"$tree/src/catalog/catalog.cpp"
  : >"$tree/src/plan/plan.cpp"
}

# expect_pass PROMISE SCRIPT
expect_pass() {
  if said=$("$root/tools/$2" "$tree" 2>&1); then echo "ok: $1"; else fail "$1" "$said"; fi
}

# expect_refusal PROMISE SCRIPT WORD...   every word must be named
expect_refusal() {
  promise=$1
  if said=$("$root/tools/$2" "$tree" 2>&1); then fail "$promise" "it passed"; return; fi
  shift 2
  for word in "$@"; do
    case $said in
      *"$word"*) ;;
      *) fail "$promise" "does not name $word: $said"; return ;;
    esac
  done
  echo "ok: $promise"
}

fail() {
  echo "FAILED: $1"
  printf '%s\n' "$2" | sed 's/^/    /'
  failures=$((failures + 1))
}

plant
expect_pass 'a tree whose includes follow the arrows passes' check_arrows

plant
echo '#include "catalog/catalog.h"' >>"$tree/src/base/base.cpp"
expect_refusal 'base may not include catalog' check_arrows src/base/base.cpp:2 'room base' catalog

plant
echo 'room(plan SOURCES plan.cpp USES photo os)' >"$tree/src/plan/CMakeLists.txt"
expect_refusal 'plan may not even name os in its USES' check_arrows src/plan/CMakeLists.txt 'room plan' os

plant
echo '#include "photo/asset.h"' >"$tree/src/plan/plan.cpp"
expect_refusal 'an include that USES does not name is refused' check_arrows src/plan/plan.cpp:1 'room plan' USES

plant
echo '#include "asset.h"' >"$tree/src/plan/plan.cpp"
expect_refusal 'an include is written from src/' check_arrows src/plan/plan.cpp:1 asset.h

plant
echo '#include <unistd.h>' >"$tree/src/catalog/catalog.cpp"
expect_refusal 'platform headers stay in os' check_arrows src/catalog/catalog.cpp:1 'room catalog' 'platform headers'

plant
echo '  const char* home = std::getenv("HOME");' >"$tree/src/catalog/catalog.cpp"
expect_refusal 'only app reads the environment' check_arrows src/catalog/catalog.cpp:1 environment

plant
echo '  std::cout << 1;' >"$tree/src/plan/plan.cpp"
expect_refusal 'only app prints' check_arrows src/plan/plan.cpp:1 printing

plant
mkdir "$tree/src/stray"
echo 'room(stray SOURCES stray.cpp)' >"$tree/src/stray/CMakeLists.txt"
expect_refusal 'a room that the table does not know is refused' check_arrows src/stray/CMakeLists.txt stray

plant
mkdir -p "$tree/src/app"
echo '#include <CLI/CLI.hpp>' >"$tree/src/app/one.cpp"
expect_pass 'one file of app may include CLI11' check_arrows
echo '#include <CLI/CLI.hpp>' >"$tree/src/app/two.cpp"
expect_refusal 'a second one may not' check_arrows src/app/two.cpp:1 CLI11

plant
cat >"$tree/src/plan/plan.cpp" <<'END'
  TRY(step());
  const auto one = TRY(step());
  one_ = TRY(step(")", [&] { TRY(inner()); }));
  if (wanted) TRY(step());
  while (auto next = TRY(step())) use(next);
  while (TRY(step())) count();
  for (bool more = true; more;) more = TRY(step());
  for (const auto& row : TRY(rows())) use(row);
  return TRY(
      step());
END
expect_pass 'TRY as statement, initialiser, condition or return passes' check_try

for line in 'use(TRY(step()));' 'const Pair pair{TRY(step()), 1};' 'return 1 + TRY(step());' \
  'const auto size = TRY(step()).size();' 'const Pair pair{.first = TRY(step())};' 'return ok ? TRY(step()) : 1;' \
  'TRY(use(TRY(step())));' 'use(one = TRY(step()));'; do
  plant
  printf '\n%s\n' "$line" >"$tree/src/plan/plan.cpp"
  expect_refusal "refused: $line" check_try src/plan/plan.cpp:2
done

[ "$failures" -eq 0 ]
