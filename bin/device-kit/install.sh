#!/bin/sh
# Puts the kit in place. Can be run again at any time: what is in place already stays as it is.
#
#   ./install.sh                                       on the device, as root
#   DESTDIR=rootfs RAUC_VERSION=1.15 ./install.sh      into the root file system of an image that is being built
#
# RAUC_VERSION is the oldest RAUC that reads this system.conf. It has to be named for an image. On a device whose slots share their
# system.conf it says that no slot has an older RAUC; what an older one would not start with is left out otherwise.
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

mount_of() {
  df -P "$1" 2>/dev/null | awk 'NR > 1 { print $NF }'
}
# Whether the RAUC of another slot, whose version nobody knows, may read this system.conf too: it lies outside the slot then.
is_shared() {
  if [ -n "$destdir" ] || [ -n "${RAUC_VERSION:-}" ]; then return 1; fi
  if awk '$2 == "/" { type = $3 } END { exit type != "overlay" }' /proc/mounts; then return 0; fi
  [ "$(mount_of "$conf")" != "$(mount_of /)" ]
}

# Adds what is safe for every RAUC that reads the file.
add_streaming() {
  if ! has_section streaming "$1"; then
    if ! is_rauc 7; then return 0; fi
    { echo && sed '/^send-headers=/d' "$here/system.conf.d/streaming.conf"; } >>"$1"
    say "system.conf: section [streaming] added"
  else
    certificate=$(value streaming tls-cert "$1")
    if [ -z "$certificate" ]; then
      say "system.conf: its section [streaming] stays as it is; RAUC needs the lines tls-... of system.conf.d/streaming.conf in it"
      return 0
    elif [ "$certificate" != /etc/rauc/update/device.crt ]; then
      say "system.conf: its section [streaming] stays as it is, with tls-cert=$certificate"
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
    say "system.conf: left out of [streaming], since a RAUC before 1.11 in another slot would not start with it:"
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

# What a section says, without its url.
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

# Has RAUC poll where the kit asks for it and every RAUC that reads the file can; what was polled for the kit before goes.
set_polling() {
  if ! has_section polling "$1"; then
    if [ "$(kit_value polling)" = native ]; then add_polling "$1"; fi
    return 0
  fi
  url=$(value polling url "$1")
  case $url in
    */api/v1/update.raucb) ;;
    *)
      say "system.conf: its section [polling] stays as it is. It asks $url, beside the script, which asks this server."
      return 0
      ;;
  esac
  if [ "$(kit_value polling)" != native ] && is_polling_of_kit "$1"; then
    remove_polling "$1"
    say "system.conf: section [polling] removed: the script polls"
    return 0
  fi
  polls=itself
  if [ "$url" != "$polling_url" ]; then
    set_polling_url "$1"
    say "system.conf: its section [polling] asks $polling_url now"
  fi
  if [ "$(kit_value polling)" != native ]; then
    say "system.conf: its section [polling] stays, since it is not as the kit makes it: RAUC polls by itself, the script does not"
  fi
}
add_polling() {
  if ! is_rauc 16; then
    say "warning: RAUC polls by itself from 1.16 on: the script polls"
  elif is_shared; then
    say "warning: left out, since a RAUC before 1.16 in another slot would not start with it: [polling] of system.conf.d/polling.conf"
    say "The script polls. $if_no_older"
  else
    { echo && cat "$here/system.conf.d/polling.conf"; } >>"$1"
    polls=itself
    say "system.conf: section [polling] added"
    say "warning: RAUC's own polling is a preview: a later RAUC may need another system.conf"
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

# Changes a copy of system.conf, and puts it in place in one step.
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

# switch_on WITH UNIT: has systemd start a unit with another.
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
  # Whenever RAUC's service starts.
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
  # A kit of before kept no note of it in this boot.
  if systemctl --quiet is-active rauc-update-mark-good.service; then (umask 077 && mkdir -p /run/rauc-update && : >/run/rauc-update/good); fi
  if [ "$is_changed" = 1 ]; then restart_rauc; fi
  systemctl start --no-block rauc-update-mark-good.service
  if [ "$polls" = itself ]; then
    systemctl stop rauc-update-poll.timer 2>/dev/null || true
    # Again, since it knows the server from its start on.
    systemctl restart rauc-update-watch.service || say "warning: rauc-update-watch.service did not start"
  else
    systemctl stop rauc-update-watch.service 2>/dev/null || true
    systemctl start rauc-update-poll.timer
  fi
}
restart_rauc() {
  if systemctl --quiet is-active rauc.service && busctl get-property de.pengutronix.rauc / \
    de.pengutronix.rauc.Installer Operation 2>/dev/null | grep -q installing; then
    say "warning: RAUC is installing and was not restarted: it reads system.conf at its next start"
  else
    systemctl try-restart rauc.service || say "warning: rauc.service did not restart"
  fi
}

# Names the files that still name the server of the kit before this one: its host, or its port where that alone is another.
tell_what_is_left() {
  old=${server_before#https://}
  new=${server_url#https://}
  if [ "$old" = "$new" ]; then return 0; fi
  if [ "${old%:*}" != "${new%:*}" ]; then old=${old%:*}; fi
  for folder in etc etc/rauc/ usr/local/; do
    find "$destdir/$folder" -type f ! -name '*.before-kit' -exec grep -lF -e "$old" {} + 2>/dev/null || true
  done | sort -u | while read -r file; do
    if names_old "$file"; then say "left as it is: ${file#"$destdir"} names $old, the server before"; fi
  done
}
# The name of the new server may contain the old one's.
names_old() {
  awk -v old="$old" -v new="$new" '
    {
      while ((at = index($0, new)) > 0) $0 = substr($0, 1, at - 1) "\n" substr($0, at + length(new))
      if (index($0, old) > 0) found = 1
    }
    END { exit !found }
  ' "$1"
}

# An absolute link in an image would lead to the files of this machine.
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
  say "warning: the version of RAUC is not known: system.conf gets no [streaming] and no [polling]. Set RAUC_VERSION, such as 1.15."
fi

for file in ca.crt device.crt; do put "etc/rauc/update/$file" 644; done
if [ -f "$here/root/etc/rauc/update/device.key" ]; then put etc/rauc/update/device.key 640; fi
put usr/local/lib/rauc-update/system-info 755
put usr/local/lib/rauc-update/ask-server 755
for program in rauc-update-poll rauc-update-report rauc-update-mark-good rauc-update-watch; do put "usr/local/sbin/$program" 755; done

if [ -f "$conf" ]; then
  change_system_conf
else
  say "warning: there is no $conf: run this again when there is"
fi
# After system.conf: a kit that was interrupted still knows which server was before.
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
  say "There is no systemd. At each boot call: /usr/local/sbin/rauc-update-mark-good"
  if [ "$polls" = itself ]; then
    say "RAUC polls only after that: call \"rauc-update-mark-good again\" whenever its service has started again."
  else
    say "From cron, every 15 minutes: /usr/local/sbin/rauc-update-poll"
  fi
  if [ "$is_changed" = 1 ]; then say "Restart RAUC's service: it reads system.conf when it starts."; fi
fi
case $polls in
  itself) say "Ready: RAUC polls by itself." ;;
  *) say "Ready. Try it: /usr/local/sbin/rauc-update-poll" ;;
esac
