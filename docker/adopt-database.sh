#!/bin/sh
# From trading-setup. Copies the data folder of an earlier PostgreSQL into the volume of this one, once. Runs in
# containers of its own, without a network; the earlier volume is mounted read-only at /old.
#   adopt-database copy UID MARK
#       as root: finds the data folder, copies it and gives it to UID
#   adopt-database prepare DATABASE BASELINE BUFFERS CACHE
#       as UID: makes it what this stack expects, then puts the mark in as its last act: without it nothing starts.
#       Standard input is one line, the SCRAM verifier of the superuser's password. BASELINE is empty where nobody has
#       named one; where one is needed, what the database has is printed as "schema: …" and the mark is not put in.
set -eu
umask 077
root=/var/lib/postgresql/data
importing=$root/.trading-setup.importing cluster=$root/cluster.new

# 65 is EX_DATAERR: what is said is the whole reason.
refuse() {
  printf 'adopt: %s\n' "$1" >&2
  exit 65
}

copy() { # UID MARK
  cd "$root"
  [ ! -e .trading-setup ] || refuse 'the volume is in use already.'
  if [ -e "$importing" ]; then
    # Ours, and nothing has started on it: an earlier run was interrupted.
    find . -mindepth 1 -maxdepth 1 ! -name .trading-setup.importing ! -name lost+found -exec rm -rf {} +
  elif [ -n "$(find . -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
    refuse 'the volume holds data already, and nothing is written over it.'
  fi
  printf '%s\n' "$2" >"$importing"
  found=$(find /old -maxdepth 5 -path '*/global/pg_control' -type f)
  [ -n "$found" ] || refuse 'the old volume holds no data folder of a PostgreSQL.'
  [ "$(printf '%s\n' "$found" | wc -l)" -eq 1 ] || refuse 'the old volume holds more than one data folder of a PostgreSQL.'
  from=${found%/global/pg_control}
  old=$(cat "$from/PG_VERSION")
  new=$(postgres --version | sed 's/.*(PostgreSQL) *\([0-9]*\).*/\1/')
  [ "$old" = "$new" ] ||
    refuse "the old data is of PostgreSQL $old and this image of PostgreSQL $new: name an image of $old (database.image), or dump it there and restore it here."
  [ -f "$from/postgresql.conf" ] || refuse 'the old data keeps its configuration elsewhere: dump it and restore it here.'
  if [ -L "$from/pg_wal" ] || [ -n "$(find "$from/pg_tblspc" -mindepth 1)" ]; then
    refuse 'parts of the old data are outside of the volume: dump it and restore it here.'
  fi
  echo "adopt: copying $(du -sh "$from" | cut -f 1)"
  cp -a "$from" "$cluster"
  # Nobody serves it: what is left of an unclean end would keep this one from starting.
  rm -f "$cluster/postmaster.pid" "$cluster/postmaster.opts"
  chown -R "$1:$1" "$cluster" "$importing"
  chmod 700 "$cluster"
}

sql() { # ROLE DATABASE
  psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --host /tmp --username "$1" --dbname "$2"
}

databases() {
  echo 'SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1' | sql postgres postgres
}

# The log in and the sizes are this stack's; everything else of the old configuration stays.
configure() { # BUFFERS CACHE
  cat >>"$cluster/postgresql.conf" <<CONF

# From trading-setup: the last word counts.
listen_addresses = '*'
port = 5432
unix_socket_directories = '/var/run/postgresql'
hba_file = '$root/cluster/pg_hba.conf'
shared_buffers = $1
effective_cache_size = $2
CONF
  # The health check asks over loopback, as in a data folder that the image makes itself.
  cat >"$cluster/pg_hba.conf" <<'HBA'
# From trading-setup: what the image writes into a new data folder.
local all all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host replication all ::1/128 trust
host all all all scram-sha-256
HBA
}

start() {
  # Without a server there is no login: this role is one whose name we know, whatever the old superuser is called.
  echo 'CREATE ROLE trading_setup_import SUPERUSER LOGIN;' |
    postgres --single -D "$cluster" -c shared_preload_libraries= template1 >/tmp/server.log 2>&1 || unopened
  # Its own socket folder: nobody but this script talks to it.
  pg_ctl -D "$cluster" -l /tmp/server.log -t 3600 -w -s \
    -o "-c listen_addresses= -c unix_socket_directories=/tmp -c shared_buffers=128MB -c hba_file=$cluster/pg_hba.conf" start || unopened
}

unopened() {
  tail -n 20 /tmp/server.log >&2
  refuse 'the copy could not be opened.'
}

# Ours is called postgres. The one that made the data folder cannot lose its rights, so it takes that name.
roles() { # VERIFIER
  sql trading_setup_import template1 <<'SQL'
SELECT format('ALTER ROLE %I RENAME TO postgres', rolname) FROM pg_roles
  WHERE oid = 10 AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres') \gexec
SELECT 'CREATE ROLE postgres' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres') \gexec
SQL
  # On standard input: it stands in no argument and no log of the server.
  printf "ALTER ROLE postgres SUPERUSER LOGIN PASSWORD '%s';\n" "$1" | sql trading_setup_import template1
  echo 'DROP ROLE trading_setup_import;' | sql postgres template1
}

# Another version of TimescaleDB has to be told; another C library sorts texts otherwise, and an index of the old order
# would not find its rows.
refresh() {
  for each in $(databases); do
    # Has to be the first command of its session, so nobody can ask before whether it is there at all.
    if ! echo 'ALTER EXTENSION timescaledb UPDATE;' | sql postgres "$each" >/tmp/update.log 2>&1 &&
      ! grep -q 'extension "timescaledb" does not exist' /tmp/update.log; then
      cat /tmp/update.log >&2
      refuse "the TimescaleDB of $each is of a version that this image cannot take over: dump it and restore it here."
    fi
    sql postgres "$each" <<'SQL'
SELECT unnest(ARRAY[format('REINDEX DATABASE %I', datname), format('ALTER DATABASE %I REFRESH COLLATION VERSION', datname)])
  FROM pg_database
  WHERE datname = current_database() AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid) \gexec
SQL
  done
}

# Tables without a ledger of ours: somebody has to say which SQL files they are the work of.
needs_baseline() { # DATABASE
  [ "$(sql postgres "$1" <<'SQL'
SELECT to_regclass('trading_setup.migrations') IS NULL AND EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')
SQL
  )" = t ]
}

schema() { # DATABASE
  sql postgres "$1" <<'SQL'
SELECT 'schema: relation ' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'i', 'I') AND nspname !~ '^(pg_|_timescaledb|timescaledb_|information_schema)' ORDER BY relname;
SELECT 'schema: column ' || table_name || ' ' || column_name FROM information_schema.columns
  WHERE table_schema !~ '^(pg_|_timescaledb|timescaledb_|information_schema)' ORDER BY 1;
SQL
}

prepare() { # DATABASE BASELINE BUFFERS CACHE
  read -r verifier
  echo 'adopt: preparing the copy'
  configure "$3" "$4"
  start
  roles "$verifier"
  databases | grep -Fqx "$1" ||
    refuse "the old data has no database $1, but: $(databases | grep -Evx 'template1|postgres' | paste -s -d ' '). Set database.name to the one that is meant."
  refresh
  missing=
  if [ -z "$2" ] && needs_baseline "$1"; then
    missing=yes
    schema "$1"
  fi
  tables=$(echo "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" | sql postgres "$1")
  pg_ctl -D "$cluster" -m fast -t 3600 -w -s stop
  [ -z "$missing" ] || exit 0
  mv "$cluster" "$root/cluster"
  sync
  mv "$importing" "$root/.trading-setup"
  chmod 444 "$root/.trading-setup"
  sync
  echo "adopt: $tables tables; the old volume is as it was"
}

"$@"
