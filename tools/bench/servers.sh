#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# First backups of phone-sized photos to servers on this machine, as a vault beside restic and as a folder tree beside rclone copy.
# Run by run.sh; prints races for it to run, in the form of the race program.
#
#   tools/bench/servers.sh races ROUNDS FILES WORK PROGRAMS     starts the servers, and prints the races, a blank line between them
#   tools/bench/servers.sh stop WORK
#
# Each round writes to a place of its own, because emptying one would take longer than filling it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sftp=/usr/lib/openssh/sftp-server

value() { sed -n "s/^$2=//p" "$1"; }

# race_to TITLE URL OPTIONS KIND PEER: PEER is the peer's command line; ROUND stands for the round's own place
race_to() {
  next="echo \$((\$(cat $work/place) + 1)) >$work/place"
  at="\$(cat $work/place)"
  printf 'title    %s\nrounds   %s\nbytes    %s\n' "$1" "$rounds" "$bytes"
  printf 'runner   keepsake\nprepare  %s && rm -rf %s/home && export KEEPSAKE_HOME=%s/home && %s source add pics folder %s/far && %s destination add far %s %s %s\n' \
    "$next" "$work" "$work" "$keepsake" "$work" "$keepsake" "$4" "$(echo "$2" | sed "s|ROUND|$at|")" "$3"
  printf 'command  KEEPSAKE_HOME=%s/home exec %s backup\n' "$work" "$keepsake"
  printf 'runner   %s\nprepare  %s' "${5%% *}" "$next"
  [ "$4" != vault ] || printf ' && %s init' "$(echo "$5" | sed "s|ROUND|$at|g")"
  printf '\ncommand  exec %s' "$(echo "$5" | sed "s|ROUND|$at|g")"
  [ "$4" != vault ] || printf ' backup %s/far' "$work"
  printf '\n\n'
}

races() {
  rounds=$1
  work=$3
  keepsake=$4/keepsake
  echo 0 >"$work/place"
  [ "$(cat "$work/far.files" 2>/dev/null)" = "$2" ] || {
    rm -rf "${work:?}/far"
    "$4/keepsake-pictures" photos "$work/far" --files "$2" >&2
    echo "$2" >"$work/far.files"
  }
  bytes=$(find "$work/far" -type f -printf '%s\n' | awk '{sum += $1} END {printf "%.0f", sum}')
  "$here/../../tests/servers/s3.sh" start "$work/servers/s3" >&2
  "$here/../../tests/servers/webdav.sh" start "$work/servers/webdav" >&2
  ceph=$work/servers/s3/ceph
  apache=$work/servers/webdav/apache
  cat >"$work/servers/variables" <<END
export AWS_ACCESS_KEY_ID=$(value "$ceph" S3_ACCESS_KEY) AWS_SECRET_ACCESS_KEY=$(value "$ceph" S3_SECRET_KEY) AWS_REGION=$(value "$ceph" S3_REGION)
export AWS_DEFAULT_REGION=$(value "$ceph" S3_REGION) KEEPSAKE_WEBDAV_PASSWORD=$(value "$apache" WEBDAV_PASSWORD)
export RCLONE_CONFIG_FAR_TYPE=s3 RCLONE_CONFIG_FAR_PROVIDER=Other RCLONE_CONFIG_FAR_ENDPOINT=$(value "$ceph" S3_ENDPOINT) RCLONE_CONFIG_FAR_ENV_AUTH=true
export RCLONE_CONFIG_DAV_TYPE=webdav RCLONE_CONFIG_DAV_VENDOR=other RCLONE_CONFIG_DAV_URL=$(value "$apache" WEBDAV_URL)
export RCLONE_CONFIG_DAV_USER=$(value "$apache" WEBDAV_USER) RCLONE_CONFIG_DAV_PASS=$(rclone obscure "$(value "$apache" WEBDAV_PASSWORD)")
unset AWS_CA_BUNDLE
END
  s3=$(value "$ceph" S3_ENDPOINT)
  dav=$(value "$apache" WEBDAV_URL)
  user=$(value "$apache" WEBDAV_USER)
  mkdir -p "$work/sftp"
  printf '#!/bin/sh\nexec %s\n' "$sftp" >"$work/ssh"
  chmod +x "$work/ssh"
  race_to 'A vault in a bucket (Ceph)' "s3:$s3/bench-ROUND/safe" '' vault "restic --no-cache -r s3:$s3/bench-ROUND/safe"
  race_to 'A vault over SFTP (OpenSSH)' "sftp://here$work/sftp/ROUND" "--ssh $work/ssh" vault \
    "restic --no-cache -o sftp.command=$sftp -r sftp:here:$work/sftp/ROUND"
  race_to 'A folder tree in a bucket (Ceph)' "s3:$s3/bench-ROUND/tree" '' folder "rclone copy $work/far far:bench-ROUND/tree"
  race_to 'A folder tree over WebDAV (Apache)' "webdav+$(echo "$dav" | sed "s|//|//$user@|")ROUND/" '' folder \
    "rclone copy $work/far dav:ROUND"
}

stop() {
  "$here/../../tests/servers/s3.sh" stop "$1/servers/s3" >&2
  "$here/../../tests/servers/webdav.sh" stop "$1/servers/webdav" >&2
  (cd "$1" && rm -rf servers sftp ssh place home)
}

"$@"
