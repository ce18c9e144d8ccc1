import type { Stack } from './schema.ts';

/** Compose services that we add around the program's own. */
export const DATABASE = 'database';
export const MIGRATE = 'migrate';
export const TUI = 'tui';
export const GATE = 'gate';

/** The image that brings SQLite databases to their schema. */
export const MIGRATE_SQLITE = 'migrate-sqlite';

/** The one-shot service that brings the SQLite database of a service to its schema, before it starts. */
export function schemaService(service: string): string {
  return `${service}-${MIGRATE}`;
}

/** Services whose SQLite database we bring to its schema, in the order of the file. */
export function withSchema({ services }: Pick<Stack, 'services'>): readonly string[] {
  return Object.entries(services).flatMap(([name, { migrations }]) => (migrations ? [name] : []));
}

/** Whether a Compose service runs to its end and is well then. */
export function isOneShot(stack: Stack, service: string): boolean {
  return service === MIGRATE || withSchema(stack).some((name) => schemaService(name) === service);
}

/** Services that every stack may have beside the program's own. */
const OURS: readonly string[] = [DATABASE, MIGRATE, TUI, GATE];

/** Services that are called like one of ours, with why they cannot be: in a Compose file a name is there once. */
export function takenNames(stack: Pick<Stack, 'services'>): readonly (readonly [name: string, why: string])[] {
  const oneShots = withSchema(stack).map(schemaService);
  const whyNot = (name: string): string | undefined => {
    if (OURS.includes(name)) return 'this name is taken by a service of ours';
    return oneShots.includes(name) ? 'this name is taken by the one-shot that migrates another service' : undefined;
  };
  return Object.keys(stack.services).flatMap((name) => {
    const why = whyNot(name);
    return why === undefined ? [] : [[name, why] as const];
  });
}

/** Owner of everything that runs in our images. */
export const APP_UID = 10_001;
/** Shared by the terminal and the gate, for the socket between them. */
export const TUI_GID = 10_002;
/** `postgres` in the official TimescaleDB image, which is made from Alpine (FACTS: uid and gid 70). */
export const POSTGRES_UID = 70;
/** `nginx` in the official nginx image. */
export const NGINX_UID = 101;

/** The port of the terminal inside its container. */
export const TUI_PORT = 7681;

/** Where a secret volume is mounted, in every service. */
export const SECRETS_FOLDER = '/run/secrets';
/** Data folder of the database; the cluster is one folder deeper, because initdb wants it empty and the mark is here. */
export const DATABASE_FOLDER = '/var/lib/postgresql/data';

/** An image that we build; `localhost/` keeps anybody from being asked for it over the network. */
export function imageOf(stack: Stack, target: string): string {
  return `localhost/${stack.id}/${target}:current`;
}

export function secretVolume(service: string): string {
  return `${service}-secrets`;
}

export function dataVolume(service: string): string {
  return `${service}-data`;
}

/** A volume's name on the engine. */
export function engineVolume(stack: Stack, volume: string): string {
  return `${stack.id}_${volume}`;
}

/** The line in `.trading-setup` at the root of a volume; the entrypoint compares it. */
export function volumeMark(stack: Stack, volume: string): string {
  return `${stack.id} ${volume}`;
}

/** The variable in our `.env` block whose change makes Compose recreate the consumers of a service's secrets. */
export function secretsRevision(service: string): string {
  return `SECRETS_${inCapitals(service)}`;
}

/** The variable in `.env` by which the API of a stack without instances is published on another port of this machine. */
export const API_PORT = 'API_PORT';

/**
 * The variable in `.env` by which the API of a service is published on another port of this machine. That of an instance
 * has its name, the first one's too: the port of one that is taken out would be another one's then, at another venue.
 */
export function portVariable({ instances }: Pick<Stack, 'instances'>, service: string): string {
  return instances?.includes(service) ? `${API_PORT}_${inCapitals(service)}` : API_PORT;
}

/** The variable in `.env` that says how much of its schema a database without a ledger has. */
export function baselineVariable(service: string): string {
  return `MIGRATE_BASELINE_${inCapitals(service)}`;
}

/** A name as a part of a variable's. */
export function inCapitals(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** A web API that is published. */
export interface PublishedApi {
  readonly service: string;
  /** In its container. */
  readonly container: number;
  /** On this machine. */
  readonly host: number;
  /** The gate listens for it there; the first one as the program does. */
  readonly gate: number;
  readonly via: 'gate' | 'direct';
}

/** Every published web API: that of the first instance, then those of the others. */
export function publishedApis({ ports: { api } }: Pick<Stack, 'ports'>): readonly PublishedApi[] {
  if (!api) return [];
  const { service, container, host, via } = api;
  const others = Object.entries(api.instances ?? {});
  return [
    { service, container, host, gate: container, via },
    ...others.map(([name, port], index) => ({
      ...{ service: name, container, host: port, via },
      gate: gatePort(container, index),
    })),
  ];
}

/** Where the gate listens for a further API: it has the port of the first one already, and they are all the same. */
function gatePort(container: number, index: number): number {
  const port = FIRST_GATE_PORT + index;
  return container >= FIRST_GATE_PORT && container <= port ? port + 1 : port;
}

/** No other port that the gate has: that of the terminal, and of its health check. */
const FIRST_GATE_PORT = 8200;

/** The network of a service to the outside, or between it and the gate: an instance has its own. */
export function networkOf(stack: Pick<Stack, 'instances'>, kind: 'outbound' | 'api', service: string): string {
  return stack.instances?.includes(service) ? `${service}-${kind}` : kind;
}

/** Whether anything of this stack goes through the login. */
export function hasGate(stack: Stack): boolean {
  return stack.tui.access === 'browser' || stack.ports.api?.via === 'gate';
}

/** Names of the secrets inside a template such as `postgres://me:${PASSWORD|url}@host`. */
export function secretsIn(template: string): readonly string[] {
  return [...template.matchAll(/\$\{(\w+)(?:\|\w+)*\}/g)].map((match) => match[1] ?? '');
}

/** A volume that this stack owns, with who owns its files. */
export interface VolumePlan {
  readonly volume: string;
  readonly service: string;
  readonly kind: 'data' | 'secrets';
  readonly uid: number;
  readonly gid: number;
}

/** Every external volume, data first. */
export function volumesOf(stack: Stack): readonly VolumePlan[] {
  const app = { uid: APP_UID, gid: APP_UID };
  const postgres = { uid: POSTGRES_UID, gid: POSTGRES_UID };
  const services = Object.entries(stack.services);
  const data = (service: string, owner: { uid: number; gid: number }) =>
    ({ volume: dataVolume(service), service, kind: 'data', ...owner }) as const;
  const secrets = (service: string, owner: { uid: number; gid: number }) =>
    ({ volume: secretVolume(service), service, kind: 'secrets', ...owner }) as const;
  const hasDatabase = stack.database.kind !== 'none';
  return [
    ...(hasDatabase ? [data(DATABASE, postgres)] : []),
    ...services.filter(([, service]) => service.data !== null).map(([name]) => data(name, app)),
    ...(hasDatabase ? [secrets(DATABASE, postgres), secrets(MIGRATE, postgres)] : []),
    ...services.filter(([, service]) => Object.keys(service.secrets).length > 0).map(([name]) => secrets(name, app)),
    ...(hasGate(stack) ? [secrets(GATE, { uid: NGINX_UID, gid: NGINX_UID })] : []),
  ];
}

/** Every Compose service of the stack in the order of the file. */
export function composeServices(stack: Stack): readonly string[] {
  return [
    ...(stack.database.kind === 'none' ? [] : [DATABASE, MIGRATE]),
    ...Object.entries(stack.services).flatMap(([name, { migrations }]) =>
      migrations ? [schemaService(name), name] : [name],
    ),
    ...(stack.tui.access === 'browser' ? [TUI] : []),
    ...(hasGate(stack) ? [GATE] : []),
  ];
}
