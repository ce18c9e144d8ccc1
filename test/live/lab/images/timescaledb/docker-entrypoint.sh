#!/usr/bin/env bash
# The contract of the official PostgreSQL entrypoint, as far as a deployment can notice it.
set -Eeo pipefail

fail() {
  printf 'Error: %s\n' "$1" >&2
  shift
  [ "$#" -eq 0 ] || printf '       %s\n' "$@" >&2
  exit 1
}

# NAME or NAME_FILE, never both.
file_env() {
  local name=$1 file_name="$1_FILE" value=${2:-}
  if [ -n "${!name:-}" ] && [ -n "${!file_name:-}" ]; then
    printf 'error: both %s and %s are set (but are exclusive)\n' "$name" "$file_name" >&2
    exit 1
  fi
  if [ -n "${!name:-}" ]; then
    value="${!name}"
  elif [ -n "${!file_name:-}" ]; then
    value="$(<"${!file_name}")"
  fi
  export "$name"="$value"
  unset "$file_name"
}

create_folders() {
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || :
  mkdir -p /var/run/postgresql || :
  chmod 03775 /var/run/postgresql 2>/dev/null || :
  if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  fi
}

sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"
}

verify_environment() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    fail 'Database is uninitialized and superuser password is not specified.' \
      'You must specify POSTGRES_PASSWORD to a non-empty value for the' \
      'superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".'
  fi
}

init_database() {
  local arguments=()
  # The official script lets the shell split and unquote this one.
  eval "arguments=(${POSTGRES_INITDB_ARGS:-})"
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || arguments+=(--waldir "$POSTGRES_INITDB_WALDIR")
  initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
  # initdb wrote "trust" for the socket and for loopback; the password counts from everywhere else.
  local method="${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

start_temporary_server() {
  # Only the socket: nobody else must reach a half-initialised database.
  shift
  pg_ctl -D "$PGDATA" -o "$(printf '%q ' -c listen_addresses='' -p "${PGPORT:-5432}" "$@")" -w start
}

stop_temporary_server() {
  pg_ctl -D "$PGDATA" -m fast -w stop
}

create_database() {
  local exists
  exists="$(sql --dbname postgres --set db="$POSTGRES_DB" --tuples-only <<<"SELECT 1 FROM pg_database WHERE datname = :'db';")"
  [ -n "$exists" ] || sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
}

run_init_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
    *.sh)
      if [ -x "$script" ]; then
        printf '%s: running %s\n' "$0" "$script"
        "$script"
      else
        printf '%s: sourcing %s\n' "$0" "$script"
        # shellcheck disable=SC1090
        . "$script"
      fi
      ;;
    *.sql) printf '%s: running %s\n' "$0" "$script" && sql --dbname "$POSTGRES_DB" -f "$script" ;;
    *.sql.gz) printf '%s: running %s\n' "$0" "$script" && gunzip -c "$script" | sql --dbname "$POSTGRES_DB" ;;
    *.sql.xz) printf '%s: running %s\n' "$0" "$script" && xzcat "$script" | sql --dbname "$POSTGRES_DB" ;;
    *.sql.zst) printf '%s: running %s\n' "$0" "$script" && zstd -dc "$script" | sql --dbname "$POSTGRES_DB" ;;
    *) printf '%s: ignoring %s\n' "$0" "$script" ;;
    esac
    printf '\n'
  done
}

main() {
  if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
  if [ "$1" != postgres ]; then exec "$@"; fi
  # Questions such as --version need no database.
  local argument
  for argument; do
    case "$argument" in -\? | --help | --describe-config | -V | --version) exec "$@" ;; esac
  done

  create_folders
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=postgres --regid=postgres --init-groups "${BASH_SOURCE[0]}" "$@"
  fi

  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS

  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    verify_environment
    # Unreadable init scripts must fail before there is a database.
    ls /docker-entrypoint-initdb.d/ >/dev/null
    init_database
    export PGPASSWORD="${PGPASSWORD-$POSTGRES_PASSWORD}"
    start_temporary_server "$@"
    create_database
    run_init_scripts
    stop_temporary_server
    unset PGPASSWORD
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
  fi
  exec "$@"
}

main "$@"
