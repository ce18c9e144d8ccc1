import {
  APP_UID,
  GATE,
  imageOf,
  NGINX_UID,
  networkOf,
  portVariable,
  publishedApis,
  SECRETS_FOLDER,
  secretVolume,
  TUI,
  TUI_GID,
  TUI_PORT,
} from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import { buildOf, type ComposeService, labels, literal, publish, tmpfs, user } from './parts.ts';

/** The unix socket between the terminal and the gate; the folder is a volume that both mount. */
export const TUI_SOCKET = '/run/tui/ttyd.sock';

type BrowserTui = Extract<Stack['tui'], { access: 'browser' }>;

/** The terminal in the browser: alone, so that closing a tab can never stop trading; no credential, one client. */
export function tuiService(stack: Stack, tui: BrowserTui): ComposeService {
  // ttyd: -m one client, -H trust the login of the gate in front of the socket, -O same origin, -W keys allowed.
  const ttyd = ['ttyd', '-d', '3', '-m', '1', '-i', TUI_SOCKET, '-H', 'X-Webauth-User', '-O', '-W'];
  const plain = Object.entries(tui.environment).map(([key, value]) => [key, literal(value)] as const);
  return {
    image: imageOf(stack, TUI),
    build: buildOf(stack, TUI),
    user: user(APP_UID, TUI_GID),
    command: [...ttyd, tui.binary, ...tui.args.map(literal)],
    environment: { HOME: '/tmp', TERM: 'xterm-256color', ...Object.fromEntries(plain) },
    volumes: ['tui-socket:/run/tui'],
    tmpfs: [tmpfs('/tmp', APP_UID)],
    pids_limit: 128,
    mem_limit: '256m',
    stop_grace_period: '10s',
    networks: ['terminal'],
    healthcheck: {
      test: ['CMD', 'health', 'socket', TUI_SOCKET],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '30s',
      start_interval: '1s',
    },
    labels: labels(stack),
  };
}

/** The login in front of everything that can act; the only service that publishes ports. */
export function gateService(stack: Stack): ComposeService {
  const apis = publishedApis(stack).filter(({ via }) => via === 'gate');
  const browser = stack.tui.access === 'browser' && stack.ports.tui !== null;
  return {
    image: imageOf(stack, GATE),
    build: buildOf(stack, GATE),
    user: user(NGINX_UID),
    ...(browser ? { group_add: [String(TUI_GID)] } : {}),
    volumes: [`${secretVolume(GATE)}:${SECRETS_FOLDER}:ro`, ...(browser ? ['tui-socket:/run/tui:ro'] : [])],
    tmpfs: [tmpfs('/tmp', NGINX_UID)],
    pids_limit: 64,
    mem_limit: '128m',
    stop_grace_period: '10s',
    networks: ['edge', ...new Set(apis.map(({ service }) => networkOf(stack, 'api', service)))],
    ports: [
      ...apis.map(({ service, host, gate }) => publish(stack.ports.bind, portVariable(stack, service), host, gate)),
      ...(browser && stack.ports.tui !== null
        ? [publish(stack.ports.bind, 'TUI_PORT', stack.ports.tui, TUI_PORT)]
        : []),
    ],
    ...(browser ? { depends_on: { [TUI]: { condition: 'service_started' } } } : {}),
    healthcheck: {
      test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8099/'],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '30s',
      start_interval: '1s',
    },
    labels: labels(stack, GATE),
  };
}
