import { join } from 'node:path';
import { OWN_FOLDER } from '../artifacts/read-disk.ts';
import { observe } from '../engine/observe.ts';
import { volumeExists } from '../engine/volumes.ts';
import { engineVolume, volumesOf } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import type { Runner } from '../system/run.ts';

/** What an operation is planned from; nothing is asked of the engine afterwards to decide. */
export interface Snapshot {
  /** Volumes of the stack that are on the engine, by their short name. */
  readonly volumes: ReadonlySet<string>;
  /** Data volumes that this repository has made before, by their short name. */
  readonly known: ReadonlySet<string>;
  /** Data volumes whose making was begun and not ended: they may lack their mark. */
  readonly begun: ReadonlySet<string>;
  /** Data volumes with a copy on which nothing has started: name → what their source was like. Absent: none. */
  readonly filled?: ReadonlyMap<string, string>;
}

type State = 'begun' | 'filled' | 'known';

interface Recorded {
  readonly state: State;
  /** What it was filled from was like this then. */
  readonly from?: string;
}

/**
 * One line for each data volume: `begun NAME` before it is made, `filled NAME FROM` while it is a copy that nothing has
 * started on, `known NAME` afterwards.
 */
function recordPath(dir: string): string {
  return join(dir, OWN_FOLDER, 'volumes');
}

async function readRecord(dir: string): Promise<ReadonlyMap<string, Recorded>> {
  const lines = ((await readText(recordPath(dir))) ?? '').split('\n').filter(Boolean);
  return new Map(
    lines.map((line): [string, Recorded] => {
      const [state, volume = '', from] = line.split(' ');
      if (state === 'filled' && from !== undefined) return [volume, { state, from }];
      return [volume, { state: state === 'begun' ? 'begun' : 'known' }];
    }),
  );
}

function withState(record: ReadonlyMap<string, Recorded>, wanted: State): ReadonlySet<string> {
  return new Set([...record].filter(([, { state }]) => state === wanted).map(([volume]) => volume));
}

/** Data volumes with a copy that no deploy has started a service on: name → what their source was like. */
export async function filledVolumes(dir: string): Promise<ReadonlyMap<string, string>> {
  return new Map(
    [...(await readRecord(dir))].flatMap(([volume, { from }]) => (from === undefined ? [] : [[volume, from]])),
  );
}

/** Those of these data volumes whose service has started, by a deploy or by hand. */
export async function startedOn(
  runner: Pick<Runner, 'run'>,
  stack: Stack,
  volumes: readonly string[],
): Promise<ReadonlySet<string>> {
  if (volumes.length === 0) return new Set();
  const { containers } = await observe(runner, stack.id);
  const started = containers.filter(({ state }) => state !== 'created').map(({ service }) => service);
  const plans = volumesOf(stack).filter(({ volume, service }) => volumes.includes(volume) && started.includes(service));
  return new Set(plans.map(({ volume }) => volume));
}

export async function takeSnapshot(runner: Runner, stack: Stack, dir: string): Promise<Snapshot> {
  const there = await Promise.all(
    volumesOf(stack).map(async ({ volume }) =>
      (await volumeExists(runner, engineVolume(stack, volume))) ? [volume] : [],
    ),
  );
  const record = await readRecord(dir);
  const copies = await filledVolumes(dir);
  const used = await startedOn(runner, stack, [...copies.keys()]);
  const filled = new Map([...copies].filter(([volume]) => !used.has(volume)));
  return {
    volumes: new Set(there.flat()),
    known: new Set([...withState(record, 'known'), ...used]),
    begun: withState(record, 'begun'),
    ...(filled.size === 0 ? {} : { filled }),
  };
}

/**
 * Remembers a data volume, so that its loss is noticed and not papered over with an empty one.
 * @param from what it was filled from; without it one is never `filled`.
 */
export async function rememberVolume(dir: string, volume: string, state: State, from?: string): Promise<void> {
  const recorded: Recorded = from === undefined ? { state } : { state, from };
  const record = new Map([...(await readRecord(dir)), [volume, recorded] as const]);
  const lines = [...record]
    .map(([name, each]) => `${[each.state, name, ...(each.from === undefined ? [] : [each.from])].join(' ')}\n`)
    .sort();
  await ensurePrivateDir(join(dir, OWN_FOLDER));
  await writeAtomic(recordPath(dir), lines.join(''), { mode: 0o600 });
}
