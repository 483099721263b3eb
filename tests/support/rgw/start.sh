#!/bin/bash
# Runs in the chroot, in a folder with ceph.conf: starts a monitor, an OSD and a gateway, says so, and ends them when its input ends.
set -u
cd "$1" || exit 1
conf=$1/ceph.conf
mkdir mon osd rgw run log
pids=''
# Asked to end politely, the gateway takes 15 seconds, and an OSD without a monitor never ends.
home=$1
trap 'kill -9 $pids 2>/dev/null; wait; cd /; rm -rf "$home"' EXIT

start() {
  set -e
  ceph-authtool keyring --create-keyring --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  ceph-authtool keyring --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
  ceph-authtool keyring --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  cp keyring rgw/keyring
  monmaptool --create --clobber --fsid 11111111-2222-3333-4444-555555555556 --addv a "[v2:127.0.0.1:$2]" monmap
  ceph-mon -c "$conf" -i a --mkfs --monmap monmap --keyring keyring
  ceph-mon -c "$conf" -i a -f </dev/null >log/mon.out 2>&1 & pids=$!
  for _ in $(seq 20); do
    timeout 20 ceph -c "$conf" -k keyring osd new 22222222-2222-3333-4444-555555555556 0 </dev/null && break
    sleep 0.5
  done
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid 22222222-2222-3333-4444-555555555556 --keyring keyring
  ceph-osd -c "$conf" -i 0 -f --keyring keyring </dev/null >log/osd.out 2>&1 & pids="$pids $!"
  timeout 20 ceph -c "$conf" -k keyring osd crush add osd.0 1.0 host=localhost root=default </dev/null
  timeout 60 radosgw-admin -c "$conf" -n client.rgw -k keyring user create --uid test --display-name Test \
    --access-key "$3" --secret-key "$4" </dev/null >/dev/null
  radosgw -c "$conf" -n client.rgw -k keyring -f </dev/null >log/rgw.out 2>&1 & pids="$pids $!"
  set +e
}
start "$@" 1>&2
echo started
cat >/dev/null
