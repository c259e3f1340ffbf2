#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Real servers that speak S3, on this machine alone: Ceph's gateway over one monitor and one OSD in memory, and OpenStack Swift
# with its S3 layer. Each that runs leaves a file in DIR, `ceph` or `swift`, with its address and keys; one that cannot run here is
# named, with the reason, and left out. What they keep is gone when they stop.
#
#   tests/servers/s3.sh start DIR     DIR is made anew
#   tests/servers/s3.sh stop DIR
set -eu

key=contractkey000000001
secret=contractsecret0000000000000000000000001

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

answers() { curl --fail --silent --output /dev/null "$1"; }

has_all() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "SKIPPED: there is no $program" && return 1; }
  done
}

# tell NAME ENDPOINT KEY SECRET REGION
tell() {
  printf 'S3_ENDPOINT=%s\nS3_ACCESS_KEY=%s\nS3_SECRET_KEY=%s\nS3_REGION=%s\n' "$2" "$3" "$4" "$5" >"$folder/$1"
}

# ---- Ceph ---------------------------------------------------------------------------------------

start_ceph() {
  has_all ceph ceph-mon ceph-osd ceph-authtool monmaptool radosgw radosgw-admin curl python3 || return 0
  at=$folder/at-ceph
  mkdir -p "$at/mon" "$at/osd" "$at/run" "$at/log"
  port=$(free_port)
  monitor=$(free_port)
  cluster=$(cat /proc/sys/kernel/random/uuid)
  disk=$(cat /proc/sys/kernel/random/uuid)
  cat >"$at/ceph.conf" <<END
[global]
fsid = $cluster
mon_host = [v2:127.0.0.1:$monitor]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
keyring = $at/keyring
run_dir = $at/run
admin_socket = $at/run/\$name.asok
log_file = $at/log/\$name.log
auth_allow_insecure_global_id_reclaim = false
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_class_load_list = *
osd_class_default_list = *
[mon.a]
mon_data = $at/mon
pid_file = $at/mon.pid
[osd.0]
osd_data = $at/osd
pid_file = $at/osd.pid
[client.gateway]
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_enable_usage_log = false
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
rgw_run_sync_thread = false
rgw_num_rados_handles = 1
pid_file = $at/gateway.pid
END
  export CEPH_CONF="$at/ceph.conf" CEPH_ARGS=
  {
    monmaptool --create --clobber --fsid "$cluster" --addv a "[v2:127.0.0.1:$monitor]" "$at/monmap"
    ceph-authtool --create-keyring "$at/keyring" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$at/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
    ceph-authtool "$at/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
    ceph-authtool "$at/keyring" --gen-key -n client.gateway --cap mon 'allow rw' --cap osd 'allow rwx'
    ceph-mon --mkfs -i a --monmap "$at/monmap" --keyring "$at/keyring"
    ceph-mon -i a
    wait_for 60 ceph --connect-timeout 5 mon stat
    ceph osd new "$disk"
    ceph-osd -i 0 --mkfs --osd-uuid "$disk" --no-mon-config
    ceph-osd -i 0
    wait_for 60 sh -c 'ceph osd stat | grep -q "1 up"'
    radosgw -n client.gateway
    wait_for 120 answers "http://127.0.0.1:$port/"
    radosgw-admin -n client.gateway user create --uid=contract --display-name=Contract --access-key="$key" --secret-key="$secret"
  } >"$at/start.log" 2>&1
  tell ceph "http://127.0.0.1:$port" "$key" "$secret" default
}

# ---- Swift --------------------------------------------------------------------------------------

# swift_server KIND PORT: settings of one of the three that keep things, and its ring of one device
swift_server() {
  cat >"$at/$1-server.conf" <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $2
user = $(id -un)
swift_dir = $at
devices = $at/devices
mount_check = false
disable_fallocate = true
workers = 0
log_level = WARNING
recon_cache_path = $at/cache
[pipeline:main]
pipeline = $1-server
[app:$1-server]
use = egg:swift#$1
END
  (
    cd "$at"
    swift-ring-builder "$1.builder" create 4 1 0
    swift-ring-builder "$1.builder" add --region 1 --zone 1 --ip 127.0.0.1 --port "$2" --device one --weight 1
    swift-ring-builder "$1.builder" rebalance || [ $? -eq 1 ] # 1 is a warning
  ) >"$at/ring-$1.log" 2>&1
}

# The programs, which are Debian's Python's, look for /etc/swift/swift.conf; this one lies elsewhere.
swift_python='
import runpy, sys
import swift.common.utils as utils
path, program = sys.argv[1], sys.argv[2]
utils.SWIFT_CONF_FILE = path
try:
    import swift.common.utils.config as config
    config.SWIFT_CONF_FILE = path
except ImportError:
    pass
utils.HASH_PATH_PREFIX = utils.HASH_PATH_SUFFIX = b""
sys.argv = [program] + sys.argv[3:]
runpy.run_path("/usr/bin/" + program, run_name="__main__")
'

start_swift() {
  has_all swift-proxy-server swift-account-server swift-container-server swift-object-server swift-ring-builder curl python3 ||
    return 0
  at=$folder/at-swift
  mkdir -p "$at/devices/one" "$at/cache"
  port=$(free_port)
  printf '[swift-hash]\nswift_hash_path_suffix = contract\n[storage-policy:0]\nname = only\ndefault = yes\n' >"$at/swift.conf"
  for kind in account container object; do swift_server "$kind" "$(free_port)"; done
  cat >"$at/proxy-server.conf" <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
swift_dir = $at
workers = 0
log_level = WARNING
[pipeline:main]
pipeline = catch_errors healthcheck cache listing_formats s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_contract_tester = $secret .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
[filter:symlink]
use = egg:swift#symlink
END
  for kind in account container object proxy; do
    setsid /usr/bin/python3 -c "$swift_python" "$at/swift.conf" "swift-$kind-server" "$at/$kind-server.conf" >"$at/$kind.log" 2>&1 </dev/null &
    echo $! >"$at/$kind.pid"
  done
  wait_for 60 answers "http://127.0.0.1:$port/healthcheck"
  wait_for 60 sh -c "curl --silent http://127.0.0.1:$port/ | grep -q '<Error>'" # its S3 layer, too
  tell swift "http://127.0.0.1:$port" contract:tester "$secret" us-east-1
}

# ---- both ---------------------------------------------------------------------------------------

stop() {
  for file in "$folder"/at-*/*.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || continue
    wait_for 10 sh -c "! kill -0 $pid" || kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}

[ $# -eq 2 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
mkdir -p "$2"
folder=$(cd "$2" && pwd)
case $1 in
  start)
    stop
    mkdir -p "$folder"
    start_ceph || { echo 'SKIPPED: Ceph does not start here:' && tail -n 20 "$folder/at-ceph/start.log"; }
    start_swift || { echo 'SKIPPED: Swift does not start here:' && tail -n 20 "$folder"/at-swift/*.log; }
    ;;
  stop) stop ;;
  *) exit 2 ;;
esac
