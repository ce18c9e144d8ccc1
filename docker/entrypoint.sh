#!/bin/sh
# From trading-setup. Runs before the program: refuses a volume that is not this stack's, hands over the
# secrets as environment, then becomes the program, so that signals reach it and its exit code is the container's.
set -eu
umask 027

# 78 is EX_CONFIG: nothing but the operator can mend it.
refuse() {
  for line in "$@"; do printf 'entrypoint: %s\n' "$line" >&2; done
  exit 78
}

# A volume without its mark was emptied, swapped or never filled. Starting on it would lose the position book.
require_mark() { # FOLDER EXPECTED WHAT NEXT
  found=$(cat "$1/.trading-setup" 2>/dev/null) || found=
  [ "$found" = "$2" ] || refuse "the $3 volume at $1 is not marked as \"$2\" (found: \"$found\")." "next: $4"
}

if [ -n "${TRADING_SETUP_DATA:-}" ]; then
  require_mark "$TRADING_SETUP_DATA" "$TRADING_SETUP_STACK $TRADING_SETUP_SERVICE-data" data \
    'find out where its data went; restore it before this service starts.'
fi

if [ -n "${TRADING_SETUP_SECRETS:-}" ]; then
  require_mark /run/secrets "$TRADING_SETUP_STACK $TRADING_SETUP_SERVICE-secrets" secret \
    'npx trading-setup secrets push'
fi

for file in /run/secrets/env/*; do
  [ -f "$file" ] || continue
  # The x keeps newlines at the end, which $(…) would drop.
  value=$(cat "$file" && printf x)
  export "${file##*/}=${value%x}"
done
unset value

missing=
for name in ${TRADING_SETUP_REQUIRED:-}; do
  eval "present=\${$name:+yes}"
  [ -n "$present" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
  set -- # nothing of the program's arguments may reach the message
  for name in $missing; do
    set -- "$@" "$name is required and has no value." "next: npx trading-setup secrets set $name && npx trading-setup deploy"
  done
  refuse "$@"
fi

exec "$@"
