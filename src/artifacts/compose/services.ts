import { APP_UID, dataVolume, imageOf, MIGRATE, SECRETS_FOLDER, secretsIn, secretVolume } from '../../stack/names.ts';
import type { Health, Service, Stack } from '../../stack/schema.ts';
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

/** Variables that the entrypoint insists on. */
function required(stack: Stack, service: Service): readonly string[] {
  return Object.entries(service.secrets)
    .filter(([, template]) => secretsIn(template).some((name) => stack.secrets.entries[name]?.required))
    .map(([variable]) => variable);
}

function environment(stack: Stack, name: string, service: Service): Readonly<Record<string, string>> {
  const plain = Object.entries(service.environment).map(([key, value]) => [key, literal(value)] as const);
  const insisted = required(stack, service);
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
  const api = stack.ports.api;
  return [
    'outbound',
    ...(service.database ? ['database'] : []),
    ...(api?.service === name && api.via === 'gate' ? ['api'] : []),
  ];
}

/** A program of the repository. The first one builds the image, the others take it. */
export function programService(stack: Stack, name: string, service: Service): ComposeService {
  const first = Object.keys(stack.services)[0] === name;
  const api = stack.ports.api;
  const mounts = volumes(name, service);
  const direct = api?.service === name && api.via === 'direct';
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
    ...(direct ? { ports: [publish(stack.ports.bind, 'API_PORT', api.host, api.container)] } : {}),
    ...(stack.database.kind !== 'none' && service.database
      ? { depends_on: { [MIGRATE]: { condition: 'service_completed_successfully' } } }
      : {}),
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
