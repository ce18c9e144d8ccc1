import {
  APP_UID,
  baselineVariable,
  dataVolume,
  imageOf,
  MIGRATE,
  MIGRATE_SQLITE,
  networkOf,
  portVariable,
  publishedApis,
  SECRETS_FOLDER,
  schemaService,
  secretVolume,
  volumeMark,
  withSchema,
} from '../../stack/names.ts';
import type { Health, Service, Stack } from '../../stack/schema.ts';
import { insistedOn } from '../../stack/variables.ts';
import { buildOf, type ComposeService, labels, literal, publish, tmpfs, user } from './parts.ts';

/** The image of the program; every service of the repository runs from it. */
export const APP_TARGET = 'app';

function healthCommand(health: Health): readonly string[] {
  switch (health.kind) {
    case 'http':
      return ['health', 'http', String(health.port), health.path];
    case 'tcp':
      return ['health', 'tcp', String(health.port)];
    case 'process':
      return ['health', 'process', String(health.seconds)];
  }
}

function environment(stack: Stack, name: string, service: Service): Readonly<Record<string, string>> {
  const plain = Object.entries(service.environment).map(([key, value]) => [key, literal(value)] as const);
  const insisted = insistedOn(stack, service);
  return {
    ...Object.fromEntries(plain),
    TRADING_SETUP_STACK: stack.id,
    TRADING_SETUP_SERVICE: name,
    ...(service.data === null ? {} : { TRADING_SETUP_DATA: service.data }),
    ...(Object.keys(service.secrets).length === 0 ? {} : { TRADING_SETUP_SECRETS: 'yes' }),
    ...(insisted.length === 0 ? {} : { TRADING_SETUP_REQUIRED: insisted.join(' ') }),
  };
}

function volumes(name: string, service: Service): readonly string[] {
  return [
    ...(service.data === null ? [] : [`${dataVolume(name)}:${service.data}`]),
    ...(Object.keys(service.secrets).length === 0 ? [] : [`${secretVolume(name)}:${SECRETS_FOLDER}:ro`]),
  ];
}

function networks(stack: Stack, name: string, service: Service): readonly string[] {
  const api = publishedApis(stack).find((each) => each.service === name);
  return [
    networkOf(stack, 'outbound', name),
    ...(service.database ? ['database'] : []),
    ...(api?.via === 'gate' ? [networkOf(stack, 'api', name)] : []),
  ];
}

/** A program of the repository. The first one builds the image, the others take it. */
export function programService(stack: Stack, name: string, service: Service): ComposeService {
  const first = Object.keys(stack.services)[0] === name;
  const api = publishedApis(stack).find((each) => each.service === name && each.via === 'direct');
  const mounts = volumes(name, service);
  const waitsFor = [
    ...(stack.database.kind !== 'none' && service.database ? [MIGRATE] : []),
    ...(service.migrations ? [schemaService(name)] : []),
  ];
  return {
    image: imageOf(stack, APP_TARGET),
    ...(first ? { build: buildOf(stack, APP_TARGET) } : { pull_policy: 'never' }),
    user: user(APP_UID),
    command: [service.binary, ...service.args].map(literal),
    environment: environment(stack, name, service),
    ...(mounts.length === 0 ? {} : { volumes: mounts }),
    tmpfs: [tmpfs('/tmp', APP_UID)],
    pids_limit: 512,
    stop_grace_period: service.stopGrace,
    networks: networks(stack, name, service),
    ...(api ? { ports: [publish(stack.ports.bind, portVariable(stack, name), api.host, api.container)] } : {}),
    ...(waitsFor.length === 0
      ? {}
      : {
          depends_on: Object.fromEntries(
            waitsFor.map((each) => [each, { condition: 'service_completed_successfully' }]),
          ),
        }),
    healthcheck: {
      test: ['CMD', ...healthCommand(service.health)],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '60s',
      start_interval: '1s',
    },
    labels: {
      ...labels(stack, Object.keys(service.secrets).length === 0 ? undefined : name),
      'trading-setup.mode': stack.mode,
    },
  };
}

/** Where the one-shot of a service's schema has its data, whatever the program calls that folder. */
const DATA_FOLDER = '/data';

/** Brings the SQLite database of a service to its schema while nobody else has it open: no network and no secrets. */
export function schemaOneShot(
  stack: Stack,
  name: string,
  migrations: NonNullable<Service['migrations']>,
): ComposeService {
  const isFirst = withSchema(stack)[0] === name;
  return {
    image: imageOf(stack, MIGRATE_SQLITE),
    ...(isFirst ? { build: buildOf(stack, MIGRATE_SQLITE) } : { pull_policy: 'never' }),
    user: user(APP_UID),
    command: [migrations.from, migrations.file].map(literal),
    environment: {
      TRADING_SETUP_SERVICE: name,
      TRADING_SETUP_MARK: volumeMark(stack, dataVolume(name)),
      MIGRATE_BASELINE: `\${${baselineVariable(name)}:-}`,
    },
    volumes: [`${dataVolume(name)}:${DATA_FOLDER}`],
    tmpfs: [tmpfs('/tmp', APP_UID)],
    pids_limit: 64,
    network_mode: 'none',
    // Ran to its end is its healthy state.
    restart: 'no',
    labels: { ...labels(stack), 'trading-setup.one-shot': 'true' },
  };
}
