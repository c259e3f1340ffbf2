#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Real servers that speak WebDAV, on this machine alone: Apache with its mod_dav, and rclone's. Each that runs leaves a file in
# DIR, `apache` or `rclone`, with its address and login; one that cannot run here is named, with the reason, and left out. What
# they keep is gone when they stop.
#
#   tests/servers/webdav.sh start DIR     DIR is made anew
#   tests/servers/webdav.sh stop DIR
set -eu

user=contract
password=contractsecret
modules=/usr/lib/apache2/modules

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for SECONDS WORDS…: until the command succeeds
wait_for() {
  left=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}

answers() { curl --fail --silent --output /dev/null --user "$user:$password" --request PROPFIND --header 'Depth: 0' "$1"; }

# tell NAME URL
tell() { printf 'WEBDAV_URL=%s\nWEBDAV_USER=%s\nWEBDAV_PASSWORD=%s\n' "$2" "$user" "$password" >"$folder/$1"; }

# ---- Apache -------------------------------------------------------------------------------------

# Its data lies where a user of its own, whom it becomes when it is started by root, can reach it.
start_apache() {
  test -x /usr/sbin/apache2 -a -f "$modules/mod_dav_fs.so" || { echo 'SKIPPED: there is no apache2 with mod_dav' && return 0; }
  at=$(mktemp -d "${TMPDIR:-/tmp}/keepsake-apache.XXXXXX")
  echo "$at" >"$folder/apache.at"
  mkdir "$at/data" "$at/lock"
  chmod 755 "$at"
  become=
  if [ "$(id -u)" -eq 0 ]; then
    become='User www-data
Group www-data'
    chown www-data:www-data "$at/data" "$at/lock"
  fi
  printf '%s:{SHA}%s\n' "$user" "$(printf %s "$password" | openssl dgst -sha1 -binary | openssl base64)" >"$at/passwords"
  chmod 644 "$at/passwords"
  port=$(free_port)
  cat >"$at/apache.conf" <<END
ServerRoot $at
ServerName localhost
Listen 127.0.0.1:$port
PidFile $at/apache.pid
DefaultRuntimeDir $at
ErrorLog $at/error.log
LogLevel warn
$become
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authn_file_module $modules/mod_authn_file.so
LoadModule auth_basic_module $modules/mod_auth_basic.so
LoadModule setenvif_module $modules/mod_setenvif.so
LoadModule dav_module $modules/mod_dav.so
LoadModule dav_fs_module $modules/mod_dav_fs.so
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 32
DavLockDB $at/lock/db
DocumentRoot $at/data
LimitXMLRequestBody 0
LimitRequestBody 0
<Directory $at/data>
  Dav On
  AuthType Basic
  AuthName dav
  AuthUserFile $at/passwords
  Require valid-user
</Directory>
END
  /usr/sbin/apache2 -f "$at/apache.conf" -k start >"$folder/apache.log" 2>&1
  wait_for 20 answers "http://127.0.0.1:$port/"
  tell apache "http://127.0.0.1:$port/"
}

# ---- rclone -------------------------------------------------------------------------------------

start_rclone() {
  command -v rclone >/dev/null || { echo 'SKIPPED: there is no rclone' && return 0; }
  mkdir "$folder/rclone-data"
  port=$(free_port)
  setsid rclone serve webdav --config /dev/null --addr "127.0.0.1:$port" --user "$user" --pass "$password" "$folder/rclone-data" \
    >"$folder/rclone.log" 2>&1 </dev/null &
  echo $! >"$folder/rclone.pid"
  wait_for 20 answers "http://127.0.0.1:$port/"
  tell rclone "http://127.0.0.1:$port/"
}

# ---- both ---------------------------------------------------------------------------------------

stop() {
  [ ! -f "$folder/apache.at" ] || cp "$(cat "$folder/apache.at")/apache.pid" "$folder" 2>/dev/null || true
  for file in "$folder"/*.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || continue
    wait_for 10 sh -c "! kill -0 $pid" || kill -9 "$pid" 2>/dev/null || true
  done
  [ ! -f "$folder/apache.at" ] || rm -rf "$(cat "$folder/apache.at")"
  rm -rf "$folder"
}

[ $# -eq 2 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
mkdir -p "$2"
folder=$(cd "$2" && pwd)
case $1 in
  start)
    stop
    mkdir -p "$folder"
    start_apache || { echo 'SKIPPED: Apache does not start here:' && tail -n 20 "$folder/apache.log"; }
    start_rclone || { echo 'SKIPPED: rclone does not start here:' && tail -n 20 "$folder/rclone.log"; }
    ;;
  stop) stop ;;
  *) exit 2 ;;
esac
