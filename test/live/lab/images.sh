#!/usr/bin/env bash
# images.sh [--force] IMAGE… : a local stand-in for each base image, tagged with exactly that name, unless the tag exists.
# images.sh --rootfs SUITE…  : only the Debian root file systems; needs no engine, so it can run beside its start.
# No registry is reached here: the contents come from the Debian mirror and from this machine's Rust toolchain.
# Where a stand-in differs from the image it stands for, its Dockerfile says so.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# With --force an image is made anew; its base only if the base itself is among the names.
FORCE=0
# The Debian stand-ins under a name of their own, so that the others have a base whatever tag was asked for.
BASE=trading-setup-lab/debian
# What the stand-in for Nix takes its toolchain from.
NIX_RUST=rust:1.95.0-trixie

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Certificate authorities that this machine trusts beyond Debian's own: https from inside the containers needs them.
extra_authorities() {
  local folder=$1
  rm -rf "$folder"
  mkdir -p "$folder"
  awk -v folder="$folder" '
    /-----BEGIN CERTIFICATE-----/ { inside = 1; body = ""; text = "" }
    inside { text = text $0 "\n"; if ($0 !~ /-----/) body = body $0 }
    /-----END CERTIFICATE-----/ {
      inside = 0
      if (stock) seen[body] = 1
      else if (!(body in seen)) {
        seen[body] = 1
        file = folder "/machine-" (++count) ".crt"
        printf "%s", text > file
        close(file)
      }
    }' stock=1 /usr/share/ca-certificates/*/*.crt stock=0 /etc/ssl/certs/ca-certificates.crt
}

rootfs_locked() {
  local suite=$1 tar="$LAB/rootfs/debian-$1.tar" authorities="$LAB/rootfs/authorities-$1" hook="$LAB/rootfs/hook-$1"
  [ ! -e "$tar" ] || return 0
  need_root
  mkdir -p "$LAB/rootfs"
  extra_authorities "$authorities"
  # Differs from the official slim image: ca-certificates is present, with the authorities of this machine.
  # They lie where update-ca-certificates takes them from, so a later apt-get install does not lose them.
  cat >"$hook" <<HOOK
#!/bin/sh
set -eu
mkdir -p "\$1/usr/local/share/ca-certificates"
cp "$authorities"/*.crt "\$1/usr/local/share/ca-certificates/" 2>/dev/null || :
chroot "\$1" update-ca-certificates >/dev/null 2>&1
# As in the official image: a layer keeps no downloaded packages.
cat >"\$1/etc/apt/apt.conf.d/docker-clean" <<'APT'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT
rm -rf "\$1"/var/cache/apt/*.bin "\$1"/usr/share/man/* "\$1"/usr/share/locale/* "\$1"/usr/share/info/* "\$1"/var/lib/apt/lists/*
find "\$1/usr/share/doc" -mindepth 2 ! -name copyright ! -type d -delete
: >"\$1/etc/hostname"
rm -f "\$1/etc/resolv.conf"
HOOK
  chmod +x "$hook"
  mmdebstrap --quiet --mode=root --format=tar --variant=minbase --include=ca-certificates \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="$hook" "$suite" "$tar.part" - < <(debian_sources "$suite")
  mv "$tar.part" "$tar"
}
rootfs() { with_lock "rootfs-$1" rootfs_locked "$1"; }

debian_base_locked() {
  local suite=$1
  ! has_image "$BASE:$suite" || return 0
  rootfs "$suite"
  docker import --change 'CMD ["bash"]' \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$LAB/rootfs/debian-$suite.tar" "$BASE:$suite" >/dev/null
}
debian_base() { with_lock "debian-$1" debian_base_locked "$1"; }

debian_suite() {
  case "$1" in
  13 | 13.* | 13-* | trixie*) echo trixie ;;
  12 | 12.* | 12-* | bookworm*) echo bookworm ;;
  *) die "no stand-in for the Debian release of tag $1" ;;
  esac
}

# build IMAGE BASE-SUITE [ARGUMENT…] : context on stdin (tar) or as the last argument.
build() {
  local image=$1 suite=$2
  shift 2
  docker build --quiet --build-arg "BASE=$BASE:$suite" --tag "$image" "$@" >/dev/null
}

rust_image() {
  local image=$1 tag=${1##*:} version suite toolchain triple
  version="${tag%%-*}"
  suite="$(debian_suite "$(printf '%s' "${tag#*-}" | sed 's/^slim-//')")"
  triple="$(uname -m)-unknown-linux-gnu"
  toolchain="$(readlink -f "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$version-$triple")"
  [ -x "$toolchain/bin/rustc" ] || die "$image: this machine has no Rust toolchain $version-$triple"
  local rustup
  rustup="${CARGO_HOME:-$HOME/.cargo}/bin"
  [ -x "$rustup/rustup" ] || die "$image: no rustup at $rustup"
  debian_base "$suite"
  # Streamed as one tar: no second copy of the toolchain on disk. Documentation is more than half of it.
  tar -c -C "$LAB_SRC/images/rust" Dockerfile -C "$rustup" rustup \
    -C "$toolchain" --exclude=./share --exclude=./lib/rustlib/src --exclude='./bin/rust-analyzer' --exclude='./bin/*miri*' \
    --transform 's,^\.\($\|/\),toolchain\1,S' . |
    build "$image" "$suite" --build-arg "RUST_VERSION=$version" --build-arg "TRIPLE=$triple" -
}

timescaledb_image() {
  [[ "$1" == *-pg17* ]] || die "$1: only PostgreSQL 17 has a stand-in (Debian trixie's)"
  debian_base trixie
  build "$1" trixie "$LAB_SRC/images/timescaledb"
}

nginx_image() {
  debian_base trixie
  build "$1" trixie "$LAB_SRC/images/nginx"
}

nix_image() {
  FORCE=0 image "$NIX_RUST"
  docker build --quiet --build-arg "BASE=$NIX_RUST" --tag "$1" "$LAB_SRC/images/nix" >/dev/null
}

debian_image() {
  local suite
  suite="$(debian_suite "${1##*:}")"
  if [ "$FORCE" = 1 ]; then
    rm -f "$LAB/rootfs/debian-$suite.tar"
    docker image rm "$BASE:$suite" >/dev/null 2>&1 || :
  fi
  debian_base "$suite"
  docker tag "$BASE:$suite" "$1"
}

image_locked() {
  if [ "$FORCE" = 0 ] && has_image "$1"; then
    say "$1 is there"
    return
  fi
  case "$1" in
  debian:*) timed "$1" debian_image "$1" ;;
  rust:*) timed "$1" rust_image "$1" ;;
  timescale/timescaledb:*) timed "$1" timescaledb_image "$1" ;;
  nginx:*) timed "$1" nginx_image "$1" ;;
  nixos/nix:*) timed "$1" nix_image "$1" ;;
  esac
}
image() { with_lock "image-${1//[^a-zA-Z0-9.-]/_}" image_locked "$1"; }

if [ "${1:-}" = --force ]; then
  FORCE=1
  shift
fi
if [ "${1:-}" = --rootfs ]; then
  shift
  for suite in "$@"; do rootfs "$suite"; done
  exit
fi
[ "$#" -gt 0 ] || {
  echo "usage: images.sh [--force] IMAGE… | --rootfs SUITE…" >&2
  exit 2
}
for image in "$@"; do
  # All names first: nothing is built for a request that cannot be met.
  case "$image" in
  *@*) die "$image: a stand-in cannot have the digest of the real image; use the tag" ;;
  debian:?* | rust:?* | timescale/timescaledb:?* | nginx:?* | nixos/nix:?*) ;;
  *) die "no stand-in for base image $image (there are: debian, rust, timescale/timescaledb, nginx, nixos/nix)" ;;
  esac
done
engine_answers || die "no engine answers; run engine.sh up first"
for name in "$@"; do image "$name"; done
