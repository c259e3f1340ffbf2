#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Keepsake against cp, rclone, restic and borg. Prints Markdown for docs/benchmarks.md; exits 1 when a target is missed.
set -eu
cd "$(dirname "$0")/../.."

usage() {
  cat <<'END'
./do bench [--photos-files N] [--small-files N] [--rounds N] [copy] [verify] [no-change]
    --photos-files N   phone-sized files to copy and verify (200, about 1 GB)
    --small-files N    files of 4 KiB for the run without changes (100000)
    --rounds N         rounds of each race (5)
KEEPSAKE_BENCH_DIR     where the libraries and copies lie (build/bench-work)
END
}

photos_files=200
small_files=100000
rounds=5
races=
while [ $# -gt 0 ]; do
  case $1 in
    --photos-files) photos_files=$2 && shift ;;
    --small-files) small_files=$2 && shift ;;
    --rounds) rounds=$2 && shift ;;
    copy | verify | no-change) races="$races $1" ;;
    --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

# The commands of a race run from anywhere, so every path is whole. Blanks in them would need quotes everywhere.
work=${KEEPSAKE_BENCH_DIR:-build/bench-work}
mkdir -p "$work"
work=$(cd "$work" && pwd)
case $work in *[!A-Za-z0-9/._-]*) echo "the work folder's path has odd characters: $work" >&2 && exit 2 ;; esac
programs=$PWD/build/bench
keepsake=$programs/keepsake
log=$work/log
: >"$log"

# The peers keep their own state below the work folder and ask nothing.
export HOME="$work/peers" RCLONE_CONFIG="$work/peers/rclone.conf"
export RESTIC_PASSWORD=bench BORG_PASSPHRASE=bench BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
mkdir -p "$HOME"
: >"$RCLONE_CONFIG"

machine() {
  echo '# Benchmarks'
  echo
  echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores," \
    "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo | awk '{printf "%.0f GiB", $1 / 1048576}')," \
    "Linux $(uname -r), $(df --output=fstype "$work" | tail -n 1), files in the page cache."
  echo "Programs: $("$keepsake" version 2>/dev/null || echo 'keepsake (not built)')," \
    "$(cp --version | head -n 1), $(rclone version | head -n 1), $(restic version | cut -d' ' -f1,2), $(borg --version)."
  echo
}

# library KIND FILES: made anew only when it has another size
library() {
  if [ "$(cat "$work/$1.files" 2>/dev/null)" != "$2" ]; then
    rm -rf "${work:?}/$1" "$work/$1.files"
    "$programs/keepsake-pictures" "$1" "$work/$1" --files "$2" >&2
    echo "$2" >"$work/$1.files"
  fi
  find "$work/$1" -type f -exec cat {} + >/dev/null # into the page cache
}

bytes_of() { find "$1" -type f -printf '%s\n' | awk '{sum += $1} END {printf "%.0f\n", sum}'; }

# A fresh home with the library as source and a fresh folder as destination.
fresh_home() {
  echo "rm -rf $work/home $work/tree && export KEEPSAKE_HOME=$work/home &&" \
    "$keepsake source add pics folder $1 && $keepsake destination add disk folder $work/tree"
}

race() { "$programs/keepsake-race" "$log" || missed=1; }

copy() {
  library photos "$photos_files"
  race <<END
title    First backup of a photo library into a folder
rounds   $rounds
bytes    $(bytes_of "$work/photos")
runner   keepsake
prepare  $(fresh_home "$work/photos")
command  KEEPSAKE_HOME=$work/home exec $keepsake backup
runner   cp
prepare  rm -rf $work/cp
command  exec cp -r $work/photos $work/cp
runner   rclone
prepare  rm -rf $work/rclone
command  exec rclone copy $work/photos $work/rclone
at-least P10 cpu 3 rclone
at-most  P10 cpu 3 cp
END
}

verify() {
  library photos "$photos_files"
  race <<END
title    Reading a copy back and comparing it
rounds   $rounds
bytes    $(bytes_of "$work/photos")
runner   keepsake
setup    $(fresh_home "$work/photos") && $keepsake backup
command  KEEPSAKE_HOME=$work/home exec $keepsake verify
runner   rclone
setup    rm -rf $work/rclone && rclone copy $work/photos $work/rclone
command  exec rclone check $work/photos $work/rclone
at-least P11 cpu 4 rclone
END
}

no_change() {
  library small "$small_files"
  race <<END
title    A run over $small_files files when nothing changed
rounds   $rounds
runner   keepsake
setup    $(fresh_home "$work/small") && $keepsake backup
command  KEEPSAKE_HOME=$work/home exec $keepsake backup
runner   rclone
setup    rm -rf $work/rclone && rclone copy $work/small $work/rclone
command  exec rclone copy $work/small $work/rclone
runner   restic
setup    rm -rf $work/restic && restic init -r $work/restic && restic backup -r $work/restic $work/small
command  exec restic backup -r $work/restic $work/small
runner   borg
setup    rm -rf $work/borg && borg init -e repokey $work/borg && borg create $work/borg::first $work/small
prepare  borg delete $work/borg::again || true
command  exec borg create $work/borg::again $work/small
at-least P4 cpu 10 restic
at-least P4 cpu 10 borg
at-least P5 memory 3 restic
END
}

missed=0
machine
for race in ${races:-copy verify no-change}; do
  case $race in
    copy) copy ;;
    verify) verify ;;
    no-change) no_change ;;
  esac
done
(cd "$work" && rm -rf home tree cp rclone restic borg)
exit "$missed"
