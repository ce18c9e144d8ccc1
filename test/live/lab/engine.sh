#!/usr/bin/env bash
# engine.sh host|up|down|restart|status
# A real container engine for the live tests. One that already answers is used as it is; else one is
# unpacked (not installed) from Debian's mirror and started in the background, with its data in the lab folder.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PIDFILE="$LAB_RUN/dockerd.pid"
LOG="$LAB/dockerd.log"
SOCKET=/var/run/docker.sock
START_LIMIT=60
# dockerd itself waits for the longest stop time-out of its containers, plus 5 s.
STOP_LIMIT=180

# runc and iptables come from the machine's own release: sid's runc needs a newer libc.
HOST_PACKAGES=(ca-certificates curl git iptables jq mmdebstrap openssl procps runc shellcheck tmux xz-utils)

host_packages() {
  local missing=() package
  for package in "${HOST_PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ "${#missing[@]}" -gt 0 ] || [ -z "$(debian_mirror)" ]; then
    need_root
    apt-get -qq update
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    say "installing: ${missing[*]}"
    apt-get -qq -o=Dpkg::Use-Pty=0 install -y --no-install-recommends "${missing[@]}" >"$LAB/host-packages.log" 2>&1 || {
      tail -20 "$LAB/host-packages.log" >&2
      die "apt could not install: ${missing[*]}"
    }
  fi
}

fetch_engine() {
  local root="$LAB/engine" program
  if [ ! -e "$root.complete" ]; then
    lab_apt_update
    rm -rf "$root" "$root.packages"
    # sid, for a client, Compose and buildx of the same generation; they need only libc 2.34.
    unpack_debs "$root" docker.io/sid docker-cli/sid docker-buildx/sid docker-compose/sid containerd/sid tini-static/sid
    touch "$root.complete"
  fi
  mkdir -p "$LAB/bin"
  for program in "$root"/usr/bin/* "$root"/usr/sbin/*; do
    [ -f "$program" ] && ln -sfn "$program" "$LAB/bin/$(basename "$program")"
  done
  # Without this link every container with `init: true` fails.
  ln -sfn "$root/usr/bin/tini-static" "$LAB/bin/docker-init"
  "$LAB/bin/dockerd" --version >/dev/null || die "the unpacked engine does not run on this machine"
}

# The system-wide folder: found by every client on this machine and under any HOME or DOCKER_CONFIG.
link_plugins() {
  local folder=/usr/local/lib/docker/cli-plugins plugin from
  for plugin in docker-buildx docker-compose; do
    from="$(find "$LAB/engine" -path '*cli-plugins*' -name "$plugin" | head -n 1)"
    [ -n "$from" ] || die "no $plugin among the unpacked packages"
    # A plugin that somebody installed stays.
    if [ ! -e "$folder/$plugin" ] || [ -L "$folder/$plugin" ]; then
      mkdir -p "$folder"
      ln -sfn "$from" "$folder/$plugin"
    fi
  done
}

write_env() {
  cat >"$LAB/env" <<ENV
# Sourced by whoever uses the lab: the client that matches the engine comes first.
export TRADING_SETUP_LAB="$LAB"
case ":\$PATH:" in *":$LAB/bin:"*) ;; *) export PATH="$LAB/bin:\$PATH" ;; esac
ENV
}

# A machine without an init system may lack the cgroup mounts that the engine insists on.
mount_cgroups() {
  local name enabled
  [ -e /sys/fs/cgroup/cgroup.controllers ] && return
  mountpoint -q /sys/fs/cgroup || mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
  while read -r name _ _ enabled; do
    case "$name" in cpu | cpuacct | cpuset | memory | devices | freezer | blkio | pids) ;; *) continue ;; esac
    [ "$enabled" = 1 ] || continue
    # A controller may be mounted together with another one, under a joint name.
    if awk -v c="$name" '$3 == "cgroup" { n = split($4, o, ","); for (i = 1; i <= n; i++) if (o[i] == c) f = 1 } END { exit !f }' /proc/mounts; then
      continue
    fi
    mkdir -p "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name" || say "warning: cgroup $name could not be mounted"
  done < <(grep -v '^#' /proc/cgroups)
}

# Containers must not send larger packets than the way out of this machine can carry.
uplink_mtu() {
  local interface
  interface="$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)"
  if [ -n "$interface" ]; then cat "/sys/class/net/$interface/mtu"; else echo 1500; fi
}

# Pid of the engine that this lab started, if it lives. The pid alone proves nothing: it may be somebody else's by now.
our_pid() {
  local pid
  [ -s "$PIDFILE" ] || return 1
  pid="$(cat "$PIDFILE")"
  [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$(readlink -f "$LAB/engine/usr/sbin/dockerd")" ] || return 1
  printf '%s\n' "$pid"
}

start() {
  local args=(--data-root "$LAB/data" --exec-root "$LAB_RUN/exec" --pidfile "$PIDFILE" -H "unix://$SOCKET") mtu waited=0 child
  need_root
  mount_cgroups
  mtu="$(uplink_mtu)"
  if [ "$mtu" -lt 1500 ]; then
    args+=(--mtu "$mtu" --default-network-opt "bridge=com.docker.network.driver.mtu=$mtu")
  fi
  mkdir -p "$LAB/data" "$LAB_RUN"
  # A log per start, and the one before it: enough to understand a failure.
  [ ! -e "$LOG" ] || mv "$LOG" "$LOG.1"
  # A session of its own: a Ctrl-C in the terminal must not stop the engine. 9 is the lock.
  setsid "$LAB/bin/dockerd" "${args[@]}" >"$LOG" 2>&1 </dev/null 9>&- &
  child=$!
  while ! engine_answers; do
    if ! kill -0 "$child" 2>/dev/null && ! our_pid >/dev/null || [ "$waited" -ge $((START_LIMIT * 5)) ]; then
      tail -n 30 "$LOG" >&2
      die "the engine did not come up; its log: $LOG"
    fi
    sleep 0.2
    waited=$((waited + 1))
  done
  say "engine $(docker version --format '{{.Server.Version}}') answers at $SOCKET (pid $(our_pid))"
}

stop() {
  local pid waited=0
  if ! pid="$(our_pid)"; then
    say "no engine of this lab is running; nothing to stop"
    return
  fi
  kill -TERM "$pid"
  while [ -e "/proc/$pid" ]; do
    [ "$waited" -lt $((STOP_LIMIT * 5)) ] || die "engine $pid did not stop within $STOP_LIMIT s"
    sleep 0.2
    waited=$((waited + 1))
  done
  say "engine stopped"
}

plugins_work() { docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

up() {
  if engine_answers && plugins_work; then
    say "an engine already answers ($(docker version --format '{{.Server.Version}}')); nothing to do"
    [ -e "$LAB/env" ] || write_env
    return
  fi
  host_packages
  fetch_engine
  link_plugins
  write_env
  engine_answers || start
}

status() {
  local pid
  if ! engine_answers; then
    say "no engine answers"
    return 1
  fi
  if pid="$(our_pid)"; then say "engine of this lab, pid $pid"; else say "an engine that this lab did not start"; fi
  say "client $(docker version --format '{{.Client.Version}}'), engine $(docker version --format '{{.Server.Version}}')"
  say "compose $(docker compose version --short), buildx $(docker buildx version | awk '{ print $2 }')"
}

restart() {
  our_pid >/dev/null || die "only an engine that this lab started can be restarted"
  stop
  start
}

case "${1:-}" in
host) with_lock engine host_packages ;;
up) with_lock engine up ;;
down) with_lock engine stop ;;
restart) with_lock engine restart ;;
status) status ;;
*)
  echo "usage: engine.sh host|up|down|restart|status" >&2
  exit 2
  ;;
esac
