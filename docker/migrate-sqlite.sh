#!/bin/sh
# From trading-setup. Brings the SQLite database of a service to the schema of this version, as the program's own sqlx
# would, then ends. Runs as the owner of the data, without a network and without secrets.
#   migrate-sqlite FOLDER FILE            applies what is not applied yet of /migrations/FOLDER to /data/FILE
#   migrate-sqlite --pending FOLDER FILE  changes nothing, and may be asked while the program runs: exit 0 where nothing
#                                         is left to apply, 10 where something is that succeeds on a copy
#   migrate-sqlite --back FILE COPY       puts a copy from before a migration back, and keeps what it replaces
# The ledger is sqlx's own (_sqlx_migrations), so that each accepts what the other has done, and what sqlx refuses is
# refused: a file that was changed, one that is gone, one that ended half-way. What is new is tried on a copy first; a
# copy from before stays beside the database, the last three of them. MIGRATE_BASELINE=VERSION records everything up to
# VERSION as applied without running it, once: for a database with tables and without a ledger.
set -eu
umask 027
data=/data migrations=/migrations scratch=/tmp
case $0 in /*) self=$0 ;; *) self=$PWD/$0 ;; esac
# Sorting a large index needs more room than memory.
export SQLITE_TMPDIR="$data"
keep=3

refuse() { # WHAT NEXT [CODE]
  printf 'migrate: %s\nnext: %s\n' "$1" "$2" >&2
  exit "${3:-1}"
}

say() {
  printf 'migrate: %s\n' "$1"
}

# No start-up file, no prompts, and the first error ends it.
sqlite() { # FILE [OPTION]…
  path=$1
  shift
  sqlite3 -batch -bail -init /dev/null "$@" "$path"
}

size() { # FILE
  du -h "$1" | cut -f 1
}

# A volume without its mark was emptied, swapped or never filled: a new database in it would hide the loss.
require_mark() {
  found=$(cat "$data/.trading-setup" 2>/dev/null) || found=
  [ "$found" = "${TRADING_SETUP_MARK:-}" ] || refuse \
    "the data volume is not marked as \"${TRADING_SETUP_MARK:-}\" (found: \"$found\")." \
    'find out where its data went; restore it before this service starts.' 78
}

# The numbered files in order, one a line: version, checksum, name, description.
list() { # FOLDER
  cd "$migrations/$1" 2>/dev/null || refuse "the folder $1 is not in this image." 'npx trading-setup deploy'
  for name in *_*.sql; do
    rest=${name#*_} version=${name%%_*}
    # As sqlx: a folder is passed over, and of a pair only the way up is run.
    [ -f "$name" ] || continue
    case $rest in *.down.sql) continue ;; esac
    case $version in
      '' | *[!0-9]*) refuse "$1/$name does not begin with a number." 'rename the file as sqlx wants it, e.g. 0001_accounts.sql, then npx trading-setup deploy' ;;
    esac
    case $name in *[!A-Za-z0-9._\ -]*) refuse "$1/$name: a name may have letters, digits, blanks, dots, dashes and underscores." 'rename the file, then npx trading-setup deploy' ;; esac
    about=${rest%.sql}
    case $rest in *.up.sql) about=${rest%.up.sql} ;; esac
    version=$(printf %s "$version" | sed 's/^0*\(.\)/\1/')
    sum=$(sha384sum <"$name" | cut -d ' ' -f 1)
    printf '%s\t%s\t%s\t%s\n' "$version" "$sum" "$name" "$(printf %s "$about" | tr _ ' ')"
  done >"$scratch/listed"
  cd /
  sort -n "$scratch/listed" >"$scratch/files"
  twice=$(cut -f 1 "$scratch/files" | uniq -d | head -n 1)
  [ -z "$twice" ] || refuse "two files of $1 have the version $twice." 'give one of them a number of its own, then npx trading-setup deploy'
}

LEDGER="SELECT version, lower(hex(checksum)), success FROM _sqlx_migrations ORDER BY version"
TABLES="SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"

# What is in the database, without keeping anybody from it.
look() {
  : >"$scratch/ledger"
  has_ledger=0 tables=0
  if [ ! -e "$database" ]; then
    for left in "$database".before-* "$database.after"; do
      [ ! -e "$left" ] || refuse "$file is gone, and copies of it are in the data volume: it was deleted or moved. No empty one is made in its place." \
        "find out where it went; or put the last copy back with the stack stopped: docker compose run --rm --no-deps --entrypoint cp ${TRADING_SETUP_SERVICE:-SERVICE}-migrate $left $database"
    done
    return 0
  fi
  printf '.timeout 5000\n%s;\n%s;\n' "$TABLES" "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'" |
    sqlite "$database" -readonly >"$scratch/looked" 2>"$scratch/said" || unreadable
  { read -r tables && read -r has_ledger; } <"$scratch/looked"
  [ "$has_ledger" = 1 ] || return 0
  printf '.timeout 5000\n.separator "\\t"\n%s;\n' "$LEDGER" | sqlite "$database" -readonly >"$scratch/ledger" 2>"$scratch/said" || unreadable
}

unreadable() {
  cat "$scratch/said" >&2
  if grep -q 'is locked' "$scratch/said"; then in_use; fi
  refuse "$file cannot be read." 'look at the lines above; a copy from before a migration lies beside it as FILE.before-VERSION.'
}

in_use() {
  refuse "another process has $file open, and a schema is only changed while nobody does: nothing was changed." \
    'stop what has it open, then npx trading-setup deploy, which stops the service itself.'
}

# One word a line about what does not fit, or what is to be done: dirty, missing, changed, pending.
compare() {
  awk -F '\t' '
    FILENAME == ARGV[1] { if ($3 == 0) print "dirty", $1; sum[$1] = $2; next }
    { known[$1] = 1 }
    !($1 in sum) { print "pending", $1, $3; next }
    sum[$1] != $2 { print "changed", $1, $3 }
    END { for (version in sum) if (!(version in known)) print "missing", version }
  ' "$scratch/ledger" "$scratch/files" >"$scratch/verdict"
}

# How a copy from before a version is put back, where there is one.
copy_of() { # VERSION
  [ -e "$database.before-$1" ] || return 0
  printf '; or go back to what it was before, without what came since: %s' "$(way_back "$file.before-$1")"
}

way_back() { # COPY
  printf 'docker compose run --rm --no-deps %s-migrate --back %s %s' "${TRADING_SETUP_SERVICE:-SERVICE}" "$file" "$1"
}

judge() { # FOLDER
  compare
  while read -r what version name; do
    case $what in
      dirty) refuse "version $version ended half-way in an earlier run (success is 0 in _sqlx_migrations): nothing was changed." \
        'mend by hand what it has left and its row in the ledger, or put a copy from before back, then npx trading-setup deploy' ;;
      changed) refuse "$1/$name was changed after it had been applied: nothing was changed in $file." \
        'put the file back as it was, and write the change as a new one; then npx trading-setup deploy' ;;
      missing) refuse "$file has version $version, and this image has no file of it: it is older than the database, or the file was removed. Nothing was changed." \
        "deploy the version that has it$(copy_of "$version")." ;;
    esac
  done <"$scratch/verdict"
}

# The row of one file, as sqlx writes it.
row() { # VERSION SUM DESCRIPTION NANOSECONDS
  printf "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (%s, '%s', TRUE, X'%s', %s);\n" \
    "$1" "$3" "$2" "$4"
}

# The SQL of a run. A file is read by itself, so that what is left open in it ends with it.
script() {
  # sqlx's own statement, byte for byte.
  cat <<'SQL'

CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
CREATE TEMP TABLE "trading-setup began" (at REAL);
SQL
  tab=$(printf '\t')
  while IFS="$tab" read -r version sum name about; do
    grep -q "^pending $version " "$scratch/verdict" || continue
    if [ -n "$baseline" ] && [ "$version" -le "$baseline" ]; then
      printf '.output stdout\n.print "migrate: taken as applied %s"\n.output /dev/null\n' "$name"
      row "$version" "$sum" "$about" 0
      continue
    fi
    ln -sf "$migrations/$folder/$name" "$scratch/$version.sql"
    begin='BEGIN;' commit='COMMIT;'
    # sqlx looks for exactly that.
    if [ "$(head -c 17 "$migrations/$folder/$name")" = '-- no-transaction' ]; then begin='' commit=''; fi
    # What a file selects is nobody's business in a log.
    printf '.output stdout\n.print "migrate: applying %s"\n.output /dev/null\n' "$name"
    printf '%s\n' "DELETE FROM temp.\"trading-setup began\"; INSERT INTO temp.\"trading-setup began\" VALUES (julianday('now'));"
    printf '%s\n.read %s\n' "$begin" "$scratch/$version.sql"
    row "$version" "$sum" "$about" -1
    printf '%s\n' "$commit"
    printf '%s\n' "UPDATE _sqlx_migrations SET execution_time = CAST((julianday('now') - (SELECT at FROM temp.\"trading-setup began\")) * 86400000000000 AS INTEGER) WHERE version = $version;"
  done <"$scratch/files"
}

# What was to be applied is in the ledger: a file can end a transaction of its own, or what follows it.
is_complete() { # DATABASE
  printf '.separator "\\t"\n%s;\n' "$LEDGER" | sqlite "$1" >"$scratch/ledger" && compare && ! [ -s "$scratch/verdict" ]
}

# On a copy, and with everything that the real one would get.
try() { # DATABASE
  { echo '.output /dev/null'; echo 'PRAGMA journal_mode = wal; PRAGMA foreign_keys = ON;'; cat "$scratch/apply.sql"; } |
    sqlite "$1" >"$scratch/at" 2>"$scratch/said" || return 1
  is_complete "$1" || { echo 'a file ends the transaction that it is in, or holds what follows it back' >"$scratch/said"; return 1; }
  rm -f "$scratch/said"
}

failed_try() {
  sed 's/^/  /' "$scratch/said" >&2
  if grep -q 'is full' "$scratch/said"; then full; fi
  at=$(sed -n 's/^migrate: applying //p' "$scratch/at" | tail -n 1)
  refuse "${at:-a file} was tried on a copy and failed: nothing was changed in $file." \
    'mend the SQL file, then npx trading-setup deploy'
}

full() {
  refuse "the disk of the data volume is full: a migration needs room for a copy of $file${1:+ ($1)}. Nothing was changed." \
    'make room on the disk of the engine, then npx trading-setup deploy'
}

# The last copies from before, by age; more would fill the volume with every version.
prune() {
  # shellcheck disable=SC2012 # names of ours, and find cannot sort by age
  ls -t "$database".before-* 2>/dev/null | tail -n +$((keep + 1)) | while read -r old; do rm -f "$old"; done
}

clean() {
  rm -f "$trying" "$trying-wal" "$trying-shm" "$trying-journal" "$database.before-new"
}

# A file that fails is known before anybody is stopped for it.
try_beside() {
  if [ -e "$database" ]; then
    printf ".timeout 5000\nVACUUM INTO '%s';\n" "$trying" | sqlite "$database" 2>"$scratch/said" || uncopied "$scratch/said"
  fi
  try "$trying" || failed_try
}

fresh() {
  try "$trying" || failed_try
  # Put in place as a whole; one that came meanwhile is not replaced.
  sync "$trying"
  ln "$trying" "$database" 2>/dev/null || in_use
  say "made $file"
}

existing() {
  first=$(sed -n 's/^pending \([0-9]*\) .*/\1/p' "$scratch/verdict" | head -n 1)
  copy=$database.before-$first
  rm -f "$scratch/go.sql" "$scratch/kept.sql" "$scratch/same.sql" "$scratch/locked"
  # One process from the first look to the last file: it holds the database for itself the whole time. A file that is
  # not there ends it, which is how a shell command says no.
  {
    echo ".output $scratch/out"
    echo 'PRAGMA locking_mode = exclusive; PRAGMA journal_mode = wal; BEGIN EXCLUSIVE; COMMIT; PRAGMA foreign_keys = ON;'
    printf '.separator "\\t"\n.once %s\n' "$scratch/locked"
    if [ "$has_ledger" = 1 ]; then echo "$LEDGER;"; else echo 'SELECT 1 WHERE 0;'; fi
    echo ".shell cmp -s $scratch/ledger $scratch/locked && touch $scratch/same.sql"
    echo ".read $scratch/same.sql"
    echo "VACUUM INTO '$trying';"
    echo ".shell sh $self --try $trying && touch $scratch/kept.sql"
    echo ".read $scratch/kept.sql"
    if [ "$tables" != 0 ]; then
      echo "VACUUM INTO '$database.before-new';"
      echo ".shell sync $database.before-new && mv $database.before-new $copy && cp $scratch/apply.sql $scratch/go.sql"
    else
      echo ".shell cp $scratch/apply.sql $scratch/go.sql"
    fi
    echo '.output stdout'
    echo ".read $scratch/go.sql"
  } >"$scratch/run.sql"
  rm -f "$scratch/said"
  sqlite "$database" <"$scratch/run.sql" 2>"$scratch/error" || broken
  is_complete "$database" || refuse "$file has not everything that was to be applied." "put the copy back: $(way_back "${copy##*/}")"
  [ "$tables" != 0 ] || return 0
  prune
  say "the copy from before is ${copy##*/} in the data volume ($(size "$copy")); the last $keep are kept"
  say "the only way back, without what comes after it: stop the service, then $(way_back "${copy##*/}"), then deploy the version before"
}

uncopied() { # ERRORS
  if grep -q 'is locked' "$1"; then in_use; fi
  if grep -q 'is full' "$1"; then full "$(size "$database")"; fi
  refuse "$file was not copied: nothing was changed." 'look at the lines above, then npx trading-setup deploy'
}

broken() {
  [ ! -s "$scratch/said" ] || failed_try
  if [ -e "$scratch/locked" ] && [ ! -e "$scratch/same.sql" ]; then in_use; fi
  sed 's/^/  /' "$scratch/error" >&2
  # Until the last part nothing is written into the database itself.
  [ -e "$scratch/go.sql" ] || uncopied "$scratch/error"
  refuse "failed after the try on a copy had succeeded; the file at which it ended was rolled back, earlier ones stay applied." \
    "mend what the lines above name, then npx trading-setup deploy; to go back: $(way_back "${copy##*/}")"
}

back() { # FILE COPY
  file=$1 database=$data/$1
  case $2 in "$1".before-*) ;; *) refuse "$2 is no copy of $1 from before a migration." "they are called $1.before-VERSION" ;; esac
  [ -f "$data/$2" ] || refuse "there is no $2 in the data volume." "there are: $(cd "$data" && echo "$1".before-*)"
  require_mark
  # Folds everything that is committed into the file, and shows that nobody else has it.
  echo 'PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(truncate);' |
    sqlite "$database" >/dev/null 2>"$scratch/said" || unreadable
  [ ! -s "$database-wal" ] || in_use
  cp "$data/$2" "$database.new" || { rm -f "$database.new"; full; }
  sync "$database.new"
  rm -f "$database-wal" "$database-shm"
  # At no moment is there none: an empty one would be made in its place.
  ln -f "$database" "$database.after"
  mv "$database.new" "$database"
  sync "$data"
  say "$file is as it was in $2; what it was until now is kept as $file.after"
}

only=
case ${1:-} in
  --try)
    try "$2"
    exit
    ;;
  --back)
    back "$2" "$3"
    exit
    ;;
  --pending)
    only=yes
    shift
    ;;
esac
folder=$1 file=$2
database=$data/$file trying=$data/.$file.trying baseline=${MIGRATE_BASELINE:-}
require_mark
list "$folder"
look
judge "$folder"
if ! [ -s "$scratch/verdict" ] && [ "$has_ledger" = 1 ]; then
  say "the schema of $file is up to date"
  exit 0
fi
if [ "$has_ledger" = 1 ] || [ "$tables" = 0 ]; then
  # Only a database that others made has something to take over.
  baseline=
elif [ -z "$baseline" ]; then
  refuse "$file has tables and no ledger of sqlx: somebody has to say which files they are the work of. Nothing was changed." \
    "set MIGRATE_BASELINE_$(printf %s "${TRADING_SETUP_SERVICE:-SERVICE}" | tr a-z- A-Z_) in .env to the number of the last file that it contains, then npx trading-setup deploy"
elif ! cut -f 1 "$scratch/files" | grep -Fqx "$baseline"; then
  refuse "the baseline $baseline is none of: $(cut -f 1 "$scratch/files" | paste -s -d ' ')" 'correct it in .env, then npx trading-setup deploy'
fi
new=$(sed -n 's/^pending [0-9]* //p' "$scratch/verdict" | paste -s -d ' ')
trap clean EXIT
clean
script >"$scratch/apply.sql"
if [ -n "$only" ]; then
  try_beside
  say "to be applied to $file: $new"
  exit 10
fi
if [ -e "$database" ]; then existing; else fresh; fi
say "the schema of $file is up to date"
