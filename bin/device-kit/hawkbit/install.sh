#!/bin/sh
# Installs the kit for rauc-hawkbit-updater. Safe to run again: it changes only what is not in place yet.
#
#   ./install.sh                     on the device, as root
#   DESTDIR=rootfs ./install.sh      into the root file system of an image you are building
set -eu
here=$(cd "$(dirname "$0")" && pwd)
destdir=${DESTDIR:-}
destdir=${destdir%/}
conf=$destdir/etc/rauc-hawkbit-updater/config.conf
umask 022

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# An absolute link in an image would lead to files of this machine.
check_links() {
  inside=$(readlink -f "$destdir")
  for name in etc etc/rauc etc/rauc/update etc/rauc-hawkbit-updater etc/systemd etc/systemd/system usr usr/local usr/local/lib usr/local/share; do
    if [ ! -L "$destdir/$name" ]; then continue; fi
    case $(readlink -f "$destdir/$name") in
      "$inside"/*) ;;
      *) fail "/$name is a link to $(readlink "$destdir/$name"), which is not in $destdir: make it relative, or run this on the device" ;;
    esac
  done
}

# put PATH MODE: copies a file of the kit to its place.
put() {
  if [ ! -f "$destdir/$1" ] || ! cmp -s "$here/root/$1" "$destdir/$1"; then
    if [ ! -d "$destdir/${1%/*}" ]; then mkdir -p "$destdir/${1%/*}"; fi
    rm -f "$destdir/$1.new"
    (umask 077 && cp "$here/root/$1" "$destdir/$1.new")
    chmod "$2" "$destdir/$1.new"
    mv "$destdir/$1.new" "$destdir/$1"
    say "/$1: written"
  fi
}

# A configuration that is there keeps what is the board's. Of the section [client] the kit replaces who the device is and where its
# server is: the updater takes one kind of credentials, so tokens go.
change_conf() {
  new=$conf.kit-new
  rm -f "$new"
  cp -p "$conf" "$new"
  awk -v kit="$here/root/etc/rauc-hawkbit-updater/config.conf" '
    function name(line) { sub(/[ \t]*=.*/, "", line); sub(/^[ \t]*/, "", line); return line }
    BEGIN {
      replaced["auth_token"] = replaced["gateway_token"] = 1
      while ((getline line <kit) > 0)
        if (line ~ /^(hawkbit_server|ssl|ssl_verify|ssl_key|ssl_cert|target_name) = /) {
          replaced[name(line)] = 1
          lines = lines line "\n"
        }
    }
    /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[client\]/); if (inside && !done) { print; printf "%s", lines; done = 1; next } }
    inside && (name($0) in replaced) { next }
    { print }
    END { if (!done) printf "\n[client]\n%s", lines }
  ' "$conf" >"$new"
  if cmp -s "$conf" "$new"; then
    rm -f "$new"
    return 0
  fi
  if [ ! -e "$conf.before-kit" ]; then cp -p "$conf" "$conf.before-kit"; fi
  mv "$new" "$conf"
  say "/etc/rauc-hawkbit-updater/config.conf: changed; the original is config.conf.before-kit, with its token if it had one"
}

# The updater verifies the server by the system's certificates alone.
trust_server() {
  for file in "$here"/root/usr/local/share/ca-certificates/*.crt; do
    put "usr/local/share/ca-certificates/$(basename "$file")" 644
  done
  if [ -n "$destdir" ]; then
    say "Run update-ca-certificates when you build the image: the updater trusts the system's certificates alone."
  elif command -v update-ca-certificates >/dev/null; then
    update-ca-certificates >/dev/null
  else
    say "warning: there is no update-ca-certificates: add the files in /usr/local/share/ca-certificates to the system's certificates"
  fi
}

# The updater runs as a user of its own, who must be able to read the key.
open_key() {
  group=$(awk -F: '$1 == "rauc-hawkbit" { print $3; exit }' "$destdir/etc/group" 2>/dev/null || true)
  if [ -z "$group" ]; then
    say "warning: there is no group rauc-hawkbit: let the updater's user read /etc/rauc/update/device.key"
  elif ! chgrp "$group" "$destdir/etc/rauc/update/device.key" 2>/dev/null; then
    say "warning: cannot change the group of /etc/rauc/update/device.key to rauc-hawkbit; run this as root"
  fi
  chmod 640 "$destdir/etc/rauc/update/device.key"
}

if [ -n "$destdir" ]; then check_links; fi
put etc/rauc/update/device.crt 644
if [ -f "$here/root/etc/rauc/update/device.key" ]; then put etc/rauc/update/device.key 640; fi
trust_server
put usr/local/lib/rauc-update/system-info 755
put usr/local/lib/rauc-update/hawkbit-config 755
if [ -f "$conf" ]; then change_conf; else put etc/rauc-hawkbit-updater/config.conf 644; fi
put etc/systemd/system/rauc-hawkbit-updater.service.d/rauc-simple-server.conf 644
if [ -f "$destdir/etc/rauc/update/device.key" ]; then
  open_key
else
  say "warning: put this device's own key at /etc/rauc/update/device.key, then run this again"
fi
if [ -z "$destdir" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart rauc-hawkbit-updater.service || say "warning: rauc-hawkbit-updater.service did not restart"
fi
say "Ready."
