#!/usr/bin/env bash
# ttyd.sh : an image root in $LAB/ttyd that replaces the Dockerfile stage `ttyd`, which would download a release.
# Use it as a named build context: --build-context ttyd="$LAB/ttyd", or build.additional_contexts in Compose.
# Differs: the release is one static program; this is Debian's, which needs four libraries beside it. They go to the
# system's library folder because the path of the event loop plug-in is compiled in.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Everything else that it loads is in the slim image already (libssl3t64, libcap2, zlib1g).
LIBRARIES=(libwebsockets19t64 libwebsockets-evlib-uv libuv1t64 libjson-c5)

ttyd_folder() {
  local target="$LAB/ttyd" work
  if [ -e "$target.complete" ]; then
    say "ttyd is there: $target"
    return
  fi
  lab_apt_update
  work="$(mktemp -d "$LAB/ttyd-work.XXXXXX")"
  # The program is in sid only; its libraries come from trixie, the release of the image they go into.
  unpack_debs "$work/root" ttyd/sid "${LIBRARIES[@]/%//trixie}"
  rm -rf "$target"
  mkdir -p "$target/usr/local/bin" "$target/usr/lib/$LAB_TRIPLET"
  cp "$work/root/usr/bin/ttyd" "$target/usr/local/bin/ttyd"
  cp -P "$work/root/usr/lib/$LAB_TRIPLET"/*.so* "$target/usr/lib/$LAB_TRIPLET/"
  rm -rf "$work"
  touch "$target.complete"
  say "ttyd is in $target"
}

with_lock ttyd ttyd_folder
