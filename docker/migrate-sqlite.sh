#!/bin/sh
# From trading-setup. Brings the SQLite database of a service to the schema of this version, as the program's own sqlx
# would, then ends. Runs as the owner of the data, without a network and without secrets.
#   migrate-sqlite FOLDER FILE            applies what is not applied yet of /migrations/FOLDER to /data/FILE
#   migrate-sqlite --pending FOLDER FILE  changes nothing, and may be asked while the program runs: exit 0 where nothing
#                                         is left to apply, 10 where something is that succeeds on a copy
#   migrate-sqlite --back FILE COPY       puts a copy back, and keeps what it replaces as FILE.after-1, -2, …
# Ends with 12 where it refuses and has changed nothing, with 78 on a volume of somebody else, with 1 where it cannot say.
# The ledger is sqlx's own (_sqlx_migrations), so that each accepts what the other has done, and what sqlx refuses is
# refused: a file that was changed, one that is gone, one that ended half-way. What is new is tried on a copy first; a
# copy from before stays beside the database, the last three of them. MIGRATE_BASELINE=VERSION records everything up to
# VERSION as applied without running it, once: for a database with tables and without a ledger.
# One at a time works on a volume (flock), and what it changes it changes in one process of sqlite that holds the
# database for itself. A program that has the database open is seen by that only while it has a write-ahead log, or
# writes: a deploy stops it before, and so must you.
set -eu
umask 027
data=/data migrations=/migrations scratch=/tmp
service=${TRADING_SETUP_SERVICE:-SERVICE}
case $0 in /*) self=$0 ;; *) self=$PWD/$0 ;; esac
# Sorting a large index needs more room than memory.
export SQLITE_TMPDIR="$data"
keep=3

refuse() { # WHAT NEXT [CODE]
  printf 'migrate: %s\nnext: %s\n' "$1" "$2" >&2
  exit "${3:-12}"
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

# The copies that lie beside it, the newest first.
copies() {
  # shellcheck disable=SC2010,SC2012 # names of ours, and find cannot sort by age
  (cd "$data" && ls -t "$file".before-* "$file".after-* 2>/dev/null | grep '[0-9]$')
}

# What is in the database, without keeping anybody from it. Opened for writing, because a program that was killed leaves
# what has to be taken back first.
look() {
  : >"$scratch/ledger"
  has_ledger=0 tables=0
  # What --back has set aside may be what was wrong.
  newest=$({ copies | grep -F "$file.before-"; copies; } | head -n 1)
  if [ -s "$database" ]; then
    printf '.timeout 5000\n%s;\n%s;\n' "$TABLES" "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'" |
      sqlite "$database" >"$scratch/looked" 2>"$scratch/said" || unreadable
    { read -r tables && read -r has_ledger; } <"$scratch/looked"
  else
    # sqlite would take the log of the old one into a new one.
    for left in "$database-wal" "$database-journal"; do
      [ ! -e "$left" ] || lost "${left##*/}"
    done
  fi
  [ "$tables" != 0 ] || [ -z "$newest" ] || lost "$newest"
  [ "$has_ledger" = 1 ] || return 0
  printf '.timeout 5000\n.separator "\\t"\n%s;\n' "$LEDGER" | sqlite "$database" >"$scratch/ledger" 2>"$scratch/said" || unreadable
}

lost() { # LEFT
  refuse "$file is gone or empty, and $1 is in the data volume: it was deleted, moved or emptied. No new one is made in its place." \
    "find out where it went, and put it back beside what is left of it$(or_newest)"
}

or_newest() {
  [ -z "$newest" ] || printf '; or go back to a copy, without what came since (there are, the newest first: %s): %s' \
    "$(copies | paste -s -d ' ')" "$(way_back "$newest")"
}

unreadable() {
  sed 's/^/  /' "$scratch/said" >&2
  if grep -q 'is locked' "$scratch/said"; then in_use; fi
  refuse "$file cannot be read." "look at the lines above$(or_newest)"
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
  printf 'docker compose stop %s && docker compose run --rm --no-deps %s-migrate --back %s %s' "$service" "$service" "$file" "$1"
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
  refuse "the disk of the data volume is full: a migration needs room for copies of $file. Nothing was changed." \
    'make room on the disk of the engine, then npx trading-setup deploy'
}

# Known before anybody is stopped for it. The reserve is for a write-ahead log.
require_room() { # TIMES FILE…
  times=$1
  shift
  need=$(du -k "$@" 2>/dev/null | awk -v times="$times" '{ sum += $1 } END { printf "%.0f", times * sum + 8192 }')
  free=$(df -Pk "$data" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$need" ] || refuse "the disk of the data volume has $free KB free, and $need are wanted for copies of $file. Nothing was changed." \
    'make room on the disk of the engine, then the same again'
}

# The last copies from before, by age; more would fill the volume with every version.
prune() {
  copies | grep -F "$file.before-" | tail -n +$((keep + 1)) | while read -r old; do rm -f "$data/$old"; done
}

clean() {
  rm -f "$draft" "$draft"-*
}

# A file that fails is known before anybody is stopped for it. A program without a write-ahead log cannot commit while
# the copy is made.
try_beside() {
  if [ -e "$database" ]; then
    printf ".timeout 5000\nVACUUM INTO '%s';\n" "$draft" | sqlite "$database" 2>"$scratch/said" || uncopied
  fi
  try "$draft" || failed_try
}

fresh() {
  try "$draft" || failed_try
  # Put in place as a whole; one that came meanwhile is not replaced.
  sync "$draft"
  ln "$draft" "$database" 2>/dev/null || in_use
  say "made $file"
}

# Nobody else reads or writes it until this process of sqlite ends.
HOLD='PRAGMA locking_mode = exclusive; PRAGMA journal_mode = wal; BEGIN EXCLUSIVE; COMMIT;'

existing() {
  first=$(sed -n 's/^pending \([0-9]*\) .*/\1/p' "$scratch/verdict" | head -n 1)
  copy=$database.before-$first
  rm -f "$scratch/go.sql" "$scratch/kept.sql" "$scratch/same.sql" "$scratch/locked"
  # One process from the first look to the last file. A file that is not there ends it, which is how a shell command
  # says no.
  {
    echo ".output $scratch/out"
    echo "$HOLD PRAGMA foreign_keys = ON;"
    printf '.separator "\\t"\n.once %s\n' "$scratch/locked"
    if [ "$has_ledger" = 1 ]; then echo "$LEDGER;"; else echo 'SELECT 1 WHERE 0;'; fi
    echo ".shell cmp -s $scratch/ledger $scratch/locked && touch $scratch/same.sql"
    echo ".read $scratch/same.sql"
    echo "VACUUM INTO '$draft';"
    echo ".shell sh $self --try $draft && rm -f $draft* && touch $scratch/kept.sql"
    echo ".read $scratch/kept.sql"
    if [ "$tables" != 0 ]; then
      echo "VACUUM INTO '$draft';"
      echo ".shell sync $draft && mv $draft $copy && cp $scratch/apply.sql $scratch/go.sql"
    else
      echo ".shell cp $scratch/apply.sql $scratch/go.sql"
    fi
    echo '.output stdout'
    echo ".read $scratch/go.sql"
  } >"$scratch/run.sql"
  rm -f "$scratch/said"
  sqlite "$database" <"$scratch/run.sql" 2>"$scratch/error" || broken
  is_complete "$database" || refuse "$file has not everything that was to be applied." "put the copy back: $(way_back "${copy##*/}")" 1
  [ "$tables" != 0 ] || return 0
  prune
  say "the copy from before is ${copy##*/} in the data volume ($(size "$copy")); the last $keep are kept"
  say "the only way back, without what comes after it: $(way_back "${copy##*/}"), then deploy the version before"
}

uncopied() {
  if grep -q 'is locked' "$scratch/said"; then in_use; fi
  sed 's/^/  /' "$scratch/said" >&2
  if grep -q -e 'is full' -e 'No space' "$scratch/said"; then full; fi
  refuse "$file was not copied: nothing was changed." 'look at the lines above, then the same again'
}

broken() {
  [ ! -s "$scratch/said" ] || failed_try
  if [ -e "$scratch/locked" ] && [ ! -e "$scratch/same.sql" ]; then in_use; fi
  # Until the last part nothing is written into the database itself.
  [ -e "$scratch/go.sql" ] || { mv "$scratch/error" "$scratch/said"; uncopied; }
  sed 's/^/  /' "$scratch/error" >&2
  refuse "failed after the try on a copy had succeeded; the file at which it ended was rolled back, earlier ones stay applied." \
    "mend what the lines above name, then npx trading-setup deploy; to go back: $(way_back "${copy##*/}")" 1
}

# Into the same file, and all or nothing: whoever waits for it meanwhile finds what was put back.
in_place() { # COPY
  rm -f "$scratch/kept.sql"
  sqlite "$database" >"$scratch/out" 2>"$scratch/said" <<SQL && return
$HOLD
PRAGMA wal_checkpoint(truncate);
.shell cp $database $draft && sync $draft && mv $draft $after && touch $scratch/kept.sql
.read $scratch/kept.sql
.restore $data/$1
SQL
  # What sqlite cannot open cannot be held either, and is set aside.
  grep -q -e 'not a database' -e 'is malformed' "$scratch/said" || uncopied
  return 1
}

# Unchanged, with the log that is part of it, and never into what is put in its place.
set_aside() { # COPY
  echo ".restore $data/$1" | sqlite "$draft" 2>"$scratch/said" || uncopied
  sync "$draft"
  # At no moment is there none: an empty one would be made in its place.
  [ ! -e "$database" ] || [ -e "$after" ] || ln "$database" "$after"
  for tail in wal shm journal; do
    [ ! -e "$database-$tail" ] || mv "$database-$tail" "$after-$tail"
  done
  mv "$draft" "$database"
  sync "$data"
}

back() { # COPY
  there="there are: $(copies | paste -s -d ' ')"
  case $1 in "$file".before-*[0-9] | "$file".after-*[0-9]) ;; *) refuse "$1 is no copy of $file." "$there" ;; esac
  [ -f "$data/$1" ] || refuse "there is no $1 in the data volume." "$there"
  [ "$(echo 'PRAGMA quick_check;' | sqlite "$data/$1" 2>&1)" = ok ] || refuse "$1 is damaged." "take another copy; $there"
  require_room 1 "$data/$1" "$database" "$database-wal"
  # A name of its own each time: what was newest is in one of them.
  number=1
  while ls -d "$database.after-$number"* >/dev/null 2>&1; do number=$((number + 1)); done
  after=$database.after-$number
  if ! [ -s "$database" ] || ! in_place "$1"; then set_aside "$1"; fi
  say "$file is as it was in $1"
  ! ls -d "$after"* >/dev/null 2>&1 || say "what it was until now is kept as ${after##*/}; delete it when nobody misses anything"
}

mode=apply
case ${1:-} in
  --try)
    try "$2"
    exit
    ;;
  --pending | --back)
    mode=${1#--}
    shift
    ;;
esac
folder=$1 file=$2
[ "$mode" != back ] || file=$1
database=$data/$file draft=$data/.$file.draft baseline=${MIGRATE_BASELINE:-}
require_mark
exec 9<"$data/.trading-setup"
flock -w 60 9 || refuse "another run of $service-migrate is at work on the data volume: nothing was changed." 'wait until it has ended, then the same again'
trap clean EXIT
clean
if [ "$mode" = back ]; then
  back "$2"
  exit
fi
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
    "set MIGRATE_BASELINE_$(printf %s "$service" | tr a-z- A-Z_) in .env to the number of the last file that it contains, then npx trading-setup deploy"
elif ! cut -f 1 "$scratch/files" | grep -Fqx "$baseline"; then
  refuse "the baseline $baseline is none of: $(cut -f 1 "$scratch/files" | paste -s -d ' ')" 'correct it in .env, then npx trading-setup deploy'
fi
new=$(sed -n 's/^pending [0-9]* //p' "$scratch/verdict" | paste -s -d ' ')
require_room 3 "$database" "$database-wal"
script >"$scratch/apply.sql"
if [ "$mode" = pending ]; then
  try_beside
  say "to be applied to $file: $new"
  exit 10
fi
if [ -e "$database" ]; then existing; else fresh; fi
say "the schema of $file is up to date"
