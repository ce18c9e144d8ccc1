#!/usr/bin/env bash
# The official image's script of this name: the extension in the initial databases and in the template.
# TIMESCALEDB_TELEMETRY is accepted and without effect: Debian's build has no telemetry.
set -euo pipefail
for database in postgres template1 "${POSTGRES_DB:-postgres}"; do
  # One job of the extension does not exist under the Apache licence and would put errors into the server's
  # log. Switched off in the same transaction, before its scheduler can see it.
  PGHOST='' psql -v ON_ERROR_STOP=1 --quiet --no-psqlrc --single-transaction \
    --username "$POSTGRES_USER" --dbname "$database" <<'SQL'
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timescaledb CASCADE;
UPDATE _timescaledb_config.bgw_job SET scheduled = false WHERE proc_name = 'policy_job_stat_history_retention';
SQL
done
