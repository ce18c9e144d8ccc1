#!/usr/bin/env bash
# up.sh : the whole lab. Afterwards `source "${TRADING_SETUP_LAB:-$HOME/.cache/trading-setup-lab}/env"` is all a user needs.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

IMAGES=(rust:1.95.0-trixie nixos/nix:2.31.5 timescale/timescaledb:2.19.3-pg17 nginx:1.28.0-alpine)

# together COMMAND… -- COMMAND… : side by side; fails if one of them fails, after all have ended.
together() {
  local command=() pids=() pid failed=0 word
  for word in "$@" --; do
    if [ "$word" = -- ]; then
      "${command[@]}" &
      pids+=("$!")
      command=()
    else
      command+=("$word")
    fi
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  [ "$failed" = 0 ] || die "a part of the lab failed; see above"
}

everything() {
  # First of all, and alone: the other parts need these programs, and apt's lock is for one.
  timed "host packages" "$LAB_SRC/engine.sh" host
  lab_apt_update
  # The root file system needs no engine: it is made while the engine is fetched and started.
  together timed "engine" "$LAB_SRC/engine.sh" up \
    -- timed "debian root file system" "$LAB_SRC/images.sh" --rootfs trixie \
    -- timed "ttyd" "$LAB_SRC/ttyd.sh"
  "$LAB_SRC/images.sh" debian:13.1-slim
  # Rust is mostly disk, and Nix stands on it; the database is mostly network; nginx is small.
  together "$LAB_SRC/images.sh" "${IMAGES[@]:0:2}" -- "$LAB_SRC/images.sh" "${IMAGES[@]:2}"
}

timed "lab" everything
say "now: source $LAB/env"
