#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Keepsake against the real icloudpd (its npm package), both over the simulated iCloud: how often they ask for a library of
# many photos, and how fast photos of 2 to 8 MB come over a link of 25 ms each way. Run by run.sh.
#
#   tools/bench/icloud.sh ASSETS ROUNDS WORK PROGRAMS LOG
#
# icloudpd asks for Apple's own hosts at port 443, so all of it runs in a network and a mount namespace of its own, where these
# names lead to the simulator. Needs no root. Beyond the link, the simulator listens at what is called localhost there.
set -eu

# ---- outside the namespaces ---------------------------------------------------------------------

outside() {
  work=$3/icloud
  programs=$4
  here=$(cd "$(dirname "$0")" && pwd)
  peer=$here/../../tests/peers/icloudpd
  [ "$(uname -sm)" = 'Linux x86_64' ] || stop 'icloudpd has a package for Linux on x86-64 only'
  for needed in npm unshare ip; do
    command -v "$needed" >/dev/null || stop "$needed is not installed"
  done
  unshare --user --map-root-user --mount --net ip tuntap add mode tun name try 2>/dev/null ||
    stop 'no namespaces with networks of their own can be made here'
  mkdir -p "$work"
  cp "$peer/package.json" "$peer/package-lock.json" "$peer/.npmrc" "$work"
  (cd "$work" && npm ci --ignore-scripts >>"$5" 2>&1) || stop "npm cannot fetch icloudpd here ($5)"
  cp "$work/node_modules/@icloudpd/linux-x64/bin/icloudpd" "$work/icloudpd"
  chmod +x "$work/icloudpd"
  pictures
  for what in asking 1000 100; do
    unshare --user --map-root-user --mount --net --pid --fork --kill-child \
      "$here/icloud.sh" --inside "$what" "$1" "$2" "$work" "$programs" "$5" || missed=1
  done
}

stop() { echo "no race with icloudpd: $*" >&2 && exit 1; }

# Photos and videos of 2 to 8 MB, as phones make them.
pictures() {
  [ ! -d "$work/pictures" ] || return 0
  "$programs/keepsake-pictures" photos "$work/pictures" --files 300 >&2
  find "$work/pictures" -type f \( -size -2000000c -o -size +8000000c \) -delete
}

# ---- inside them --------------------------------------------------------------------------------

inside() {
  what=$1
  assets=$2
  rounds=$3
  work=$4
  programs=$5
  log=$6
  keepsake=$programs/keepsake
  cd "$work"
  rm -rf cloud home disk pd-home pd-photos
  mount -t proc proc /proc
  case $what in
    asking) asking ;;
    *) fetching "$what" ;;
  esac
}

# hosts ADDRESS: where Apple's names lead
hosts() {
  echo "$1 localhost idmsa.apple.com setup.icloud.com www.icloud.com" \
    "p61-ckdatabasews.icloud.com p61-setup.icloud.com p27-sharedstreams.icloud.com cvws.icloud-content.com" >hosts
  mount --bind hosts /etc/hosts
}

# start WORDS…: the simulator, by such a command
start() {
  "$@" >simulator.log 2>&1 &
  left=3000
  until [ -f cloud/ca.pem ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || stop "the simulator does not listen ($work/simulator.log)"
    sleep 0.1
  done
}

keepsake_here="export KEEPSAKE_APPLE_PASSWORD='correct horse' KEEPSAKE_HOME=home KEEPSAKE_CA_FILE=cloud/ca.pem"
new_home="rm -rf home disk && $keepsake_here"
# shellcheck disable=SC2016 # expanded where the line runs
icloudpd_here='HOME=$PWD/pd-home REQUESTS_CA_BUNDLE=cloud/ca.pem TZ=UTC'
icloudpd="./icloudpd --no-progress-bar --password-provider parameter --username jane@example.com --password 'correct horse'"

# What a new account of ours takes to be ready; icloudpd keeps its sign-in in its own home.
sign_in() {
  echo "$new_home && $keepsake source add phone icloud --account jane@example.com && $keepsake source sign-in phone --code 123456 &&" \
    "$keepsake destination add disk folder disk"
}
sign_in_icloudpd() { echo "rm -rf pd-home && mkdir -p pd-home && $icloudpd_here $icloudpd --auth-only"; }

fetching() {
  hosts 10.77.0.2
  start "$programs/keepsake-link" 25 "$1" "$keepsake" simulate icloud --listen localhost:443 --state cloud --photos pictures --no-2fa
  bytes=$(find pictures -type f -printf '%s\n' | awk '{sum += $1} END {printf "%.0f\n", sum}')
  race <<END
title    Photos of 2 to 8 MB from iCloud, over $1 Mbit/s and 25 ms each way
rounds   $rounds
bytes    $bytes
runner   keepsake
prepare  $(sign_in)
command  $keepsake_here && exec $keepsake backup
runner   icloudpd
setup    $(sign_in_icloudpd)
prepare  rm -rf pd-photos
command  $icloudpd_here exec $icloudpd --directory pd-photos
$([ "$1" != 1000 ] || echo 'at-least icloud wall 8 icloudpd')
END
  same
}

# Both must have fetched everything, or the race says nothing.
same() {
  for tree in disk/Photos pd-photos; do
    find "$tree" -type f -exec sha256sum {} + | cut -d' ' -f1 | sort -u >"$tree.sums"
  done
  find pictures -type f -exec sha256sum {} + | cut -d' ' -f1 | sort -u >pictures.sums
  for sums in disk/Photos.sums pd-photos.sums; do
    missing=$(comm -23 pictures.sums "$sums" | wc -l)
    [ "$missing" -eq 0 ] || echo "$missing of $(wc -l <pictures.sums) files are not in ${sums%.sums}"
  done
}

asking() {
  hosts 127.0.0.1
  ip link set lo up
  start "$keepsake" simulate icloud --listen 127.0.0.1:443 --state cloud --generate "$assets" --no-2fa
  race <<END
title    A library of $assets photos in iCloud, for the first time
rounds   1
runner   keepsake
prepare  $(sign_in) && $(forget_calls)
command  $keepsake_here && exec $keepsake backup
runner   icloudpd
setup    $(sign_in_icloudpd)
prepare  $(note_calls keepsake) && $(forget_calls)
command  $icloudpd_here exec $icloudpd --directory pd-photos
END
  note_calls icloudpd | sh
  asked
  race <<END
title    The same when nothing changed
rounds   1
runner   keepsake
prepare  $(forget_calls)
command  $keepsake_here && exec $keepsake backup
runner   icloudpd
prepare  $(note_calls keepsake) && $(forget_calls)
command  $icloudpd_here exec $icloudpd --directory pd-photos
END
  note_calls icloudpd | sh
  asked
}

# shellcheck disable=SC2016 # expanded where the line runs
at_the_door='curl -sS --fail --cacert cloud/ca.pem -H "X-Simulate-Token: $(cat cloud/control-token)"'
forget_calls() { echo "$at_the_door -d '{\"clear\":true}' https://localhost/simulate/calls >/dev/null"; }
note_calls() { echo "$at_the_door -d '{}' https://localhost/simulate/calls >$1.calls"; }

# What each asked for, from the counts of the simulator.
asked() {
  echo '| | questions | downloads |'
  echo '|---|---:|---:|'
  for runner in keepsake icloudpd; do
    tr ',{}' '\n' <"$runner.calls" | awk -F: -v runner="$runner" '
      $1 == "\"download\"" { downloads = $2; next }
      $2 ~ /^[0-9]+$/ && $1 !~ /codes/ { questions += $2 }
      END { printf "| %s | %d | %d |\n", runner, questions, downloads }'
  done
  echo
}

race() { "$programs/keepsake-race" "$log" || missed=1; }

missed=0
if [ "$1" = --inside ]; then
  shift
  inside "$@"
else
  outside "$@"
fi
exit "$missed"
