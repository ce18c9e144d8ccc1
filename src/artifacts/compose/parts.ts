import { engineVolume, secretsRevision } from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';

/** A Compose service as data, in the order in which its keys are written. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** What every container of the stack has; written once as `x-hardening` and merged into each service. */
export const HARDENING = {
  restart: 'unless-stopped',
  init: true,
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
} as const;

/** A folder in memory that the owner can write; tmpfs without owner and mode belongs to root. */
export function tmpfs(folder: string, uid: number, mode = '0700', gid = uid): string {
  return `${folder}:uid=${uid},gid=${gid},mode=${mode}`;
}

export function user(uid: number, gid = uid): string {
  return `${uid}:${gid}`;
}

/** Labels that tie a container to the stack; the revision makes Compose recreate it when its secrets were replaced. */
export function labels(stack: Stack, service?: string): Readonly<Record<string, string>> {
  const secrets = service === undefined ? {} : { 'trading-setup.secrets': `\${${secretsRevision(service)}:-0}` };
  return { 'trading-setup.stack': stack.id, ...secrets };
}

/** A volume that outlives `docker compose down -v`. */
export function externalVolume(stack: Stack, volume: string): ComposeService {
  return { name: engineVolume(stack, volume), external: true };
}

/** How an image of ours is built. */
export function buildOf({ files }: Stack, target: string): ComposeService {
  const dockerfile = files.dockerfile === 'Dockerfile' ? {} : { dockerfile: files.dockerfile };
  return { context: '.', ...dockerfile, target };
}

/** `$` means interpolation to Compose; doubled it is itself. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** An operator's override of a host port, e.g. `${API_PORT:-8080}`. */
export function publish(bind: string, variable: string, host: number, container: number): string {
  const address = bind.includes(':') ? `[${bind}]` : bind;
  return `${address}:\${${variable}:-${host}}:${container}`;
}
