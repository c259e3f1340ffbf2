#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The task script. Every verb first installs what it needs (Debian 12), so nothing else is typed.
set -eu
cd "$(dirname "$0")"

usage() {
  cat <<'END'
./do setup               install what building and testing need
./do build               the program people run, at build/release/keepsake
./do run ARGS...         build it and run it
./do test [asan|tsan]    all tests; with a word: the same tests under that sanitizer only
./do lint                format, arrows, TRY, headers, clang-tidy, shellcheck, codespell
./do fuzz [SECONDS]      each fuzz target over its corpus, 30 seconds by default
./do cover               which lines the tests reach
./do bench [OPTIONS]     against cp, rclone, restic and borg (tools/bench/run.sh --help)
./do record              record the golden files anew; review them as a diff
./do soak                the tests that need hours or rights
./do demo                a small iCloud library (simulated) backed up, hurt, healed and restored, under build/demo
END
}

# ---- packages -----------------------------------------------------------------------------------

build_packages='g++ cmake ninja-build ccache pkg-config mold git tzdata
  libssl-dev libcurl4-openssl-dev libsqlite3-dev nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libspdlog-dev
  libfmt-dev libexpected-dev libexpat1-dev libutf8proc-dev libhowardhinnant-date-dev
  libheif-dev libjpeg62-turbo-dev libzstd-dev libsimdjson-dev libcpp-httplib-dev libsecret-1-dev'
test_packages='openssh-sftp-server dbus-daemon gnome-keyring doctest-dev librapidcheck-dev libimage-exiftool-perl sqlite3 restic iproute2 rclone curl
  ceph-mon ceph-osd ceph-common radosgw swift-proxy swift-account swift-container swift-object apache2-bin'
command -v npm >/dev/null || test_packages="$test_packages nodejs npm" # some come with a Node that is not Debian's
clang_packages='clang-19 libclang-rt-19-dev'
lint_packages='clang-tidy-19 clang-tools-19 clang-format-19 shellcheck codespell'
cover_packages='gcovr'
soak_packages='ntfs-3g exfat-fuse exfatprogs udisks2 udev'
bench_packages='restic rclone borgbackup iproute2 curl'
command -v npm >/dev/null || bench_packages="$bench_packages nodejs npm"

# Installs those of the named packages that are missing, in one call.
need() {
  command -v dpkg-query >/dev/null || return 0 # not Debian: the configure step names what is missing
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
  missing=
  for package in "$@"; do
    printf '%s\n' "$installed" | grep -qxF "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "installing:$missing"
  as_root apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  as_root apt-get install -y -q --no-install-recommends $missing
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "./do: cannot install packages: be root or install sudo" >&2
    exit 1
  fi
}

# shellcheck disable=SC2086 # lists of words
{
  for_building() { need $build_packages; }
  for_testing() { need $build_packages $test_packages; }
  for_linting() { need $build_packages $test_packages $clang_packages $lint_packages; }
  for_fuzzing() { need $build_packages $clang_packages; }
  for_soaking() { need $build_packages $test_packages $soak_packages; }
  for_covering() { need $build_packages $test_packages $cover_packages; }
  for_benching() { need $build_packages $bench_packages; }
}

# ---- steps --------------------------------------------------------------------------------------

# compile PRESET [TARGET...]
compile() {
  preset=$1
  shift
  cmake --preset "$preset" >build.log.tmp 2>&1 || { cat build.log.tmp; rm -f build.log.tmp; exit 1; }
  rm -f build.log.tmp
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

link_compile_commands() { ln -sf "build/$1/compile_commands.json" compile_commands.json; }

run_tests() { ctest --preset "$1" -j "$(nproc)" -LE soak; }

# Every file of the project whose name ends so, also those not yet added to git.
project_files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

# compiled_files PRESET: the sources of ours that it compiles
compiled_files() {
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "build/$1/compile_commands.json" | grep -v "^$PWD/build/" | sort -u
}

# ---- verbs --------------------------------------------------------------------------------------

build() {
  for_building
  compile release
  link_compile_commands release
}

run_program() {
  build >&2
  exec build/release/keepsake "$@"
}

run_all_tests() {
  for_testing
  case ${1-} in
    '')
      compile dev
      link_compile_commands dev
      run_tests dev
      ;;
    asan | tsan)
      export LSAN_OPTIONS="suppressions=$PWD/tools/leaks_of_libraries.txt:print_suppressions=0"
      compile "$1"
      run_tests "$1"
      ;;
    *) usage >&2 && exit 2 ;;
  esac
}

lint() {
  for_linting
  echo 'format' && project_files '*.h' '*.cpp' | xargs clang-format-19 --dry-run -Werror
  echo 'arrows' && tools/check_arrows
  echo 'TRY' && tools/check_try
  echo 'shell' && project_files | xargs grep -lE -m1 '^#!/bin/(ba)?sh' | xargs shellcheck
  echo 'spelling' && project_files | grep -vE '^(LICENSE|tests/golden/|fuzz/corpus/)' | xargs codespell --config tools/codespell.cfg
  echo 'headers' && compile tidy all_verify_interface_header_sets
  echo 'clang-tidy' && compiled_files tidy | xargs -P "$(nproc)" -n 1 tools/check_file build/tidy
}

fuzz() {
  for_fuzzing
  [ -f fuzz/CMakeLists.txt ] || { echo 'there is no fuzz target yet' && return; }
  compile fuzz
  for target in build/fuzz/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    mkdir -p "build/fuzz/new/$name" "fuzz/corpus/$name" # new finds go to the first, the kept corpus is only read
    echo "fuzzing $name"
    "$target" -max_total_time="${1:-30}" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="build/fuzz/new/$name/" "build/fuzz/new/$name" "fuzz/corpus/$name"
  done
}

cover() {
  for_covering
  compile cover
  run_tests cover
  gcovr --root . --filter src/ --print-summary build/cover
}

bench() {
  for_benching
  case " $* " in *' --servers '*) for_testing ;; esac
  compile bench
  tools/bench/run.sh "$@"
}

record() {
  for_testing
  compile dev
  KEEPSAKE_RECORD=1 run_tests dev
  git status --short tests/golden
}

soak() {
  for_soaking
  compile dev
  if ctest --preset dev -N -L soak | grep -q 'Total Tests: 0'; then
    echo 'there is no soak test yet'
  else
    KEEPSAKE_SOAK=1 ctest --preset dev -L soak
  fi
}

demo() {
  need restic curl
  build
  tools/demo.sh build/release build/demo
}

[ $# -gt 0 ] || { usage && exit 2; }
verb=$1
shift
case $verb in
  setup) for_testing ;;
  build) build ;;
  run) run_program "$@" ;;
  test) run_all_tests "$@" ;;
  lint) lint ;;
  fuzz) fuzz "$@" ;;
  cover) cover ;;
  bench) bench "$@" ;;
  record) record ;;
  soak) soak ;;
  demo) demo ;;
  help | -h | --help) usage ;;
  *) usage >&2 && exit 2 ;;
esac
