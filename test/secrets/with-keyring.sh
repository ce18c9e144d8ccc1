#!/bin/sh
# Runs a command on a private D-Bus session with a real, unlocked gnome-keyring of its own:
#   with-keyring.sh COMMAND…      or   with-keyring.sh --check   (exit 1 and the reason where it cannot)
set -eu

missing=''
for program in dbus-run-session dbus-send gnome-keyring-daemon; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
found=''
for library in /usr/lib/*/libsecret-1.so.0 /usr/lib/libsecret-1.so.0 /usr/lib64/libsecret-1.so.0; do
  if [ -e "$library" ]; then found=yes; fi
done
[ -n "$found" ] || missing="$missing libsecret-1.so.0"
if [ -n "$missing" ]; then
  echo "no keyring to test with, missing:$missing (Debian: apt install gnome-keyring dbus libsecret-1-0)"
  exit 1
fi
if [ "$1" = --check ]; then exit 0; fi

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# The runtime folder holds the daemon's sockets and has to be private; without HOME the person's own keyring would open.
HOME=$home XDG_RUNTIME_DIR=$home XDG_DATA_HOME=$home XDG_CACHE_HOME=$home DISPLAY='' \
  dbus-run-session -- sh -c '
    printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    "$@"' keyring "$@"
