#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The real icloudpd (its npm package) signs in to the simulated iCloud, with and without a second factor, lists a library of
# 200 assets and downloads it; names and bytes are compared with what the simulator says it has. Then keepsake backs the same
# account up and adopts what icloudpd downloaded: no file of it is downloaded again. icloudpd asks for Apple's own
# hosts at port 443, so both run in a network and a mount namespace of their own, where these names lead to the simulator:
# nothing outside is touched, and nothing can reach the real hosts. Needs no root.
#
#   tests/peers/icloudpd.sh KEEPSAKE DIR     DIR is made anew; ends with 77 when it cannot run here
set -eu

skip() { echo "skipped: $*" && exit 77; }
fail() { echo "FAILED: $*" >&2 && exit 1; }

# wait_for SECONDS WORDS…: until the command succeeds
wait_for() {
  left=$(($1 * 10))
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}

# ---- outside the namespaces ---------------------------------------------------------------------

outside() {
  program=$1
  work=$2
  here=$(cd "$(dirname "$0")" && pwd)
  [ "$(uname -sm)" = 'Linux x86_64' ] || skip 'icloudpd has a package for Linux on x86-64 only'
  for needed in npm node unshare ip; do
    command -v "$needed" >/dev/null || skip "$needed is not installed"
  done
  unshare --user --map-root-user --mount --net ip link set lo up 2>/dev/null ||
    skip 'no namespaces for network and mounts can be made here'
  rm -rf "$work"
  mkdir -p "$work"
  cp "$here/icloudpd/package.json" "$here/icloudpd/package-lock.json" "$here/icloudpd/.npmrc" "$work"
  (cd "$work" && npm ci --ignore-scripts >npm.log 2>&1) || skip "npm cannot fetch icloudpd here ($work/npm.log)"
  # It comes without the right to run it.
  cp "$work/node_modules/@icloudpd/linux-x64/bin/icloudpd" "$work/icloudpd"
  chmod +x "$work/icloudpd"
  exec unshare --user --map-root-user --mount --net "$here/icloudpd.sh" --inside "$program" "$work" "$here/icloudpd"
}

# ---- inside them --------------------------------------------------------------------------------

inside() {
  program=$1
  work=$2
  scripts=$3
  cd "$work"
  ip link set lo up
  {
    echo 127.0.0.1 localhost
    echo 127.0.0.1 idmsa.apple.com setup.icloud.com www.icloud.com
    echo 127.0.0.1 p61-ckdatabasews.icloud.com p61-setup.icloud.com p27-sharedstreams.icloud.com cvws.icloud-content.com
  } >hosts
  mount --bind hosts /etc/hosts
  run_case without-second-factor --no-2fa
  run_case with-second-factor
}

# run_case NAME OPTIONS OF THE SIMULATOR…
run_case() {
  name=$1
  shift
  mkdir -p "$name/home" "$name/photos"
  "$program" simulate icloud --listen 127.0.0.1:443 --state "$name/cloud" --generate 200 "$@" >"$name/simulator.log" 2>&1 &
  simulator=$!
  # shellcheck disable=SC2064 # this one, not a later one
  trap "kill $simulator 2>/dev/null || true" EXIT
  wait_for 60 test -f "$name/cloud/ca.pem" || fail "the simulator does not listen ($work/$name/simulator.log)"

  # A web page of its own takes the code; see there how it is entered.
  download "$name" --mfa-provider webui >"$name/first.log" 2>&1 &
  downloader=$!
  [ "$name" = without-second-factor ] || node "$scripts/enter-code.mjs" 123456
  wait "$downloader" || fail "icloudpd ended with an error ($work/$name/first.log)"
  grep -q 'All photos and videos have been downloaded' "$name/first.log" || fail "icloudpd did not finish ($work/$name/first.log)"
  NODE_EXTRA_CA_CERTS=$name/cloud/ca.pem node "$scripts/compare.mjs" "$name/cloud" "$name/photos" || fail "$name: icloudpd has other photos"

  download "$name" >"$name/second.log" 2>&1 || fail "a second run ended with an error ($work/$name/second.log)"
  ! grep -q 'Downloaded ' "$name/second.log" || fail "a second run downloaded again ($work/$name/second.log)"
  adopt "$name" || fail "$name: not all that icloudpd downloaded was adopted ($work/$name/adopt.log)"
  kill "$simulator"
  wait "$simulator" || true
  echo "ok: $name"
}

# adopt NAME: keepsake backs the account up with what icloudpd downloaded, and downloads only what icloudpd has not. It too asks
# Apple's own hosts; all that it is told is whose certificates to trust.
adopt() {
  (
    export KEEPSAKE_HOME="$work/$1/keepsake" KEEPSAKE_APPLE_PASSWORD='correct horse' KEEPSAKE_CA_FILE="$work/$1/cloud/ca.pem"
    export NODE_EXTRA_CA_CERTS="$KEEPSAKE_CA_FILE"
    "$program" source add phone icloud --account jane@example.com &&
    "$program" source sign-in phone --code 123456 &&
    "$program" destination add disk folder "$work/$1/disk" &&
    node "$scripts/adopted.mjs" forget "$1/cloud" &&
    "$program" --json backup --adopt "$1/photos" >"$1/summary.json" &&
    node "$scripts/adopted.mjs" judge "$1/cloud" "$1/photos" "$1/disk" "$1/summary.json"
  ) >"$1/adopt.log" 2>&1 || return 1
  tail -n 1 "$1/adopt.log"
}

# download NAME OPTIONS…
download() {
  case=$1
  shift
  HOME=$work/$case/home REQUESTS_CA_BUNDLE=$work/$case/cloud/ca.pem TZ=UTC timeout 240 ./icloudpd --no-progress-bar \
    --keep-unicode-in-filenames --password-provider parameter --username jane@example.com --password 'correct horse' \
    --directory "$case/photos" "$@"
}

case $1 in
  --inside) shift && inside "$@" ;;
  *) outside "$@" ;;
esac
