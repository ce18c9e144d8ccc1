#!/usr/bin/env bash
# From trading-setup. The health check of a service: exit 0 and say what answered, or exit 1 and say what did not.
#   health http PORT PATH    a 2xx answer
#   health tcp PORT          a connection
#   health socket PATH       somebody listens on the unix socket
#   health process SECONDS   up that long without a restart: no more than "it does not crash at once"
# bash, because it speaks TCP without another program in the image.
set -u

fail() { printf '%s\n' "$1"; exit 1; }

connect() { # opens file descriptor 3
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || fail "nothing listens on port $1"
}

case "${1:-}" in
  http)
    connect "$2"
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\nUser-Agent: trading-setup-health\r\n\r\n' "$3" "$2" >&3
    read -r -t 4 _ code _ <&3 || fail "port $2 is open and GET $3 gave no answer in 4 s"
    [[ $code == 2?? ]] || fail "GET $3 answered ${code//[^0-9]/}"
    printf 'GET %s answered %s\n' "$3" "$code"
    ;;
  tcp)
    connect "$2"
    printf 'port %s is open\n' "$2"
    ;;
  socket)
    grep -qF " $2" /proc/net/unix || fail "nobody listens on $2"
    printf '%s is served\n' "$2"
    ;;
  process)
    read -r uptime _ </proc/uptime
    read -r -a stat <<<"$(sed 's/.*) //' /proc/1/stat)"
    # Field 22 of the whole line, in ticks since boot; Linux always counts 100 a second here.
    seconds=$((${uptime%.*} - stat[19] / 100))
    ((seconds >= $2)) || fail "up for $seconds s, not yet $2 s"
    printf 'up for %s s\n' "$seconds"
    ;;
  *) fail "usage: health http PORT PATH | tcp PORT | socket PATH | process SECONDS" ;;
esac
