import { cpus, totalmem } from 'node:os';
import type { HostFacts } from './facts.ts';

/**
 * What this process knows of the machine without asking anybody: the first screen does not wait for an engine that may
 * be far away, nor for a keychain that may be locked.
 */
export function hostAtHand(env: Readonly<Record<string, string | undefined>>, platform: string): HostFacts {
  // libsecret reaches a keychain over this bus only; whether one answers is seen later.
  const reachable = platform === 'darwin' || Boolean(env.DBUS_SESSION_BUS_ADDRESS);
  return {
    pending: true,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    keychain: { available: reachable, why: 'nobody has asked it yet' },
    holders: [],
  };
}
