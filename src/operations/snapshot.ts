import { join } from 'node:path';
import { OWN_FOLDER } from '../artifacts/read-disk.ts';
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
}

type State = 'begun' | 'known';

/** One line for each data volume: `begun NAME` before it is made, `known NAME` afterwards. */
function recordPath(dir: string): string {
  return join(dir, OWN_FOLDER, 'volumes');
}

async function readRecord(dir: string): Promise<ReadonlyMap<string, State>> {
  const lines = ((await readText(recordPath(dir))) ?? '').split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.replace(/^\w+ /, ''), line.startsWith('begun ') ? 'begun' : 'known']));
}

function withState(record: ReadonlyMap<string, State>, wanted: State): ReadonlySet<string> {
  return new Set([...record].filter(([, state]) => state === wanted).map(([volume]) => volume));
}

export async function takeSnapshot(runner: Runner, stack: Stack, dir: string): Promise<Snapshot> {
  const there = await Promise.all(
    volumesOf(stack).map(async ({ volume }) =>
      (await volumeExists(runner, engineVolume(stack, volume))) ? [volume] : [],
    ),
  );
  const record = await readRecord(dir);
  return { volumes: new Set(there.flat()), known: withState(record, 'known'), begun: withState(record, 'begun') };
}

/** Remembers a data volume, so that its loss is noticed and not papered over with an empty one. */
export async function rememberVolume(dir: string, volume: string, state: State): Promise<void> {
  const record = new Map([...(await readRecord(dir)), [volume, state]]);
  const lines = [...record].map(([name, each]) => `${each} ${name}\n`).sort();
  await ensurePrivateDir(join(dir, OWN_FOLDER));
  await writeAtomic(recordPath(dir), lines.join(''), { mode: 0o600 });
}
