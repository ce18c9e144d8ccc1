#!/bin/sh
# From trading-setup. Runs before the program: refuses a volume that is not this stack's, hands over the
# secrets as environment, then becomes the program, so that signals reach it and its exit code is the container's.
set -eu
umask 027
# Own variables start with ts_: one that the program's environment also has would be changed for the program too.

# 78 is EX_CONFIG: nothing but the operator can mend it.
refuse() {
  for ts_line in "$@"; do printf 'entrypoint: %s\n' "$ts_line" >&2; done
  exit 78
}

# A volume without its mark was emptied, swapped or never filled. Starting on it would lose the position book.
require_mark() { # FOLDER EXPECTED WHAT NEXT
  ts_found=$(cat "$1/.trading-setup" 2>/dev/null) || ts_found=
  [ "$ts_found" = "$2" ] || refuse "the $3 volume at $1 is not marked as \"$2\" (found: \"$ts_found\")." "next: $4"
}

if [ -n "${TRADING_SETUP_DATA:-}" ]; then
  require_mark "$TRADING_SETUP_DATA" "$TRADING_SETUP_STACK $TRADING_SETUP_SERVICE-data" data \
    'find out where its data went; restore it before this service starts.'
fi

if [ -n "${TRADING_SETUP_SECRETS:-}" ]; then
  require_mark /run/secrets "$TRADING_SETUP_STACK $TRADING_SETUP_SERVICE-secrets" secret \
    'npx trading-setup secrets push'
fi

for ts_file in /run/secrets/env/*; do
  # An emptied file is a secret that was taken away.
  [ -s "$ts_file" ] || continue
  # The x keeps newlines at the end, which $(…) would drop.
  ts_value=$(cat "$ts_file" && printf x)
  export "${ts_file##*/}=${ts_value%x}"
done
unset ts_value

# Each word is a variable; behind a = the secret that gives it, where that has another name, or nothing for a setting.
ts_missing=
for ts_word in ${TRADING_SETUP_REQUIRED:-}; do
  eval "ts_present=\${${ts_word%%=*}:+yes}"
  [ -n "$ts_present" ] || ts_missing="$ts_missing $ts_word"
done
if [ -n "$ts_missing" ]; then
  set -- # nothing of the program's arguments may reach the message
  for ts_word in $ts_missing; do
    ts_name=${ts_word%%=*}
    case $ts_word in
    *=) ts_next="init --no-start --set services.$TRADING_SETUP_SERVICE.environment.$ts_name=VALUE" ;;
    *) ts_next="secrets set ${ts_word#*=}" ;;
    esac
    set -- "$@" "$ts_name is required and has no value." "next: npx trading-setup $ts_next && npx trading-setup deploy"
  done
  refuse "$@"
fi

exec "$@"
