#!/bin/sh
# From trading-setup. Brings the database to the schema of this version, once, then ends.
#   migrate FILE…    SQL files relative to /migrations, in order
# A ledger (trading_setup.migrations) knows what was applied and the checksum of each file. A file and its ledger
# entry are one transaction; a file with "-- no-transaction" in its first lines, or with statements that PostgreSQL or
# TimescaleDB refuse inside one, runs without. MIGRATE_BASELINE=FILE records everything up to FILE as applied without running it; so does
# ADOPT_BASELINE=FILE, which is the stack's own word, but only once: where there is no ledger yet.
set -eu

PGPASSWORD=$(cat /run/secrets/superuser_password)
export PGPASSWORD PGOPTIONS='-c client_min_messages=warning'

# The statements of a file, one a line in capitals, without comments, texts, bodies of functions and rows of COPY.
statements() { # FILE
  awk '
    function flush() { gsub(/[[:space:]]+/, " ", said); sub(/^ /, "", said); print toupper(said); said = "" }
    function skip(to) { rest = substr(rest, to) }
    function open_one(mark, before) {
      if (mark == ";") { copy = toupper(said) ~ /^[[:space:]]*COPY .*FROM STDIN/; flush() }
      else if (mark == "--") rest = ""
      else if (mark == "/*") { within = "comment"; depth = 1 }
      else if (mark == "\047" && before ~ /(^|[^A-Za-z0-9_])[Ee]$/) within = "escaped"
      else { within = mark; said = said "x" }
    }
    copy { if ($0 ~ /^\\\./) copy = 0; next }
    {
      rest = $0
      while (rest != "") {
        if (within == "") {
          if (!match(rest, /--|\/\*|[\047";]|\$([A-Za-z_][A-Za-z_0-9]*)?\$/)) { said = said rest; break }
          before = substr(rest, 1, RSTART - 1); mark = substr(rest, RSTART, RLENGTH)
          said = said before; skip(RSTART + RLENGTH); open_one(mark, before)
        } else if (within == "comment") {
          if (!match(rest, /\/\*|\*\//)) break
          depth += substr(rest, RSTART, 2) == "/*" ? 1 : -1
          if (depth == 0) { within = ""; said = said " " }
          skip(RSTART + 2)
        } else if (within == "escaped") {
          if (!match(rest, /\\.|\047/)) break
          if (substr(rest, RSTART, 1) == "\047") within = ""
          skip(RSTART + RLENGTH)
        } else {
          at = index(rest, within)
          if (!at) break
          skip(at + length(within)); within = ""
        }
      }
      said = said " "
    }
    END { flush() }
  ' "$1"
}

# TimescaleDB fills a continuous aggregate while it is made, unless told WITH NO DATA.
in_transaction() { # FILE
  ! head -n 5 "$1" | grep -qi -e '--[[:space:]]*no-transaction' &&
    ! statements "$1" | grep -v 'WITH NO DATA *$' | grep -Eq \
      -e '^(CREATE|DROP|REINDEX|ALTER TABLE)[ (](.*[ (])?CONCURRENTLY([ ),]|$)' \
      -e '^VACUUM([ (]|$)' \
      -e '^CREATE MATERIALIZED VIEW .*(TIMESCALEDB|TSDB)\.CONTINUOUS' \
      -e '^CALL ([A-Z_]+\.)?REFRESH_CONTINUOUS_AGGREGATE' \
      -e '^REINDEX (.*[ )])?(DATABASE|SCHEMA|SYSTEM) ' \
      -e '^ALTER SYSTEM ' -e '^(CREATE|DROP) (DATABASE|TABLESPACE) '
}

apply() { # NAME
  sum=$(sha256sum "/migrations/$1" | cut -d ' ' -f 1)
  begin='BEGIN;' commit='COMMIT;' how=transaction
  in_transaction "/migrations/$1" || begin='' commit='' how=alone
  cat <<SQL
\\set name '$1'
\\set sum '$sum'
SELECT coalesce((SELECT checksum FROM trading_setup.migrations WHERE name = :'name'), '') AS applied \\gset
SELECT :'applied' = '' AS is_new, :'applied' NOT IN ('', :'sum') AS is_changed \\gset
\\if :is_changed
SELECT set_config('trading_setup.name', :'name', false) \\g /dev/null
DO \$fail\$ BEGIN RAISE EXCEPTION 'migration % was changed after it had been applied: write a new one instead', current_setting('trading_setup.name'); END \$fail\$;
\\endif
\\if :is_new
\\echo migrate: applying :name
\\o /tmp/script.sql.at
\\qecho $how :name
\\o
$begin
\\ir '/migrations/$1'
\\set name '$1'
\\set sum '$sum'
INSERT INTO trading_setup.migrations (name, checksum, how) VALUES (:'name', :'sum', 'applied');
$commit
\\o /tmp/script.sql.at
\\o
\\else
\\echo migrate: in place :name
\\endif
SQL
}

baseline() { # NAME
  sum=$(sha256sum "/migrations/$1" | cut -d ' ' -f 1)
  cat <<SQL
INSERT INTO trading_setup.migrations (name, checksum, how) VALUES ('$1', '$sum', 'baseline') ON CONFLICT DO NOTHING;
\\echo migrate: taken as applied '$1'
SQL
}

script() { # FILE…
  cat <<'SQL'
\set ON_ERROR_STOP on
-- Two runs at once wait for each other; the lock ends with the session.
SELECT pg_advisory_lock(hashtext('trading-setup migrate')) \g /dev/null
CREATE SCHEMA IF NOT EXISTS trading_setup;
CREATE TABLE IF NOT EXISTS trading_setup.migrations (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  how text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
SQL
  if [ -n "${MIGRATE_BASELINE:-}" ]; then
    # Nothing to take over in an empty database: there the files are run.
    cat <<'SQL'
SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') AS has_tables \gset
\if :has_tables
SQL
    for file in "$@"; do
      baseline "$file"
      [ "$file" != "$MIGRATE_BASELINE" ] || break
    done
    printf '%s\n' '\endif'
  elif [ -n "${ADOPT_BASELINE:-}" ]; then
    # Half a baseline would run what is there already.
    cat <<'SQL'
SELECT NOT EXISTS (SELECT FROM trading_setup.migrations)
   AND EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') AS is_adopted \gset
\if :is_adopted
BEGIN;
SQL
    for file in "$@"; do
      baseline "$file"
      [ "$file" != "$ADOPT_BASELINE" ] || break
    done
    printf '%s\n' 'COMMIT;' '\endif'
  fi
  cat <<'SQL'
-- Tables without a ledger: somebody made this schema by other means.
SELECT NOT EXISTS (SELECT FROM trading_setup.migrations)
   AND EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') AS is_foreign \gset
\if :is_foreign
DO $fail$ BEGIN RAISE EXCEPTION 'the database already has tables and no ledger: set MIGRATE_BASELINE in .env to the last SQL file that it contains'; END $fail$;
\endif
SQL
  for file in "$@"; do apply "$file"; done
  # The application's role can use everything and create its own tables; it is no superuser and owns no schema.
  # \set with backquotes reads the verifier inside psql: it stands in no argument and no environment.
  cat <<'SQL'
\set role `echo "$APP_ROLE"`
\set verifier `cat /run/secrets/app_role_verifier`
SELECT format('CREATE ROLE %I LOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'verifier';
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), :'role') \gexec
SELECT format('GRANT USAGE, CREATE ON SCHEMA %1$I TO %2$I; GRANT ALL ON ALL TABLES IN SCHEMA %1$I TO %2$I; GRANT ALL ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %1$I TO %2$I', nspname, :'role')
  FROM pg_namespace
  WHERE nspname = 'public' OR (nspname !~ '^(pg_|_?timescaledb|information_schema|toolkit_|trading_setup$)')
\gexec
SQL
}

refuse() {
  printf 'migrate: %s\n' "$1" >&2
  printf 'next: %s\n' "$2" >&2
  exit 1
}

# All of it is looked at before psql starts: a missing file must not end in half a run.
known='' adopted=''
for file in "$@"; do
  [ -r "/migrations/$file" ] || refuse "$file is not in this image." 'npx trading-setup deploy'
  [ "$file" != "${MIGRATE_BASELINE:-}" ] || known=yes
  [ "$file" != "${ADOPT_BASELINE:-}" ] || adopted=yes
done
# A misspelt baseline would take every file as applied, and none would ever run.
[ -z "${MIGRATE_BASELINE:-}" ] || [ -n "$known" ] ||
  refuse "MIGRATE_BASELINE=$MIGRATE_BASELINE is none of: $*" 'correct it in .env, then npx trading-setup deploy'
[ -z "${ADOPT_BASELINE:-}" ] || [ -n "$adopted" ] ||
  refuse "the baseline $ADOPT_BASELINE is none of: $*" 'correct adopt.database.baseline in trading-setup.yaml, then npx trading-setup deploy'
script "$@" >/tmp/script.sql
# psql notes here what it is at: how it runs the file, and its name; nothing between two files.
: >/tmp/script.sql.at
if psql --no-psqlrc --quiet --file /tmp/script.sql; then
  echo 'migrate: the schema is up to date'
  exit 0
fi
how='' name=''
read -r how name </tmp/script.sql.at || :
case $how in
  transaction)
    refuse "failed; what $name began was rolled back, earlier files stay applied." \
      'mend the SQL file, with "-- no-transaction" as its first line if it has a statement that no transaction may hold; then npx trading-setup deploy'
    ;;
  alone)
    refuse "failed; $name ran without a transaction: look at what it has done; earlier files stay applied." \
      'mend the SQL file so that it can run on what is there (it runs without a transaction because of "-- no-transaction" or of a statement that needs it), then npx trading-setup deploy'
    ;;
  *)
    refuse 'failed before or between the files; those that are applied stay so.' \
      'mend what the lines above name, then npx trading-setup deploy'
    ;;
esac
