#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Keepsake against cp, rclone, restic and borg, or over libraries of two sizes. Prints Markdown for
# docs/benchmarks.md; exits 1 when a target is missed.
set -eu
cd "$(dirname "$0")/../.."

usage() {
  cat <<'END'
./do bench [--photos-files N] [--large-files N] [--small-files N] [--rounds N] [RACE...]
./do bench --scale N
./do bench --icloud N [--rounds N]
./do bench --servers N [--rounds N]
    --photos-files N   phone-sized files to copy and verify (200, about 1.2 GB)
    --large-files N    phone-sized files for the vault (800, about 4.7 GB)
    --small-files N    files of 4 KiB for the runs with few or no changes (100000)
    --rounds N         rounds of each race (5)
    --scale N          instead of all this: the program over N photos of 4 KiB and over a tenth of them, such as 1000000.
                       First backups that are there from an earlier time are not made again.
    --icloud N         instead of all this: the program against icloudpd over a simulated iCloud of N photos, such as 100000,
                       and over links of 1000 and 100 Mbit/s
    --servers N        instead of all this: first backups of N phone-sized files to servers on this machine, beside restic and
                       rclone copy to the same ones, such as 100
races: copy, verify and no-change in a folder; vault-copy, vault-no-change, vault-add, vault-packs, vault-verify and
       vault-restore. Without a name all of them, in less than half an hour on a quiet machine; the folder for the
       work then needs about 30 GB.
KEEPSAKE_BENCH_DIR     where the libraries and copies lie (build/bench-work)
END
}

all_races='copy verify no-change vault-copy vault-no-change vault-add vault-packs vault-verify vault-restore'
photos_files=200
large_files=800
small_files=100000
rounds=5
scale_assets=
icloud_assets=
server_files=
races=
while [ $# -gt 0 ]; do
  case $1 in
    --photos-files) photos_files=$2 && shift ;;
    --large-files) large_files=$2 && shift ;;
    --small-files) small_files=$2 && shift ;;
    --rounds) rounds=$2 && shift ;;
    --scale) scale_assets=$2 && races=scale && shift ;;
    --icloud) icloud_assets=$2 && races=icloud && shift ;;
    --servers) server_files=$2 && races=servers && shift ;;
    --help) usage && exit ;;
    *)
      case " $all_races " in
        *" $1 "*) races="$races $1" ;;
        *) usage >&2 && exit 2 ;;
      esac
      ;;
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
export KEEPSAKE_PASSWORD=bench RESTIC_PASSWORD=bench BORG_PASSPHRASE=bench BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
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

# library NAME KIND FILES: made anew only when it has another size
library() {
  if [ "$(cat "$work/$1.files" 2>/dev/null)" != "$3" ]; then
    rm -rf "${work:?}/$1" "$work/$1.files"
    "$programs/keepsake-pictures" "$2" "$work/$1" --files "$3" >&2
    echo "$3" >"$work/$1.files"
  fi
  find "$work/$1" -type f -exec cat {} + >/dev/null # into the page cache
}

bytes_of() { find "$1" -type f -printf '%s\n' | awk '{sum += $1} END {printf "%.0f\n", sum}'; }

# A fresh home with the library as source and a fresh folder as destination.
fresh_home() {
  echo "rm -rf $work/home $work/tree && export KEEPSAKE_HOME=$work/home &&" \
    "$keepsake source add pics folder $1 && $keepsake destination add disk folder $work/tree"
}

# The same with a fresh vault.
fresh_vault() {
  echo "rm -rf $work/home $work/vault && export KEEPSAKE_HOME=$work/home &&" \
    "$keepsake source add pics folder $1 && $keepsake destination add safe vault $work/vault"
}
fresh_restic() { echo "rm -rf $work/restic && restic init -r $work/restic"; }
fresh_borg() { echo "rm -rf $work/borg && borg init -e repokey $work/borg"; }

# What it costs to open a vault from its password, and little else.
vault_key="KEEPSAKE_HOME=$work/home exec $keepsake snapshots safe"
restic_key="exec restic cat config -r $work/restic"

race() { "$programs/keepsake-race" "$log" || missed=1; }

copy() {
  library photos photos "$photos_files"
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
  library photos photos "$photos_files"
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
  library small small "$small_files"
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
setup    $(fresh_restic) && restic backup -r $work/restic $work/small
command  exec restic backup -r $work/restic $work/small
runner   borg
setup    $(fresh_borg) && borg create $work/borg::first $work/small
prepare  borg delete $work/borg::again || true
command  exec borg create $work/borg::again $work/small
at-least P4 cpu 10 restic
at-least P4 cpu 10 borg
at-least P5 memory 3 restic
END
}

vault_copy() {
  library large photos "$large_files"
  race <<END
title    First backup of a photo library into a vault
rounds   $rounds
bytes    $(bytes_of "$work/large")
runner   keepsake
prepare  $(fresh_vault "$work/large")
command  KEEPSAKE_HOME=$work/home exec $keepsake backup
key      $vault_key
runner   restic
prepare  $(fresh_restic)
command  exec restic backup -r $work/restic $work/large
key      $restic_key
runner   borg
prepare  $(fresh_borg)
command  exec borg create -C lz4 $work/borg::first $work/large
at-least P1 cpu-without-key 3 restic
at-least P1 cpu 1.5 borg
at-least P2 wall 2.5 restic
at-least P3 memory 3 restic
END
}

vault_no_change() {
  library small small "$small_files"
  race <<END
title    A run over $small_files files in a vault when nothing changed
rounds   $rounds
runner   keepsake
setup    $(fresh_vault "$work/small") && $keepsake backup
command  KEEPSAKE_HOME=$work/home exec $keepsake backup
runner   restic
setup    $(fresh_restic) && restic backup -r $work/restic $work/small
command  exec restic backup -r $work/restic $work/small
runner   borg
setup    $(fresh_borg) && borg create $work/borg::first $work/small
prepare  borg delete $work/borg::again || true
command  exec borg create $work/borg::again $work/small
at-least P4 cpu 10 restic
at-least P4 cpu 10 borg
at-least P5 memory 3 restic
END
}

# Before each round one file comes to every hundred of the beginning; all runners meet the same ones.
vault_add() {
  library small small "$small_files"
  race <<END
title    A run over $small_files files and 1 % new ones in a vault
rounds   $rounds
runner   keepsake
setup    rm -rf $work/grown && cp -rl $work/small $work/grown && $(fresh_vault "$work/grown") && $keepsake backup
prepare  $programs/keepsake-pictures small $work/grown --add $((small_files / 100))
command  KEEPSAKE_HOME=$work/home exec $keepsake backup
key      $vault_key
runner   restic
setup    $(fresh_restic) && restic backup -r $work/restic $work/grown
command  exec restic backup -r $work/restic $work/grown
key      $restic_key
runner   borg
setup    $(fresh_borg) && borg create $work/borg::first $work/grown
prepare  borg delete $work/borg::again || true
command  exec borg create $work/borg::again $work/grown
at-least P6 cpu-without-key 6 restic
END
}

# From here on restic works on Keepsake's own vault: the same packs for both.
restic_on_vault="restic --no-cache -r $work/vault"

vault_packs() {
  library large photos "$large_files"
  race <<END
title    Summing up every pack of a vault
rounds   $rounds
bytes    $(bytes_of "$work/large")
runner   keepsake
setup    $(fresh_vault "$work/large") && $keepsake backup
command  KEEPSAKE_HOME=$work/home exec $keepsake verify safe --read packs
runner   restic
command  exec $restic_on_vault check --read-data
at-least P7 cpu 4 restic
END
}

vault_verify() {
  library large photos "$large_files"
  race <<END
title    Decrypting and summing up every blob of a vault
rounds   $rounds
bytes    $(bytes_of "$work/large")
runner   keepsake
setup    $(fresh_vault "$work/large") && $keepsake backup
command  KEEPSAKE_HOME=$work/home exec $keepsake verify safe --read all
key      $vault_key
runner   restic
command  exec $restic_on_vault check --read-data
key      exec $restic_on_vault cat config
at-least P8 cpu-without-key 1.7 restic
END
}

vault_restore() {
  library large photos "$large_files"
  race <<END
title    Restoring a photo library from a vault
rounds   $rounds
bytes    $(bytes_of "$work/large")
runner   keepsake
setup    $(fresh_vault "$work/large") && $keepsake backup
prepare  rm -rf $work/restored && mkdir $work/restored
command  KEEPSAKE_HOME=$work/home exec $keepsake restore --from safe --to $work/restored
key      $vault_key
runner   restic
prepare  rm -rf $work/restored && mkdir $work/restored
command  exec $restic_on_vault restore latest --target $work/restored
key      exec $restic_on_vault cat config
runner   borg
setup    $(fresh_borg) && borg create -C lz4 $work/borg::first $work/large
prepare  rm -rf $work/restored && mkdir $work/restored
command  cd $work/restored && exec borg extract $work/borg::first
at-least P9 cpu-without-key 2 restic
END
}

servers() {
  tools/bench/servers.sh races "$rounds" "$server_files" "$work" "$programs" >"$work/races"
  # shellcheck source=/dev/null # written a moment ago
  . "$work/servers/variables"
  awk -v RS= -v to="$work/race." '{ print > (to NR) }' "$work/races"
  for one in "$work"/race.*; do race <"$one"; done
  rm -f "$work"/race.* "$work/races"
  tools/bench/servers.sh stop "$work"
}

missed=0
machine
for race in ${races:-$all_races}; do
  case $race in
    copy) copy ;;
    verify) verify ;;
    no-change) no_change ;;
    vault-copy) vault_copy ;;
    vault-no-change) vault_no_change ;;
    vault-add) vault_add ;;
    vault-packs) vault_packs ;;
    vault-verify) vault_verify ;;
    vault-restore) vault_restore ;;
    scale) tools/bench/scale.sh "$scale_assets" "$work" "$programs" "$log" || missed=1 ;;
    servers) servers ;;
    icloud) tools/bench/icloud.sh "$icloud_assets" "$rounds" "$work" "$programs" "$log" || missed=1 ;;
  esac
done
(cd "$work" && rm -rf home tree vault cp rclone restic borg grown restored)
exit "$missed"
