#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo: a small library of real pictures in a simulated iCloud is backed up to two folder trees and an encrypted vault, hurt,
# healed, and brought back. Every claim is checked with tools that are not ours: cmp, sha256sum, and restic where it is
# installed. Nothing leaves this machine; curl tells the simulated iCloud that its owner deletes a photo.
#
#   tools/demo.sh BIN DIR     BIN holds keepsake and keepsake-pictures; DIR is made anew
set -eu
command -v curl >/dev/null || { echo "the demo needs curl" >&2 && exit 1; }
program=$1/keepsake
pictures=$1/keepsake-pictures
rm -rf "$2"
mkdir -p "$2"
demo=$(cd "$2" && pwd)
export KEEPSAKE_HOME="$demo/home"
library=$demo/Pictures
cloud=$demo/Cloud
trees="$demo/Computer $demo/Drive"
vault=$demo/Vault
export KEEPSAKE_PASSWORD_VAULT='only for the demo'
export KEEPSAKE_APPLE_PASSWORD='correct horse'
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

# start_cloud: iCloud Photos on this machine, at a free port, with the library in it, until the demo ends
start_cloud() {
  "$program" --json simulate icloud --listen 127.0.0.1:0 --state "$cloud" --photos "$library" >"$demo/cloud-said" 2>&1 &
  simulator=$!
  trap 'kill "$simulator" 2>/dev/null || true' EXIT
  trap 'exit 130' INT TERM
  left=600
  until [ -s "$demo/cloud-said" ]; do
    left=$((left - 1))
    if [ "$left" -eq 0 ] || ! kill -0 "$simulator" 2>/dev/null; then
      cat "$demo/cloud-said" >&2 && echo "the demo failed: the simulated iCloud does not start" >&2 && exit 1
    fi
    sleep 0.1
  done
  url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' "$demo/cloud-said")
  export KEEPSAKE_ICLOUD_IDMS_URL="$url" KEEPSAKE_ICLOUD_SETUP_URL="$url" KEEPSAKE_CA_FILE="$cloud/ca.pem"
}

# in_cloud WORD [BODY]: says something at the simulated iCloud's door for tests, and prints its answer
in_cloud() {
  curl --silent --show-error --fail --noproxy '*' --cacert "$cloud/ca.pem" --header "X-Simulate-Token: $(cat "$cloud/control-token")" \
    --data "${2:-{\}}" "$url/simulate/$1"
}

# downloads: how many files were downloaded from there so far
downloads() { in_cloud calls | sed -n 's/.*"download":\([0-9]*\).*/\1/p'; }

check_sums() { for tree in $trees; do (cd "$tree" && sha256sum --check --quiet .keepsake/SHA256SUMS); done; }

tell "1. An iPhone's library in iCloud: photos from three journeys, Live Photos, an edit, RAW files, copies, odd names.
   This iCloud is a simulated one on this machine, so no account is needed and nothing goes to Apple."
"$pictures" demo "$library" >"$demo/made"
# There is no photo with nothing in it in iCloud.
rm "$library/Broken/empty.jpg" "$library/Broken/zeros.heic"
start_cloud
echo "    $(in_cloud files | grep -o '"asset":' | wc -l) photos and videos are in it"

tell "2. Three places to keep it: two folder trees, and a vault that nobody can read without its password."
keepsake destination add computer folder "$demo/Computer"
keepsake destination add drive folder "$demo/Drive" --sidecars xmp
keepsake destination add vault vault "$vault"

tell "3. Signing in: the password, then the code that the phone shows. From now on backups need nobody."
keepsake source add phone icloud --account jane@example.com
ends 21 source sign-in phone
keepsake source sign-in phone --code 123456

tell "4. The first backup: each file is downloaded once, checked against Apple's own checksum, and written to all three."
ends 0 backup
fetched=$(downloads)
echo "    iCloud was asked for $fetched files"

tell "5. Is it all there? sha256sum, which knows nothing of keepsake, checks every file of both trees,
   and every picture that was put into iCloud is looked for in each."
check_sums
digests "$library" >"$demo/library-digests"
# What is no picture did not go into iCloud.
for file in "$library/notes.txt" "$library/Scans/wedding.jpg.xmp" "$library/DCIM/100APPLE/IMG_0010.AAE"; do
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

tell "6. A second backup asks iCloud what changed, downloads nothing, writes nothing, and needs no vault password."
ends 0 backup
[ "$(downloads)" -eq "$fetched" ] || { echo "the demo failed: files were downloaded again" >&2 && exit 1; }
ends 0 snapshots vault

tell "7. Now things go wrong. A photo is deleted in iCloud, for good; in the drive's tree one file rots
   (a byte changes, its size and date stay) and another is lost; in the vault a pack of photos rots too."
lost=$("$program" --json find name:IMG_0001.HEIC 'album:"2024 Kyoto"' | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
in_cloud act "{\"do\":\"purge\",\"asset\":\"$lost\"}" >"$demo/act-said"
rotten=$(find "$demo/Drive/Photos" -name 'IMG_0042.HEIC')
touch -r "$rotten" "$demo/its-time"
printf 'x' | dd of="$rotten" bs=1 seek=9000 conv=notrunc status=none
touch -r "$demo/its-time" "$rotten"
rm "$(find "$demo/Drive/Photos" -name 'IMG_0044.MOV')"
echo "    deleted in iCloud: IMG_0001.HEIC of the album 2024 Kyoto"
echo "    hurt in the drive's tree: IMG_0042.HEIC, IMG_0044.MOV"
pack=$(find "$vault/data" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
chmod u+w "$pack"
printf 'x' | dd of="$pack" bs=1 seek=100000 conv=notrunc status=none
echo "    hurt in the vault: pack $(basename "$pack" | cut -c1-8)…, $(stat -c %s "$pack") bytes"

tell "8. Keepsake reads everything back and names what is wrong."
ends 25 verify

tell "9. It heals the drive and the vault from iCloud or another place, whichever still has the right bytes."
ends 0 verify --repair
check_sums
echo "    sha256sum agrees: every file of both trees is whole again"
check_vault

tell "10. The deleted photo is marked as gone, and is safe: each place holds it, and it was read back from each."
ends 0 backup
keepsake find is:gone
keepsake explain "$lost"

tell "11. Everything is restored into a new folder: what iCloud has now, and what is gone."
ends 0 restore --from drive --to "$demo/Restored"
ends 0 restore is:gone --from drive --to "$demo/Restored"
digests "$demo/Restored" >"$demo/restored"
missing=$(comm -23 "$demo/expected" "$demo/restored" | wc -l)
[ "$missing" -eq 0 ] || { echo "the demo failed: $missing pictures were not restored" >&2 && exit 1; }
cmp "$library/2024 Kyoto/IMG_0001.HEIC" "$(find "$demo/Restored" -path '*2024-05*' -name 'IMG_0001*.HEIC' | head -n 1)"
for file in "$demo"/Restored/Photos/*/*/*; do
  kept=$demo/Drive/${file#"$demo/Restored/"}
  cmp -s "$file" "$kept" || { echo "the demo failed: $file differs" >&2 && exit 1; }
  [ -z "$(find "$file" -newer "$kept")$(find "$kept" -newer "$file")" ] || { echo "the demo failed: another time on $file" >&2 && exit 1; }
done
echo "    $(find "$demo/Restored" -type f | wc -l) files compared byte by byte and by their times: all equal, the deleted one too"

tell "12. The vault gives back the same, with keepsake or without it."
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

tell "13. The ledger itself can be lost: it is made anew from the places' own records, without a download."
rm "$KEEPSAKE_HOME"/catalog.db*
fetched=$(downloads)
keepsake catalog rebuild
ends 0 backup
[ "$(downloads)" -eq "$fetched" ] || { echo "the demo failed: files were downloaded again" >&2 && exit 1; }
keepsake status

tell "Nothing was lost: $(wc -l <"$demo/expected") different files, three places, one deletion, three damages, all accounted for.
Look at it: $demo"
