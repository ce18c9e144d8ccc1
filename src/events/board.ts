import type { CredentialExpiry } from './expiry.ts';
import type { Reach } from './reach.ts';

/** The state of one service, in the words of the board. */
export type ServiceState =
  | 'running'
  | 'starting'
  | 'restarting'
  | 'exited'
  | 'completed'
  | 'created'
  | 'missing'
  | 'paused';

/** `none`: the service is running and no probe is defined for it. */
export type ServiceHealth = 'healthy' | 'unhealthy' | 'starting' | 'none';

export interface ServiceStatus {
  readonly name: string;
  readonly state: ServiceState;
  readonly health: ServiceHealth;
  /** Why it is not healthy, in one line; empty when it is. */
  readonly reason: string;
  /** What its health check proves, e.g. `GET /api/bots answers`. */
  readonly probe: string;
  /** Milliseconds since the epoch of this start; absent when it does not run. */
  readonly startedAt?: number;
  readonly restarts: number;
  readonly exitCode?: number;
  readonly image: string;
  /** Published addresses, e.g. `127.0.0.1:8080`. */
  readonly ports: readonly string[];
  /** A one-shot service is well when it has completed. */
  readonly oneShot: boolean;
}

/** The document of `status --json`. */
export interface Board {
  readonly version: 1;
  /** The stack id. */
  readonly stack: string;
  readonly name: string;
  readonly mode: 'paper' | 'live';
  /** `healthy`: every service is well. `stopped`: none runs. */
  readonly overall: 'healthy' | 'starting' | 'unhealthy' | 'stopped';
  readonly services: readonly ServiceStatus[];
  /** Credentials whose end is known, the next to end first; absent on the board of an operation at work. */
  readonly credentials?: readonly CredentialExpiry[];
  /** A rotation that is not finished, or waits for a person; absent where there is none. */
  readonly rotation?: OpenRotation;
  /** A service that is stopped for a login that was cut off, or is at work; absent where there is none. */
  readonly login?: OpenLogin;
  /** Addresses that running services are told, as each reaches them; absent until somebody has looked. Says nothing about `overall`. */
  readonly reach?: readonly Reach[];
}

/** What a login has stopped. */
export interface OpenLogin {
  readonly service: string;
  /** ISO. */
  readonly since: string;
}

/** What is left of a rotation. */
export interface OpenRotation {
  readonly names: readonly string[];
  /** `waiting`: the new values are the current ones everywhere; what a person does or has to see is left. */
  readonly direction: 'forward' | 'undo' | 'waiting';
  /** What is left for a person to do. */
  readonly manual: readonly string[];
  /** It cannot go back any more; absent: that is not known. */
  readonly forwardOnly?: boolean;
}

/** What stands on a board beside the services. */
export type BesideBoard = Pick<Board, 'credentials' | 'rotation' | 'login' | 'reach'>;

/** Whether a service is as it should be. */
export function isWell(service: ServiceStatus): boolean {
  if (service.oneShot) return service.state === 'completed';
  return service.state === 'running' && (service.health === 'healthy' || service.health === 'none');
}

/** The one word over the board. */
export function overall(services: readonly ServiceStatus[]): Board['overall'] {
  if (
    services.every(
      (s) => s.state === 'missing' || s.state === 'exited' || s.state === 'created' || s.state === 'completed',
    )
  ) {
    if (!services.some((s) => s.state === 'exited' && s.exitCode !== 0)) return 'stopped';
  }
  if (services.every(isWell)) return 'healthy';
  const bad = services.some(
    (s) => s.health === 'unhealthy' || s.state === 'restarting' || (s.state === 'exited' && s.exitCode !== 0),
  );
  return bad || !services.some((s) => s.health === 'starting' || s.state === 'starting') ? 'unhealthy' : 'starting';
}
