import { join } from 'node:path';
import { reencryptContainer, runningOneOffs } from '../engine/one-off.ts';
import { publishedPorts } from '../host/containers.ts';
import { openersOf } from '../host/openers.ts';
import { portHolders } from '../host/ports.ts';
import { thisMachine } from '../host/system.ts';
import { type RunningTrader, runningTraders } from '../host/words.ts';
import type { Workbench } from '../operations/execute.ts';
import { vaultDir } from '../secrets/vault-place.ts';
import type { Stack } from '../stack/schema.ts';
import { stateFile } from '../system/folders.ts';
import { environment } from '../system/process.ts';
import type { Context } from './context.ts';

/** What an operation has to know of this run. */
export interface BenchOptions {
  readonly signal: AbortSignal;
  /** The engine is on another machine: nothing of this one tells who holds its ports. */
  readonly remote: boolean;
  /** What else runs trades on another account. */
  readonly otherAccount: boolean;
}

/** Where a rotation of the stack's secrets writes how far it came. */
export function journalOf(stack: Pick<Stack, 'id'>): string {
  return join(vaultDir(stack.id, environment()), 'rotation.json');
}

/** What the steps of an operation work with; the store is opened once, when the first step needs it. */
export function benchOf(context: Context, stack: Stack, { signal, remote, otherAccount }: BenchOptions): Workbench {
  const { runner, dir } = context;
  let store: ReturnType<Context['openStore']> | undefined;
  return {
    runner,
    stack,
    dir,
    buildTimes: stateFile('builds', dir, environment()),
    journal: journalOf(stack),
    signal,
    openStore: () => {
      store ??= context.openStore(stack);
      return store;
    },
    whoHolds: async (port) => {
      const container = (await publishedPorts(runner)).find((holder) => holder.port === port);
      if (container) return { who: container.who, ...(container.stack ? { stack: container.stack } : {}) };
      const who = remote ? undefined : (await portHolders([port])).get(port);
      return who === undefined ? undefined : { who };
    },
    whoHasOpen: (path) => openersOf(path, runner, thisMachine().self),
    whoTrades: async () => {
      const beside = await besideServices(runner, stack);
      if (otherAccount) return beside;
      // Loaded for the commands that ask.
      const { observeBelongings } = await import('./belongings.ts');
      return [...beside, ...runningTraders(await observeBelongings(runner, dir, stack), stack.id)];
    },
  };
}

/** Programs that were started with the secrets of a service, in a shell as well: what they do is for the person to know. */
async function besideServices(runner: Context['runner'], stack: Stack): Promise<readonly RunningTrader[]> {
  return (await runningOneOffs(runner, stack.id))
    .filter(({ container, service }) => stack.services[service] && container !== reencryptContainer(stack.id))
    .map(({ container, service }) => ({
      who: `a program in the container ${container}, with the secrets of ${service}`,
      stop: `docker container rm --force ${container}`,
      uncertain: false,
    }));
}
