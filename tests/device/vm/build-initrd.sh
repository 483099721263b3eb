#!/bin/bash
# Usage: build-initrd.sh ROOT OUT
# Makes OUT/vmlinuz and OUT/initrd.cpio, the device's whole system, from the packages that unpack-root.sh left in ROOT.
set -euo pipefail
root=$(realpath "$1")
out=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
libraries=$root/usr/lib/x86_64-linux-gnu

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# Runs a program of ROOT on ROOT's libraries: the machine underneath may be an older Debian.
from_root() { "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/systemd" "$@"; }

mkdir -p "$tree"/{proc,sys,dev,run,tmp,root,data,slot,mnt,var} "$tree"/etc/dbus-1/system.d \
  "$tree"/usr/{bin,sbin,lib64,lib/x86_64-linux-gnu,lib/device,lib/systemd/system} \
  "$tree"/usr/share/{ca-certificates,dbus-1/{system.d,system-services,services,session.d}}
for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
ln -s ../run "$tree/var/run"

# Programs, and the libraries that each needs.
programs=(
  bin/{rauc,rauc-hawkbit-updater,dbus-daemon,dbus-uuidgen,gdbus,openssl,curl,socat,tar,mount,umount,zstd,xz}
  sbin/{mke2fs,e2fsck,dmsetup,losetup}
  # systemd runs the device that is booted with it.
  bin/{systemctl,busctl,journalctl} lib/systemd/{systemd,systemd-executor,systemd-journald}
)
for program in "${programs[@]}"; do
  install -m 755 "$root/usr/$program" "$tree/usr/$program"
  from_root --list "$root/usr/$program" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
done | sort -u | while read -r library; do
  cp -L "$library" "$tree/usr/lib/x86_64-linux-gnu/"
done
cp -L "$root/usr/lib64/ld-linux-x86-64.so.2" "$tree/usr/lib64/"
cp -a "$libraries/ossl-modules" "$tree/usr/lib/x86_64-linux-gnu/"
ln -s mke2fs "$tree/usr/sbin/mkfs.ext4"
cp "$root/etc/mke2fs.conf" "$tree/etc/"

# Of its units what a device has to have, RAUC's own among them. The bus is activated by it.
units=$root/usr/lib/systemd/system
cp -P "$units"/*.target "$units"/systemd-journald.{service,socket} "$units"/systemd-journald-dev-log.socket \
  "$units"/dbus.{service,socket} "$units"/rauc{,-hawkbit-updater}.service "$tree/usr/lib/systemd/system/"
mkdir "$tree"/usr/lib/systemd/system/{sysinit,sockets}.target.wants
ln -s ../systemd-journald.service "$tree/usr/lib/systemd/system/sysinit.target.wants/"
ln -s ../systemd-journald.socket ../systemd-journald-dev-log.socket "$tree/usr/lib/systemd/system/sockets.target.wants/"
cp "$root"/usr/share/dbus-1/system-services/de.pengutronix.rauc.service "$tree/usr/share/dbus-1/system-services/"
cp "$root"/usr/share/dbus-1/system.d/{org.freedesktop.systemd1,de.pengutronix.rauc}.conf "$tree/usr/share/dbus-1/system.d/"
ln -sf multi-user.target "$tree/usr/lib/systemd/system/default.target"

# busybox gives every program that is not there yet.
install -m 755 "$root/usr/bin/busybox" "$tree/usr/bin/busybox"
"$tree/usr/bin/busybox" --list | while read -r applet; do
  [ -e "$tree/usr/bin/$applet" ] || [ -e "$tree/usr/sbin/$applet" ] || ln -s busybox "$tree/usr/bin/$applet"
done

# The system's certificates: none but those that the device is given.
install -m 755 "$root/usr/sbin/update-ca-certificates" "$tree/usr/sbin/"
touch "$tree/etc/ca-certificates.conf"

# Kernel modules, unpacked, with what they depend on.
kernel=$(basename "$(find "$root/usr/lib/modules" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)")
cp "$root/boot/vmlinuz-$kernel" "$out/vmlinuz"
from_root --argv0 depmod "$root/usr/bin/kmod" -b "$root" "$kernel"
modules=(
  virtio_pci virtio_net virtio_blk virtio_rng
  nbd dm-mod dm-verity dm-crypt squashfs loop ext4
  cbc xts essiv aes_generic aesni-intel sha256_generic sha256-ssse3
)
for module in "${modules[@]}"; do
  from_root --argv0 modprobe "$root/usr/bin/kmod" -d "$root" -S "$kernel" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r file; do
  copy=$tree/usr/lib/modules/${file##*/lib/modules/}
  mkdir -p "$(dirname "$copy")"
  case $file in
    *.xz) xz -dc "$file" >"${copy%.xz}" ;;
    *) cp "$file" "$copy" ;;
  esac
done
cp "$root/usr/lib/modules/$kernel/modules".{builtin,builtin.modinfo,order} "$tree/usr/lib/modules/$kernel/"
from_root --argv0 depmod "$root/usr/bin/kmod" -b "$tree" "$kernel"

# D-Bus: no setuid helper and no user of its own, as there is no account database worth the name.
sed 's#<servicehelper>.*##; s#<user>.*</user>##' "$root/usr/share/dbus-1/system.conf" >"$tree/usr/share/dbus-1/system.conf"

cp -a "$here/overlay/." "$tree/"
# The device's own configuration, state and programs outlive a reboot: they are on the data partition.
for name in rauc rauc-hawkbit-updater ssl; do ln -s "/data/etc/$name" "$tree/etc/$name"; done
ln -s /data/local "$tree/usr/local"
ln -s /data/lib "$tree/var/lib"
ln -s /data/etc/systemd "$tree/etc/systemd"
ln -s /proc/mounts "$tree/etc/mtab"
chmod 755 "$tree/init" "$tree"/usr/lib/device/* "$tree/usr/sbin/rauc-service"

(cd "$tree" && find . | "$tree/usr/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$out/initrd.cpio"
