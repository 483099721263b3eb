#!/bin/sh
# Installs the programs that the tests drive: Debian's own, and beside them RAUC from Debian sid, Ceph's S3 gateway from Debian trixie,
# and nginx, HAProxy, Caddy, PgBouncer and SWUpdate, which as packages would start a service.
# Where it may not install (not root, or no apt-get) it names what is missing and fails.
set -eu

packages='rauc squashfs-tools openssl curl wget sqlite3 gcc libc6-dev libcurl4-openssl-dev mmdebstrap patchelf shellcheck busybox systemd e2fsprogs xz-utils chromium-headless-shell fonts-dejavu-core python3-fastapi python3-uvicorn postgresql'
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rauc-simple-server
sid=${RAUC_SID_DIR:-$cache/rauc-sid}
proxies=$cache/proxies
swupdate=$cache/swupdate
rgw=${RGW_DIR:-$cache/rgw}

missing=''
for package in $packages; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done

if [ -n "$missing" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "test:setup: these Debian packages are missing:$missing" >&2
    echo "test:setup: install them, for example: sudo apt-get install$missing" >&2
    exit 1
  fi
  echo "test:setup: installing$missing"
  apt-get update -qq -o Acquire::Retries=3
  case "$missing " in *' postgresql '*)
    # The package would start a server; tests start their own, in temporary folders.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/rauc-simple-server.conf
    ;;
  esac
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# The newest RAUC, with its own libraries, in a folder beside the system: only unpacked, never configured.
if [ ! -x "$sid/usr/bin/rauc" ]; then
  # shellcheck disable=SC2016 # apt-get's own placeholders
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  echo "test:setup: unpacking RAUC from Debian sid into $sid"
  mkdir -p "$(dirname "$sid")"
  rm -rf "$sid.part"
  mmdebstrap --quiet --variant=extract --include=rauc \
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
    sid "$sid.part" "deb $mirror sid main"
  mv "$sid.part" "$sid"
fi

# Ceph's S3 gateway and what it needs, in a folder that it runs in as in a system of its own: only unpacked, never configured.
if [ ! -x "$rgw/usr/bin/radosgw" ]; then
  # shellcheck disable=SC2016 # apt-get's own placeholders
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  echo "test:setup: unpacking Ceph's S3 gateway into $rgw"
  mkdir -p "$(dirname "$rgw")"
  rm -rf "$rgw.part"
  mmdebstrap --quiet --variant=extract --include=base-files,bash,coreutils,sed,ceph-mon,ceph-osd,ceph-common,radosgw \
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
    trixie "$rgw.part" "deb $mirror trixie main"
  mv "$rgw.part" "$rgw"
fi

# nginx, HAProxy, Caddy and PgBouncer of this release, with the libraries that they name: only unpacked, never configured nor started.
if [ ! -x "$proxies/usr/sbin/nginx" ] || [ ! -x "$proxies/usr/sbin/haproxy" ] || [ ! -x "$proxies/usr/bin/caddy" ] || [ ! -x "$proxies/usr/sbin/pgbouncer" ]; then
  if ! apt-cache show nginx haproxy caddy pgbouncer >/dev/null 2>&1; then
    if [ "$(id -u)" != 0 ]; then
      echo 'test:setup: apt-get does not know nginx, haproxy, caddy and pgbouncer: run apt-get update as root' >&2
      exit 1
    fi
    apt-get update -qq -o Acquire::Retries=3
  fi
  echo "test:setup: unpacking nginx, HAProxy, Caddy and PgBouncer into $proxies"
  rm -rf "$proxies.part"
  mkdir -p "$proxies.part/packages"
  libraries=$(apt-cache depends --important nginx haproxy pgbouncer libopentracing-c-wrapper0 | sed -n 's/^ *Depends: \([a-z0-9.+-]*\)$/\1/p' | grep -E '^(lib|zlib)' | grep -v '^libc6$' | sort -u)
  # shellcheck disable=SC2086 # a list of words
  (cd "$proxies.part/packages" && apt-get download -qq -o APT::Sandbox::User=root nginx haproxy caddy pgbouncer $libraries)
  for package in "$proxies.part"/packages/*.deb; do dpkg -x "$package" "$proxies.part"; done
  rm -r "$proxies.part/packages"
  triplet=$(gcc -print-multiarch)
  for program in nginx haproxy pgbouncer; do
    # shellcheck disable=SC2016 # the linker's own word for where the program lies
    patchelf --force-rpath --set-rpath '$ORIGIN'"/../lib/$triplet:"'$ORIGIN'"/../../lib/$triplet" "$proxies.part/usr/sbin/$program"
  done
  rm -rf "$proxies"
  mv "$proxies.part" "$proxies"
fi

# SWUpdate of this release, with all libraries but that of C: only unpacked, never configured nor started.
if [ ! -x "$swupdate/usr/bin/swupdate" ]; then
  if ! apt-cache show swupdate >/dev/null 2>&1; then
    if [ "$(id -u)" != 0 ]; then
      echo 'test:setup: apt-get does not know swupdate: run apt-get update as root' >&2
      exit 1
    fi
    apt-get update -qq -o Acquire::Retries=3
  fi
  echo "test:setup: unpacking SWUpdate into $swupdate"
  rm -rf "$swupdate.part"
  mkdir -p "$swupdate.part/packages"
  libraries=$(apt-cache depends --recurse --important swupdate | grep -E '^(lib|zlib)' | grep -Ev '^(libc6|libelogind0)$|-perl$' | sort -u)
  # shellcheck disable=SC2086 # a list of words
  (cd "$swupdate.part/packages" && apt-get download -qq -o APT::Sandbox::User=root swupdate $libraries)
  for package in "$swupdate.part"/packages/*.deb; do dpkg -x "$package" "$swupdate.part"; done
  rm -r "$swupdate.part/packages"
  triplet=$(gcc -print-multiarch)
  # shellcheck disable=SC2016 # the linker's own word for where the program lies
  patchelf --force-rpath --set-rpath '$ORIGIN'"/../lib/$triplet:"'$ORIGIN'"/../../lib/$triplet" "$swupdate.part/usr/bin/swupdate"
  rm -rf "$swupdate"
  mv "$swupdate.part" "$swupdate"
fi

loader=$(echo "$sid"/usr/lib*/ld-linux-*.so.*)
libraries=$(echo "$sid"/usr/lib/*-linux-gnu*)
# Not through a wrapper: RAUC starts itself again to stream, by /proc/self/exe.
patchelf --set-interpreter "${loader%% *}" --force-rpath --set-rpath "${libraries%% *}" \
  --output "$sid/rauc.part" "$sid/usr/bin/rauc"
chmod 755 "$sid/rauc.part"
mv "$sid/rauc.part" "$sid/rauc"
echo "test:setup: ready: $(rauc --version), $("$sid/rauc" --version) (sid), $(curl --version | head -n 1 | cut -d ' ' -f 1-2), $(openssl version | cut -d ' ' -f 1-2), $("$proxies/usr/sbin/nginx" -v 2>&1 | cut -d ' ' -f 3), HAProxy $("$proxies/usr/sbin/haproxy" -v | head -n 1 | cut -d ' ' -f 3), Caddy $("$proxies/usr/bin/caddy" version), $("$swupdate/usr/bin/swupdate" --version | head -n 1)"
