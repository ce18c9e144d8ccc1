#!/usr/bin/env bash
# The official image runs timescaledb-tune here. This applies its main rules: a quarter of the memory
# for shared_buffers, three quarters as cache estimate, workers by the number of CPUs.
set -euo pipefail
[ -z "${NO_TS_TUNE:-}" ] || exit 0

bytes=""
case "${TS_TUNE_MEMORY:-}" in
'') ;;
*[kK]B) bytes=$((${TS_TUNE_MEMORY%??} * 1024)) ;;
*[mM]B) bytes=$((${TS_TUNE_MEMORY%??} * 1024 * 1024)) ;;
*[gG]B) bytes=$((${TS_TUNE_MEMORY%??} * 1024 * 1024 * 1024)) ;;
*)
  # Like timescaledb-tune, which does not accept a number without its unit.
  echo "invalid TS_TUNE_MEMORY: ${TS_TUNE_MEMORY} (for example 512MB or 4GB)" >&2
  exit 1
  ;;
esac
{
  if [ -n "$bytes" ]; then
    echo "shared_buffers = $((bytes / 4 / 1024))kB"
    echo "effective_cache_size = $((bytes * 3 / 4 / 1024))kB"
  fi
  if [ -n "${TS_TUNE_NUM_CPUS:-}" ]; then
    echo "max_parallel_workers = ${TS_TUNE_NUM_CPUS}"
    echo "max_worker_processes = $((TS_TUNE_NUM_CPUS + 16 + 3))"
    echo "timescaledb.max_background_workers = 16"
  fi
} >>"$PGDATA/postgresql.conf"
