import {
  DATABASE,
  DATABASE_FOLDER,
  dataVolume,
  imageOf,
  MIGRATE,
  POSTGRES_UID,
  SECRETS_FOLDER,
  secretVolume,
  volumeMark,
} from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import { buildOf, type ComposeService, labels, literal, tmpfs, user } from './parts.ts';

type Database = Extract<Stack['database'], { kind: 'timescaledb' }>;

/**
 * The image's entrypoint would make a new, empty cluster in a volume that lost its content, and everything would look
 * healthy. So the mark is asked for first.
 */
function guard(stack: Stack): string {
  const mark = volumeMark(stack, dataVolume(DATABASE));
  return [
    `[ "$(cat ${DATABASE_FOLDER}/.trading-setup 2>/dev/null)" = "${mark}" ]`,
    `|| { echo 'entrypoint: the data volume is not marked as "${mark}": it was emptied or is another one.' >&2;`,
    `echo 'next: find out where its data went; restore it before the database starts.' >&2; exit 78; };`,
    'exec docker-entrypoint.sh postgres',
  ].join(' ');
}

/** A query over TCP: while the image initialises, its server answers on the socket only. */
function probe(database: Database): string {
  return `psql -h 127.0.0.1 -U postgres -d ${database.name} -Atqc "select 1 from pg_extension where extname = 'timescaledb'" | grep -qx 1`;
}

export function databaseService(stack: Stack, database: Database): ComposeService {
  return {
    image: database.image,
    user: user(POSTGRES_UID),
    entrypoint: ['sh', '-ec', literal(guard(stack))],
    environment: {
      POSTGRES_DB: database.name,
      POSTGRES_USER: 'postgres',
      POSTGRES_PASSWORD_FILE: `${SECRETS_FOLDER}/superuser_password`,
      PGDATA: `${DATABASE_FOLDER}/cluster`,
      TIMESCALEDB_TELEMETRY: 'off',
      TS_TUNE_MEMORY: database.memory,
      TS_TUNE_NUM_CPUS: String(database.cpus),
    },
    volumes: [`${dataVolume(DATABASE)}:${DATABASE_FOLDER}`, `${secretVolume(DATABASE)}:${SECRETS_FOLDER}:ro`],
    tmpfs: [tmpfs('/tmp', POSTGRES_UID), tmpfs('/run/postgresql', POSTGRES_UID, '3775')],
    shm_size: '256m',
    mem_limit: database.memory.replace(/B$/, '').toLowerCase(),
    pids_limit: 512,
    stop_grace_period: '60s',
    networks: ['database'],
    healthcheck: {
      test: ['CMD-SHELL', literal(probe(database))],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '120s',
      start_interval: '1s',
    },
    labels: labels(stack, DATABASE),
  };
}

export function migrateService(stack: Stack, database: Database): ComposeService {
  const baseline = stack.adopt?.database?.baseline;
  return {
    image: imageOf(stack, MIGRATE),
    build: buildOf(stack, MIGRATE),
    user: user(POSTGRES_UID),
    environment: {
      PGHOST: DATABASE,
      PGUSER: 'postgres',
      PGDATABASE: database.name,
      APP_ROLE: database.role,
      MIGRATE_BASELINE: '${MIGRATE_BASELINE:-}',
      ...(baseline ? { ADOPT_BASELINE: literal(baseline) } : {}),
    },
    volumes: [`${secretVolume(MIGRATE)}:${SECRETS_FOLDER}:ro`],
    // The image declares a volume on the data folder: without this each run would leave a nameless one behind.
    tmpfs: [tmpfs('/tmp', POSTGRES_UID), tmpfs(DATABASE_FOLDER, POSTGRES_UID)],
    pids_limit: 64,
    networks: ['database'],
    depends_on: { [DATABASE]: { condition: 'service_healthy' } },
    // Ran to its end is its healthy state.
    restart: 'no',
    labels: { ...labels(stack, MIGRATE), 'trading-setup.one-shot': 'true' },
  };
}
