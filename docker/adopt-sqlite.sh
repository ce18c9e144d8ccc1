#!/bin/sh
# From trading-setup. Copies an SQLite database into a data volume, once. Runs in a container of its own, without a
# network, as the owner of the volume.
#   adopt-sqlite NAME FILE MARK
# Standard input is a tar with NAME, what is not yet folded into it (NAME-wal, NAME-journal), and .complete at its end.
# The volume at /volume gets FILE, and MARK as its last act: without the mark nothing starts on it.
set -eu
umask 077
name=$1 file=$2 mark=$3
# Sorting a large index needs more room than memory.
export SQLITE_TMPDIR=/incoming
importing=.trading-setup.importing fresh=.trading-setup.new

# 65 is EX_DATAERR: what is said is the whole reason.
refuse() {
  printf 'adopt: %s\n' "$1" >&2
  exit 65
}

# No start-up file, no prompts, and the first error ends it.
database() { # FILE SQL
  sqlite3 -batch -bail -init /dev/null "$1" "$2"
}

# Rows of every table, one a line. A virtual table has its rows in tables of its own, which are counted.
rows() { # FILE
  database "$1" "SELECT 'SELECT ' || quote(name) || ', count(*) FROM \"' || replace(name, '\"', '\"\"') || '\";'
    FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name" >/tmp/count.sql
  sqlite3 -batch -bail -init /dev/null "$1" </tmp/count.sql
}

header() { # FILE
  database "$1" 'SELECT * FROM pragma_user_version, pragma_application_id, pragma_encoding, pragma_page_size'
}

cd /volume
[ ! -e .trading-setup ] || refuse 'the volume is in use already.'
if [ -e $importing ]; then
  # Ours, and nothing has started on it: an earlier run was interrupted.
  find . -mindepth 1 -maxdepth 1 ! -name $importing ! -name lost+found -exec rm -rf {} +
elif [ -n "$(find . -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
  refuse 'the volume holds data already, and nothing is written over it.'
fi
printf '%s\n' "$mark" >$importing

tar --extract --directory /incoming
[ -e /incoming/.complete ] || refuse 'it was not sent to its end.'
source=/incoming/$name
echo "adopt: looking at $name"
# Opening it takes in what was committed to its log or takes back what was not.
[ "$(database "$source" 'PRAGMA integrity_check')" = ok ] ||
  refuse "$name fails its own integrity check (PRAGMA integrity_check): repair it first."
rows "$source" >/tmp/before
mode=$(database "$source" 'PRAGMA journal_mode')

echo "adopt: copying $name"
database "$source" "VACUUM INTO '/volume/$fresh'"
[ "$mode" != wal ] || database $fresh 'PRAGMA journal_mode = wal' >/dev/null

echo "adopt: checking the copy"
[ "$(database $fresh 'PRAGMA integrity_check')" = ok ] || refuse 'the copy fails its integrity check.'
rows $fresh >/tmp/after
cmp -s /tmp/before /tmp/after || refuse 'the copy has not the same rows.'
[ "$(header $fresh)" = "$(header "$source")" ] || refuse 'the copy is not of the same version.'
rm -f $fresh-wal $fresh-shm

mv $fresh "$file"
sync "$file" .
mv $importing .trading-setup
chmod 444 .trading-setup
sync .
awk -F '|' '{ sum += $NF } END { printf "adopt: %d rows in %d tables\n", sum, NR }' /tmp/after
