#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo: a small library of real pictures is backed up to two folder trees and an encrypted vault, hurt, healed, and
# brought back. Every claim is checked with tools that are not ours: cmp, sha256sum, and restic where it is installed.
#
#   tools/demo.sh BIN DIR     BIN holds keepsake and keepsake-pictures; DIR is made anew
set -eu
program=$1/keepsake
pictures=$1/keepsake-pictures
rm -rf "$2"
mkdir -p "$2"
demo=$(cd "$2" && pwd)
export KEEPSAKE_HOME="$demo/home"
library=$demo/Pictures
trees="$demo/Computer $demo/Drive"
vault=$demo/Vault
export KEEPSAKE_PASSWORD_VAULT='only for the demo'
restic() { RESTIC_PASSWORD=$KEEPSAKE_PASSWORD_VAULT command restic --quiet --no-cache --repo "$vault" "$@"; }
judge() { command -v restic >/dev/null; }

tell() { printf '\n%s\n' "$*"; }
keepsake() { printf '  $ keepsake %s\n' "$*" && "$program" --no-progress "$@" | sed 's/^/    /'; }

# ends CODE VERB…: the verb must end with that code
ends() {
  expected=$1
  shift
  printf '  $ keepsake %s\n' "$*"
  code=0
  "$program" --no-progress "$@" >"$demo/said" 2>&1 || code=$?
  sed 's/^/    /' "$demo/said"
  [ "$code" -eq "$expected" ] || { echo "the demo failed: exit code $code instead of $expected" >&2 && exit 1; }
}

# digests FOLDER: the SHA-256 of each file in it but keepsake's own
digests() { find "$1" -name .keepsake -prune -o -type f -exec sha256sum {} + | sed 's/^\\//' | cut -c1-64 | sort -u; }

check_vault() {
  if ! judge; then
    echo "    (restic is not installed, so nobody but keepsake checks the vault)"
    return
  fi
  restic check --read-data >"$demo/restic-said" 2>&1 || { cat "$demo/restic-said" >&2 && echo "the demo failed: restic finds the vault damaged" >&2 && exit 1; }
  echo "    restic, which knows nothing of keepsake, read every byte of the vault and found no error"
}

check_sums() { for tree in $trees; do (cd "$tree" && sha256sum --check --quiet .keepsake/SHA256SUMS); done; }

tell "1. A library of pictures: photos from three journeys, Live Photos, an edit, RAW files, copies, odd names."
"$pictures" demo "$library" >"$demo/made"
sed 's/^/    /' "$demo/made" | tail -n 1

tell "2. Three places to keep it: two folder trees, and a vault that nobody can read without its password.
   The source is only ever read."
keepsake source add pictures folder "$library"
keepsake destination add computer folder "$demo/Computer"
keepsake destination add drive folder "$demo/Drive" --sidecars xmp
keepsake destination add vault vault "$vault"

tell "3. The first backup: each file is read once and written to all three. Two files of the library hold nothing
   (one is empty, one is all zeros): they cannot be safe, so they are named and the exit code is 3."
ends 3 backup

tell "4. Is it all there? sha256sum, which knows nothing of keepsake, checks every file of both trees,
   and every picture of the library is looked for in each."
check_sums
digests "$library" >"$demo/library-digests"
# What is not a photo, and the two files with nothing in them, are not expected.
for file in "$library/notes.txt" "$library/Broken/empty.jpg" "$library/Broken/zeros.heic"; do
  sha256sum "$file" | cut -c1-64
done | sort >"$demo/not-expected"
comm -23 "$demo/library-digests" "$demo/not-expected" >"$demo/expected"
for tree in $trees; do
  digests "$tree" >"$demo/kept"
  missing=$(comm -23 "$demo/expected" "$demo/kept" | wc -l)
  [ "$missing" -eq 0 ] || { echo "the demo failed: $missing pictures are not in $tree" >&2 && exit 1; }
  echo "    ${tree##*/}: all $(wc -l <"$demo/expected") different files of the library are there, and all sums are right"
done
check_vault

tell "5. A second backup finds nothing to do: it reads no picture, writes nothing, and needs no password."
ends 3 backup
ends 0 snapshots vault

tell "6. Now things go wrong. A photo is deleted from the library; in the drive's tree one file rots
   (a byte changes, its size and date stay) and another is lost; in the vault a pack of photos rots too."
lost="$library/2024 Kyoto/IMG_0001.HEIC"
cp -p "$lost" "$demo/lost.HEIC"
rm "$lost"
rotten=$(find "$demo/Drive/Photos" -name 'IMG_0042.HEIC')
touch -r "$rotten" "$demo/its-time"
printf 'x' | dd of="$rotten" bs=1 seek=9000 conv=notrunc status=none
touch -r "$demo/its-time" "$rotten"
rm "$(find "$demo/Drive/Photos" -name 'IMG_0044.MOV')"
echo "    deleted from the library: 2024 Kyoto/IMG_0001.HEIC"
echo "    hurt in the drive's tree: IMG_0042.HEIC, IMG_0044.MOV"
pack=$(find "$vault/data" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
chmod u+w "$pack"
printf 'x' | dd of="$pack" bs=1 seek=100000 conv=notrunc status=none
echo "    hurt in the vault: pack $(basename "$pack" | cut -c1-8)…, $(stat -c %s "$pack") bytes"

tell "7. Keepsake reads everything back and names what is wrong."
ends 25 verify

tell "8. It heals the drive and the vault from the library or another place, whichever still has the right bytes."
ends 0 verify --repair
check_sums
echo "    sha256sum agrees: every file of both trees is whole again"
check_vault

tell "9. The deleted photo is marked as gone, and kept."
ends 3 backup
keepsake find is:gone

tell "10. Everything is restored into a new folder: what the library has now, and what is gone."
ends 0 restore --from drive --to "$demo/Restored"
ends 0 restore is:gone --from drive --to "$demo/Restored"
digests "$demo/Restored" >"$demo/restored"
missing=$(comm -23 "$demo/expected" "$demo/restored" | wc -l)
[ "$missing" -eq 0 ] || { echo "the demo failed: $missing pictures were not restored" >&2 && exit 1; }
cmp "$demo/lost.HEIC" "$(find "$demo/Restored" -path '*2024-05*' -name 'IMG_0001*.HEIC' | head -n 1)"
for file in "$demo"/Restored/Photos/*/*/*; do
  kept=$demo/Drive/${file#"$demo/Restored/"}
  cmp -s "$file" "$kept" || { echo "the demo failed: $file differs" >&2 && exit 1; }
  [ -z "$(find "$file" -newer "$kept")$(find "$kept" -newer "$file")" ] || { echo "the demo failed: another time on $file" >&2 && exit 1; }
done
echo "    $(find "$demo/Restored" -type f | wc -l) files compared byte by byte and by their times: all equal, the deleted one too"

tell "11. The vault gives back the same, with keepsake or without it."
ends 0 restore --from vault --to "$demo/FromVault"
ends 0 restore is:gone --from vault --to "$demo/FromVault"
diff -r "$demo/Restored" "$demo/FromVault" || { echo "the demo failed: the vault restores something else" >&2 && exit 1; }
echo "    restored from the vault: the same $(find "$demo/FromVault" -type f | wc -l) files, byte for byte"
if judge; then
  restic restore latest --target "$demo/ByRestic"
  digests "$demo/ByRestic/photos" >"$demo/by-restic"
  missing=$(comm -23 "$demo/expected" "$demo/by-restic" | wc -l)
  [ "$missing" -eq 0 ] || { echo "the demo failed: restic restored $missing pictures less" >&2 && exit 1; }
  echo "    restored by restic alone: all $(wc -l <"$demo/expected") different files, the deleted one too"
fi

tell "12. The ledger itself can be lost: it is made anew from the places' own records, without reading a photo."
rm "$KEEPSAKE_HOME"/catalog.db*
keepsake catalog rebuild
ends 3 backup
keepsake status

tell "Nothing was lost: $(wc -l <"$demo/expected") different files, three places, one deletion, three damages, all accounted for.
Look at it: $demo"
