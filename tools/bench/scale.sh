#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a library of many small photos costs, beside one of a tenth of it. Run by run.sh.
#
#   tools/bench/scale.sh PHOTOS WORK PROGRAMS LOG
set -eu

many=$1
few=$((many / 10))
work=$2
programs=$3
log=$4
keepsake=$programs/keepsake

# Where a library of a size lies, and all that is made of it. The lines below run where $assets is set.
# shellcheck disable=SC2016
place="$work/scale-"'$assets'

# What is kept in a folder and what in a vault have each their own home.
home_of() { echo "$place/home-$1"; }

# first KIND: a first backup, unless an earlier measurement left one
first() {
  [ ! -d "$work/scale-$many/home-$1" ] || return 0
  cat <<END
work     first backup into a $1
rounds   1
prepare  rm -rf $(home_of "$1") $place/$1 && export KEEPSAKE_HOME=$(home_of "$1") && $keepsake source add pics folder $place/photos && $keepsake destination add safe $1 $place/$1
command  KEEPSAKE_HOME=$(home_of "$1") exec $keepsake backup
END
}

# ask KIND NAME ARGUMENTS
ask() {
  echo "work     $2"
  echo "command  KEEPSAKE_HOME=$(home_of "$1") exec $keepsake $3"
}

# Ten photos come, ten others change and ten go, each in a month of its own.
change() {
  cat <<END
prepare  cd $place/photos && now=\$(date +%s%N) && for month in 2020-0[1-9] 2020-10; do set -- \$month/*; { cat \$1; echo \$now; } >\$month/new-\$now.JPG; echo \$now >>\$2; rm \$3; done
END
}

# runs KIND: runs with few or no changes, checking, restoring
runs() {
  ask "$1" "$1: no change" backup
  echo "prepare  KEEPSAKE_HOME=$(home_of "$1") exec $keepsake backup"
  ask "$1" "$1: 10 new, 10 changed, 10 gone" backup
  change
  ask "$1" "$1: verify by size" 'verify --read none'
  ask "$1" "$1: restore ten" "restore 'name:IMG_00000*' --from safe --to $place/restored"
  echo "prepare  rm -rf $place/restored"
  ask "$1" "$1: rebuild the catalog" 'catalog rebuild'
  echo 'rounds   1'
}

for assets in "$few" "$many"; do
  mkdir -p "$work/scale-$assets"
  [ -d "$work/scale-$assets/photos" ] || "$programs/keepsake-pictures" small "$work/scale-$assets/photos" --files "$assets" >&2
done
"$programs/keepsake-growth" "$log" <<END
title    $many photos beside $few
small    $few
large    $many
rounds   3
$(first folder)
$(first vault)
$(ask folder 'status' status)
$(ask folder 'explain one photo' 'explain IMG_000077.JPG')
$(ask folder 'find one photo' 'find name:IMG_000077.JPG')
$(ask folder 'find everything, as JSON' 'find --json')
$(runs folder)
$(runs vault)
END
