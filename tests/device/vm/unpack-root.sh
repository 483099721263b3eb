#!/bin/bash
# Usage: unpack-root.sh DIRECTORY
# Unpacks what the device is made of into DIRECTORY: Debian stable's kernel, tools and QEMU, with RAUC from sid.
# The packages are only unpacked, never configured, and nothing is ever run chrooted in there.
set -euo pipefail
root=$1

if [ "$(uname -m)" != x86_64 ]; then
  echo "device: the test device is an x86-64 machine and is built on one; this is $(uname -m)" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "device: unpacking the device's packages needs root: run npm run test:device as root" >&2
  exit 1
fi
if ! command -v mmdebstrap >/dev/null; then
  echo "device: mmdebstrap is missing; run: npm run test:setup" >&2
  exit 1
fi

packages=(
  # the device
  rauc rauc-service rauc-hawkbit-updater systemd dbus dbus-bin dbus-daemon libglib2.0-bin openssl curl ca-certificates busybox-static
  e2fsprogs dmsetup mount tar zstd xz-utils socat linux-image-cloud-amd64
  # the machine that it runs on: bookworm's QEMU 7.2 crashes emulated guests at random
  qemu-system-x86 seabios
)

preferences=$(mktemp)
trap 'rm -f "$preferences"' EXIT
cat >"$preferences" <<'END'
Package: *
Pin: release n=sid
Pin-Priority: 50

Package: rauc rauc-service rauc-hawkbit-updater libnl-*
Pin: release n=sid
Pin-Priority: 990
END

# shellcheck disable=SC2016 # apt-get's own placeholders
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
mmdebstrap --quiet --variant=extract --include="$(IFS=,; echo "${packages[*]}")" \
  --setup-hook="mkdir -p \"\$1/etc/apt/preferences.d\" && cp '$preferences' \"\$1/etc/apt/preferences.d/sid\"" \
  --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  trixie "$root" "deb $mirror trixie main" "deb $mirror sid main"
