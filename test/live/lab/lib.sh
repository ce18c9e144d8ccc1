# shellcheck shell=bash
# Shared by the lab scripts. Sourced, never run.
# The lab gives the live tests a real engine and local stand-ins for the base images,
# from the Debian mirror that this machine already uses; nothing here belongs to the product.

LAB="${TRADING_SETUP_LAB:-$HOME/.cache/trading-setup-lab}"
# shellcheck disable=SC2034 # used by the scripts that source this file
LAB_SRC="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# The engine's volatile files: outside of $LAB, because unix socket paths are short and a reboot must clear them.
# shellcheck disable=SC2034
LAB_RUN="/run/trading-setup-lab"
LAB_ARCH="$(dpkg --print-architecture)"
case "$LAB_ARCH" in
amd64) LAB_TRIPLET=x86_64-linux-gnu ;;
arm64) LAB_TRIPLET=aarch64-linux-gnu ;;
*)
  echo "lab: no recipe for architecture $LAB_ARCH" >&2
  exit 1
  ;;
esac
# shellcheck disable=SC2034
readonly LAB LAB_SRC LAB_RUN LAB_ARCH LAB_TRIPLET
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$LAB"

# The lab's own client must come first: it matches the engine.
export PATH="$LAB/bin:$PATH"

say() { printf 'lab: %s\n' "$*"; }
die() {
  printf 'lab: error: %s\n' "$*" >&2
  exit 1
}

need_root() { [ "$(id -u)" -eq 0 ] || die "this step needs root"; }

# timed NAME COMMAND… : runs it and says how long it took.
timed() {
  local name=$1 start rc=0
  shift
  start=$(date +%s%N)
  # A subshell of its own keeps `set -e` in force inside; `"$@" || rc=$?` would switch it off.
  set +e
  (
    set -e
    "$@"
  )
  rc=$?
  set -e
  printf 'lab: %-28s %6d.%01d s%s\n' "$name" \
    $((($(date +%s%N) - start) / 1000000000)) $((($(date +%s%N) - start) / 100000000 % 10)) \
    "$([ "$rc" -eq 0 ] || echo "  FAILED ($rc)")"
  return "$rc"
}

engine_answers() { docker info >/dev/null 2>&1; }

# Several people or jobs may call the lab at once: one of them does the work, the others wait for it.
# The lock's descriptor must not leak into background daemons (they would hold it for ever).
with_lock() {
  local name=$1
  shift
  mkdir -p "$LAB/locks"
  (
    exec 9>"$LAB/locks/$name"
    flock 9
    "$@"
  )
}

# Debian mirror of this machine, asked from apt itself, so that it does not matter which file or
# format names it. Prints the URI for the label: "Debian" (archive) or "Debian-Security".
debian_mirror() {
  local label=${1:-Debian} uri
  # shellcheck disable=SC2016 # these are fields for apt, not variables
  uri="$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' |
    awk -F'|' -v label="$label" '$1 == "Debian" && $2 == label && !found++ { print $3 }')"
  printf '%s\n' "${uri%/}"
}

# sources.list lines for a suite, as the official images have them: release, updates, security.
debian_sources() {
  local suite=$1 uri security
  uri="$(debian_mirror)"
  [ -n "$uri" ] || die "apt on this machine names no Debian mirror (run apt-get update first?)"
  printf 'deb %s %s main\n' "$uri" "$suite"
  [ "$suite" = sid ] && return
  printf 'deb %s %s-updates main\n' "$uri" "$suite"
  security="$(debian_mirror Debian-Security)"
  [ -z "$security" ] || printf 'deb %s %s-security main\n' "$security" "$suite"
}

# apt with lists and cache of its own: the machine's own suites stay as they are.
lab_apt() {
  local tool=$1
  shift
  "$tool" \
    -oDir::Etc::sourcelist="$LAB/apt/sources.list" -oDir::Etc::sourceparts=/dev/null \
    -oDir::State::Lists="$LAB/apt/lists" -oDir::Cache="$LAB/apt/cache" \
    -oAPT::Sandbox::User=root -oAcquire::Check-Valid-Until=false \
    -oAPT::Default-Release=trixie -oAcquire::Languages=none "$@"
}

lab_apt_update_locked() {
  # Half a day: a mirror drops old versions of sid's packages, so a stale list ends in 404.
  if [ -e "$LAB/apt/updated" ] && [ -z "$(find "$LAB/apt/updated" -mmin +720)" ]; then
    return
  fi
  mkdir -p "$LAB/apt/lists/partial" "$LAB/apt/cache/archives/partial"
  { debian_sources trixie && debian_sources sid; } >"$LAB/apt/sources.list"
  lab_apt apt-get -qq update
  touch "$LAB/apt/updated"
}
lab_apt_update() { with_lock apt lab_apt_update_locked; }

# unpack_debs FOLDER PACKAGE/SUITE… : download and unpack without installing.
unpack_debs() {
  local target=$1 debs deb
  shift
  debs="$(mktemp -d "$LAB/debs.XXXXXX")"
  (cd "$debs" && lab_apt apt-get -qq download "$@")
  mkdir -p "$target"
  for deb in "$debs"/*.deb; do
    dpkg -x "$deb" "$target"
  done
  (cd "$debs" && printf '%s\n' *.deb) >>"$target.packages"
  rm -rf "$debs"
}
