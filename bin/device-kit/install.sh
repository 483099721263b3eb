#!/bin/sh
# Puts the kit in place. Can be run again at any time: what is in place already stays as it is.
#
#   ./install.sh                                       on the device, as root
#   DESTDIR=rootfs RAUC_VERSION=1.15 ./install.sh      into the root file system of an image that is being built
set -eu
here=$(cd "$(dirname "$0")" && pwd)
destdir=${DESTDIR:-}
destdir=${destdir%/}
conf=$destdir/etc/rauc/system.conf
kit=$destdir/etc/rauc/update
handler=/usr/local/lib/rauc-update/system-info
units=$destdir/etc/systemd/system
umask 022

say() {
  printf '%s\n' "$*"
}
fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# put PATH MODE: copies a file of the kit to its place.
put() {
  if ! cmp -s "$here/root/$1" "$destdir/$1"; then
    mkdir -p "$(dirname "$destdir/$1")"
    rm -f "$destdir/$1.new"
    (umask 077 && cp "$here/root/$1" "$destdir/$1.new")
    chmod "$2" "$destdir/$1.new"
    mv "$destdir/$1.new" "$destdir/$1"
    say "/$1: written"
  fi
}

# value SECTION KEY FILE: the last value of a key.
value() {
  awk -v section="[$1]" -v key="$2" '
    /^[ \t]*\[/ { header = $0; gsub(/^[ \t]+|[ \t\r]+$/, "", header) }
    header == section && index($0, "=") {
      name = substr($0, 1, index($0, "=") - 1)
      gsub(/^[ \t]+|[ \t]+$/, "", name)
      if (name == key) { found = substr($0, index($0, "=") + 1); gsub(/^[ \t]+|[ \t\r]+$/, "", found) }
    }
    END { print found }
  ' "$3"
}
has_section() {
  grep -q "^[[:space:]]*\[$1\]" "$2"
}

# RAUC does not start on a section or key that it does not know, so its version decides what it is given.
rauc_version() {
  if [ -n "${RAUC_VERSION:-}" ]; then
    printf '%s\n' "$RAUC_VERSION"
  elif [ -z "$destdir" ] && command -v rauc >/dev/null; then
    rauc --version
  fi | sed -n 's/^[^0-9]*\([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1
}
# is_rauc MINOR: whether RAUC is 1.MINOR or later; never when its version is not known.
is_rauc() {
  [ "${major:-0}" -gt 1 ] || { [ "${major:-0}" -eq 1 ] && [ "${minor:-0}" -ge "$1" ]; }
}

# The section [streaming] as this RAUC takes it.
streaming_section() {
  if is_rauc 15; then
    cat "$here/system.conf.d/streaming.conf"
  elif is_rauc 11; then
    sed 's/;system-version//' "$here/system.conf.d/streaming.conf"
  else
    sed '/^send-headers=/d' "$here/system.conf.d/streaming.conf"
  fi
}

# Names our handler in [handlers]; the one that was there is remembered, and called by ours.
set_handler() {
  before=$(value handlers system-info "$1")
  if [ "$before" = "$handler" ]; then return 0; fi
  if [ -n "$before" ]; then
    case $before in
      /*) ;;
      *) before=/etc/rauc/$before ;;
    esac
    printf '%s\n' "$before" >"$kit/board-system-info"
    say "system.conf: system-info=$before is now called by $handler"
  else
    rm -f "$kit/board-system-info"
    say "system.conf: system-info=$handler"
  fi
  if has_section handlers "$1"; then
    awk -v line="system-info=$handler" '
      /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[handlers\]/) }
      inside && /^[ \t]*system-info[ \t]*=/ { next }
      { print }
      inside && /^[ \t]*\[handlers\]/ && !done { print line; done = 1 }
    ' "$1" >"$1.awk"
    cat "$1.awk" >"$1"
    rm -f "$1.awk"
  else
    printf '\n[handlers]\nsystem-info=%s\n' "$handler" >>"$1"
  fi
}

# Changes a copy of system.conf, and puts it in place in one step.
change_system_conf() {
  conf=$(readlink -f "$conf")
  new=$conf.kit-new
  rm -f "$new"
  cp -p "$conf" "$new"
  if has_section streaming "$new"; then
    if [ -z "$(value streaming tls-cert "$new")" ]; then
      say "system.conf: its section [streaming] stays as it is; RAUC needs the lines tls-... of system.conf.d/streaming.conf in it"
    fi
  elif is_rauc 7; then
    { echo && streaming_section; } >>"$new"
    say "system.conf: section [streaming] added"
  fi
  if is_rauc 16 && ! has_section polling "$new"; then
    { echo && cat "$here/system.conf.d/polling.conf"; } >>"$new"
    say "system.conf: section [polling] added"
  fi
  set_handler "$new"
  if cmp -s "$conf" "$new"; then
    rm -f "$new"
    return 0
  fi
  if [ ! -e "$conf.before-kit" ]; then cp -p "$conf" "$conf.before-kit"; fi
  mv "$new" "$conf"
  is_changed=1
  say "system.conf: changed; as it was: $conf.before-kit"
}

# RAUC's downloads run as another user, who must be able to read the key, and nobody else.
open_key() {
  user=
  if [ -f "$conf" ]; then user=$(value streaming sandbox-user "$conf"); fi
  user=${user:-nobody}
  group=$(awk -F: -v user="$user" '$1 == user { print $4; exit }' "$destdir/etc/passwd" 2>/dev/null || true)
  if [ -z "$group" ]; then
    say "warning: there is no user $user, whom RAUC streams as"
  elif ! chgrp "$group" "$kit/device.key" 2>/dev/null; then
    say "warning: /etc/rauc/update/device.key must belong to group $group; this user may not do that"
  fi
  chmod 640 "$kit/device.key"
}

# switch_on TARGET UNIT: has systemd start a unit with a target.
switch_on() {
  mkdir -p "$units/$1.wants"
  if [ ! -L "$units/$1.wants/$2" ]; then
    ln -s "../$2" "$units/$1.wants/$2"
    say "$2: enabled"
  fi
}
has_systemd() {
  [ -d "$destdir/usr/lib/systemd/system" ] || [ -d "$destdir/lib/systemd/system" ]
}
set_up_systemd() {
  for unit in rauc-update-poll.service rauc-update-poll.timer rauc-update-mark-good.service; do
    put "etc/systemd/system/$unit" 644
  done
  switch_on multi-user.target rauc-update-mark-good.service
  if [ "$polls" = itself ]; then
    rm -f "$units/timers.target.wants/rauc-update-poll.timer"
  else
    switch_on timers.target rauc-update-poll.timer
  fi
  if [ -n "$destdir" ] || [ ! -d /run/systemd/system ]; then return 0; fi
  systemctl daemon-reload
  if [ "$is_changed" = 1 ]; then systemctl try-restart rauc.service || say "warning: rauc.service did not restart"; fi
  systemctl start --no-block rauc-update-mark-good.service
  if [ "$polls" = itself ]; then
    systemctl stop rauc-update-poll.timer 2>/dev/null || true
  else
    systemctl start rauc-update-poll.timer
  fi
}

kit_compatible=$(sed -n 's/^compatible=//p' "$here/root/etc/rauc/update/server.conf")
if [ -f "$conf" ] && [ -n "$kit_compatible" ] && [ "$(value system compatible "$conf")" != "$kit_compatible" ]; then
  fail "this kit is for $kit_compatible, but system.conf says $(value system compatible "$conf")"
fi
version=$(rauc_version)
major=${version% *}
minor=${version#* }
is_changed=0
if is_rauc 16; then polls=itself; else polls=by-script; fi
if [ -z "$version" ]; then
  say "warning: the version of RAUC is not known: system.conf gets no [streaming] and no [polling]. Set RAUC_VERSION, such as 1.15."
fi

for file in ca.crt device.crt server.conf; do put "etc/rauc/update/$file" 644; done
if [ -f "$here/root/etc/rauc/update/device.key" ]; then put etc/rauc/update/device.key 640; fi
put usr/local/lib/rauc-update/system-info 755
put usr/local/lib/rauc-update/ask-server 755
for program in rauc-update-poll rauc-update-report rauc-update-mark-good; do put "usr/local/sbin/$program" 755; done

if [ -f "$conf" ]; then
  change_system_conf
else
  say "warning: there is no $conf: run this again when there is"
fi
if [ -f "$kit/device.key" ]; then
  open_key
else
  say "warning: put this device's own key at /etc/rauc/update/device.key, then run this again"
fi
if has_systemd; then
  set_up_systemd
else
  say "There is no systemd. At each boot call: /usr/local/sbin/rauc-update-mark-good"
  if [ "$polls" = by-script ]; then say "From cron, every 15 minutes: /usr/local/sbin/rauc-update-poll"; fi
  if [ "$is_changed" = 1 ]; then say "Restart RAUC's service: it reads system.conf when it starts."; fi
fi
case $polls in
  itself) say "Ready: RAUC polls by itself." ;;
  *) say "Ready. Try it: /usr/local/sbin/rauc-update-poll" ;;
esac
