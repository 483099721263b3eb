#!/bin/sh
# Installs the kit. Safe to run again: it changes only what is not in place yet.
#
#   ./install.sh                                       on the device, as root
#   DESTDIR=rootfs RAUC_VERSION=1.15 ./install.sh      into the root file system of an image you are building
#
# RAUC_VERSION is the oldest RAUC that reads this system.conf. It is required for an image. On a device whose slots share their
# system.conf it promises that no slot has an older RAUC; without it, lines that would keep an older one from starting are left out.
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
  if [ ! -f "$destdir/$1" ] || ! cmp -s "$here/root/$1" "$destdir/$1"; then
    if [ ! -d "$destdir/${1%/*}" ]; then mkdir -p "$destdir/${1%/*}"; fi
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
# kit_value NAME: a value of the kit's server.conf.
kit_value() {
  sed -n "s/^$1=//p" "$here/root/etc/rauc/update/server.conf"
}
# edit FILE AWK-ARGUMENT...: changes a file in place, which keeps its owner and mode.
edit() {
  file=$1
  shift
  awk "$@" "$file" >"$file.awk"
  cat "$file.awk" >"$file"
  rm -f "$file.awk"
}

# RAUC does not start if there is a section or key it does not know, so its version decides which ones it gets.
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

mount_of() {
  df -P "$1" 2>/dev/null | awk 'NR > 1 { print $NF }'
}
# is_shared: whether another slot's RAUC, of unknown version, may read this system.conf too. It does if the file is outside the slot.
is_shared() {
  if [ -n "$destdir" ] || [ -n "${RAUC_VERSION:-}" ]; then return 1; fi
  if awk '$2 == "/" { type = $3 } END { exit type != "overlay" }' /proc/mounts; then return 0; fi
  [ "$(mount_of "$conf")" != "$(mount_of /)" ]
}

# Adds the lines that every RAUC that reads the file can take.
add_streaming() {
  if ! has_section streaming "$1"; then
    if ! is_rauc 7; then return 0; fi
    { echo && sed '/^send-headers=/d' "$here/system.conf.d/streaming.conf"; } >>"$1"
    say "system.conf: section [streaming] added"
  else
    certificate=$(value streaming tls-cert "$1")
    if [ -z "$certificate" ]; then
      say "system.conf: left section [streaming] unchanged; add the tls-... lines from system.conf.d/streaming.conf to it"
      return 0
    elif [ "$certificate" != /etc/rauc/update/device.crt ]; then
      say "system.conf: left section [streaming] unchanged, with tls-cert=$certificate"
      return 0
    fi
  fi
  add_send_headers "$1"
}
add_send_headers() {
  if ! is_rauc 11 || [ -n "$(value streaming send-headers "$1")" ]; then return 0; fi
  headers=$(sed -n '/^send-headers=/p' "$here/system.conf.d/streaming.conf")
  if ! is_rauc 15; then headers=${headers%;system-version}; fi
  if is_shared; then
    say "system.conf: left out of [streaming], because a RAUC before 1.11 in another slot would not start with it:"
    say "  $headers"
    say "$if_no_older"
    return 0
  fi
  # shellcheck disable=SC2016 # awk's own
  edit "$1" -v line="$headers" '
    /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[streaming\]/) }
    { print }
    inside && /^[ \t]*tls-cert[ \t]*=/ && !done { print line; done = 1 }
  '
  say "system.conf: send-headers= added to [streaming]"
}

# The lines of section [polling] except its url.
polling_keys() {
  awk '
    { gsub(/^[ \t]+|[ \t\r]+$/, "") }
    /^\[/ { inside = ($0 ~ /^\[polling\]/); next }
    inside && !/^(#|url[ \t]*=|$)/ { print }
  ' "$1"
}
is_polling_of_kit() {
  [ "$(polling_keys "$1")" = "$(polling_keys "$here/system.conf.d/polling.conf")" ]
}
remove_polling() {
  # shellcheck disable=SC2016 # awk's own
  edit "$1" -v kit="$here/system.conf.d/polling.conf" '
    BEGIN { while ((getline line <kit) > 0) if (line ~ /^#/) comments[line] = 1 }
    /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[polling\]/) }
    inside || ($0 in comments) { blanks = "\n"; next }
    /^[ \t]*$/ { blanks = blanks $0 "\n"; next }
    { printf "%s%s\n", blanks, $0; blanks = "" }
  '
}
set_polling_url() {
  # shellcheck disable=SC2016 # awk's own
  edit "$1" -v line="url=$polling_url" '
    /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[polling\]/) }
    inside && /^[ \t]*url[ \t]*=/ { print line; next }
    { print }
  '
}

# Has RAUC poll if the kit asks for it and every RAUC that reads the file can. Removes the polling that an earlier kit set up.
set_polling() {
  if ! has_section polling "$1"; then
    if [ "$(kit_value polling)" = native ]; then add_polling "$1"; fi
    return 0
  fi
  url=$(value polling url "$1")
  case $url in
    */api/v1/update.raucb) ;;
    *)
      say "system.conf: left section [polling] unchanged. RAUC polls $url, and the script polls this server."
      return 0
      ;;
  esac
  if [ "$(kit_value polling)" != native ] && is_polling_of_kit "$1"; then
    remove_polling "$1"
    say "system.conf: section [polling] removed; the script polls instead"
    return 0
  fi
  polls=itself
  if [ "$url" != "$polling_url" ]; then
    set_polling_url "$1"
    say "system.conf: section [polling] now polls $polling_url"
  fi
  if [ "$(kit_value polling)" != native ]; then
    say "system.conf: left section [polling] unchanged, because it differs from the kit's: RAUC polls, the script does not"
  fi
}
add_polling() {
  if ! is_rauc 16; then
    say "warning: only RAUC 1.16 or later can poll on its own; the script polls instead"
  elif is_shared; then
    say "warning: section [polling] not added, because a RAUC before 1.16 in another slot would not start with it"
    say "The script polls. $if_no_older"
  else
    { echo && cat "$here/system.conf.d/polling.conf"; } >>"$1"
    polls=itself
    say "system.conf: section [polling] added"
    say "warning: RAUC's own polling is a preview; a later RAUC may need a different system.conf"
  fi
}

# Names our handler in [handlers]. Remembers the previous one, which ours calls.
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
    # shellcheck disable=SC2016 # awk's own
    edit "$1" -v line="system-info=$handler" '
      /^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[handlers\]/) }
      inside && /^[ \t]*system-info[ \t]*=/ { next }
      { print }
      inside && /^[ \t]*\[handlers\]/ && !done { print line; done = 1 }
    '
  else
    printf '\n[handlers]\nsystem-info=%s\n' "$handler" >>"$1"
  fi
}

# Changes a copy of system.conf, then puts it in place in one step.
change_system_conf() {
  conf=$(readlink -f "$conf")
  new=$conf.kit-new
  rm -f "$new"
  cp -p "$conf" "$new"
  add_streaming "$new"
  set_polling "$new"
  set_handler "$new"
  if cmp -s "$conf" "$new"; then
    rm -f "$new"
    return 0
  fi
  if [ ! -e "$conf.before-kit" ]; then cp -p "$conf" "$conf.before-kit"; fi
  mv "$new" "$conf"
  is_changed=1
  say "system.conf: changed; the original is $conf.before-kit"
}

# RAUC downloads as another user. That user must be able to read the key, and no other may.
open_key() {
  user=
  if [ -f "$conf" ]; then user=$(value streaming sandbox-user "$conf"); fi
  user=${user:-nobody}
  group=$(awk -F: -v user="$user" '$1 == user { print $4; exit }' "$destdir/etc/passwd" 2>/dev/null || true)
  if [ -z "$group" ]; then
    say "warning: RAUC streams as user $user, which does not exist"
  elif ! chgrp "$group" "$kit/device.key" 2>/dev/null; then
    say "warning: cannot change the group of /etc/rauc/update/device.key to $group; run this as root"
  fi
  chmod 640 "$kit/device.key"
}

# switch_on WITH UNIT: has systemd start UNIT along with WITH.
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
  for unit in poll.service poll.timer mark-good.service mark-good-again.service watch.service; do
    put "etc/systemd/system/rauc-update-$unit" 644
  done
  switch_on multi-user.target rauc-update-mark-good.service
  # Each time RAUC's service starts.
  switch_on rauc.service rauc-update-mark-good-again.service
  if [ "$polls" = itself ]; then
    switch_on multi-user.target rauc-update-watch.service
    rm -f "$units/timers.target.wants/rauc-update-poll.timer"
  else
    rm -f "$units/multi-user.target.wants/rauc-update-watch.service"
    switch_on timers.target rauc-update-poll.timer
  fi
  if [ -n "$destdir" ] || [ ! -d /run/systemd/system ]; then return 0; fi
  systemctl daemon-reload
  # An earlier kit left no note in this boot that the slot is good.
  if systemctl --quiet is-active rauc-update-mark-good.service; then (umask 077 && mkdir -p /run/rauc-update && : >/run/rauc-update/good); fi
  if [ "$is_changed" = 1 ]; then restart_rauc; fi
  systemctl start --no-block rauc-update-mark-good.service
  if [ "$polls" = itself ]; then
    systemctl stop rauc-update-poll.timer 2>/dev/null || true
    # It reads the server's address only when it starts.
    systemctl restart rauc-update-watch.service || say "warning: rauc-update-watch.service did not start"
  else
    systemctl stop rauc-update-watch.service 2>/dev/null || true
    systemctl start rauc-update-poll.timer
  fi
}
restart_rauc() {
  if systemctl --quiet is-active rauc.service && busctl get-property de.pengutronix.rauc / \
    de.pengutronix.rauc.Installer Operation 2>/dev/null | grep -q installing; then
    say "warning: RAUC is installing and was not restarted; it reads the new system.conf when it next starts"
  else
    systemctl try-restart rauc.service || say "warning: rauc.service did not restart"
  fi
}

# Lists the files that still name the previous kit's server: its host, or host and port where only the port changed.
tell_what_is_left() {
  old=${server_before#https://}
  new=${server_url#https://}
  if [ "$old" = "$new" ]; then return 0; fi
  if [ "${old%:*}" != "${new%:*}" ]; then old=${old%:*}; fi
  for folder in etc etc/rauc/ usr/local/; do
    find "$destdir/$folder" -type f ! -name '*.before-kit' -exec grep -lF -e "$old" {} + 2>/dev/null || true
  done | sort -u | while read -r file; do
    if names_old "$file"; then say "unchanged: ${file#"$destdir"} still names the previous server, $old"; fi
  done
}
# The new server's name may contain the old one's.
names_old() {
  awk -v old="$old" -v new="$new" '
    {
      while ((at = index($0, new)) > 0) $0 = substr($0, 1, at - 1) "\n" substr($0, at + length(new))
      if (index($0, old) > 0) found = 1
    }
    END { exit !found }
  ' "$1"
}

# An absolute link in an image would lead to files of this machine.
check_links() {
  inside=$(readlink -f "$destdir")
  for name in etc etc/rauc etc/rauc/system.conf etc/rauc/update etc/systemd etc/systemd/system usr usr/local usr/local/lib usr/local/sbin; do
    if [ ! -L "$destdir/$name" ]; then continue; fi
    case $(readlink -f "$destdir/$name") in
      "$inside"/*) ;;
      *) fail "/$name is a link to $(readlink "$destdir/$name"), which is not in $destdir: make it relative, or run this on the device" ;;
    esac
  done
}

if [ -n "$destdir" ]; then check_links; fi
kit_compatible=$(kit_value compatible)
if [ -f "$conf" ] && [ -n "$kit_compatible" ] && [ "$(value system compatible "$conf")" != "$kit_compatible" ]; then
  fail "this kit is for $kit_compatible, but system.conf says $(value system compatible "$conf")"
fi
version=$(rauc_version)
major=${version% *}
minor=${version#* }
is_changed=0
polls=by-script
server_url=$(kit_value server_url)
polling_url=$server_url/api/v1/update.raucb
server_before=
if [ -f "$kit/server.conf" ]; then server_before=$(sed -n 's/^server_url=//p' "$kit/server.conf"); fi
if_no_older="If no slot has an older RAUC than this one, run this again with RAUC_VERSION=${version%% *}.${version##* }."
if [ -z "$version" ]; then
  say "warning: RAUC's version is unknown, so system.conf gets neither [streaming] nor [polling]. Set it, as in RAUC_VERSION=1.15."
fi

for file in ca.crt device.crt; do put "etc/rauc/update/$file" 644; done
if [ -f "$here/root/etc/rauc/update/device.key" ]; then put etc/rauc/update/device.key 640; fi
put usr/local/lib/rauc-update/system-info 755
put usr/local/lib/rauc-update/ask-server 755
for program in rauc-update-poll rauc-update-report rauc-update-mark-good rauc-update-watch; do put "usr/local/sbin/$program" 755; done

if [ -f "$conf" ]; then
  change_system_conf
else
  say "warning: there is no $conf; run this again once there is"
fi
# After system.conf, so that an interrupted run still knows the previous server.
put etc/rauc/update/server.conf 644
if [ -n "$server_before" ]; then tell_what_is_left; fi
if [ -f "$kit/device.key" ]; then
  open_key
else
  say "warning: put this device's own key at /etc/rauc/update/device.key, then run this again"
fi
if has_systemd; then
  set_up_systemd
else
  say "There is no systemd. Run at each boot: /usr/local/sbin/rauc-update-mark-good"
  if [ "$polls" = itself ]; then
    say "RAUC polls only after that. Run \"rauc-update-mark-good again\" each time its service restarts."
  else
    say "Run every 15 minutes, from cron: /usr/local/sbin/rauc-update-poll"
  fi
  if [ "$is_changed" = 1 ]; then say "Restart RAUC's service now, so that it reads the new system.conf."; fi
fi
case $polls in
  itself) say "Ready: RAUC does its own polling." ;;
  *) say "Ready. Try it: /usr/local/sbin/rauc-update-poll" ;;
esac
