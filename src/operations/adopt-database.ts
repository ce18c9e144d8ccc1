import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { verbatim } from '../artifacts/templates.ts';
import { ask } from '../engine/ask.ts';
import { runScratch, usersOfVolume } from '../engine/commands.ts';
import { volumeExists } from '../engine/volumes.ts';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { generateMissing } from '../secrets/fill.ts';
import { scramVerifier } from '../secrets/scram.ts';
import { DATABASE_FOLDER, type VolumePlan } from '../stack/names.ts';
import { readText } from '../system/files.ts';
import { runAdoption, scratchName } from './adopt-run.ts';
import { proposeBaseline } from './baseline.ts';
import type { Workbench } from './execute.ts';
import type { Adoption } from './step.ts';

const DO_WITHOUT = 'Or start without it: trading-setup init --set adopt.database=null';
/** Root may read and own every file of the old volume, and nothing else. */
const FILE_RIGHTS = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'];

/** The old volume is there and no container serves it. @throws SetupError exit 4. */
export async function checkDatabaseSource({ runner }: Pick<Workbench, 'runner'>, volume: string): Promise<void> {
  if (!(await volumeExists(runner, volume))) {
    throw new SetupError(
      'needs-you',
      `The volume ${volume}, whose database is to be taken over, is not on this engine.`,
      {
        code: 'adopt-missing',
        next: ['Name the volume (docker volume ls): trading-setup init --set adopt.database.volume=NAME', DO_WITHOUT],
      },
    );
  }
  const users = (await ask(runner, usersOfVolume(volume))).split('\n').filter(Boolean);
  if (users.length === 0) return;
  throw new SetupError(
    'needs-you',
    `The volume ${volume} is in use by ${users.join(', ')}: it is copied when nobody writes to it.`,
    {
      code: 'adopt-open',
      next: [`Stop it (docker stop ${users.join(' ')}), then run the same command again.`, DO_WITHOUT],
    },
  );
}

/**
 * Copies the data folder of an earlier PostgreSQL into an empty volume and makes it what this stack expects: the
 * superuser's name and password, who may log in, the versions of extensions. The old volume is mounted read-only.
 */
export async function* adoptDatabase(
  bench: Workbench,
  { uid, gid }: VolumePlan,
  {
    volume,
    mark,
    adopt,
  }: { readonly volume: string; readonly mark: string; readonly adopt: Extract<Adoption, { kind: 'database' }> },
): AsyncGenerator<string, void> {
  const { stack } = bench;
  const { database } = stack;
  if (database.kind === 'none') return;
  await checkDatabaseSource(bench, adopt.volume);
  const store = await bench.openStore();
  await generateMissing(stack, store);
  const password = await store.get('DATABASE_SUPERUSER_PASSWORD');
  if (!password) throw new Error('the password of the superuser was generated just now');
  const scratch = {
    name: scratchName(volume),
    image: database.image,
    script: verbatim('adopt-database.sh'),
    labels: { 'trading-setup.stack': stack.id },
    volumes: [`${volume}:${DATABASE_FOLDER}`],
    tmpfs: [`/tmp:uid=${uid},gid=${gid},mode=0700`, `/run/postgresql:uid=${uid},gid=${gid},mode=0700`],
  };
  const copy = runScratch({
    ...scratch,
    volumes: [...scratch.volumes, `${adopt.volume}:/old:ro`],
    args: ['copy', String(uid), mark],
    user: '0:0',
    capabilities: FILE_RIGHTS,
  });
  yield* runAdoption(bench, copy, adopt.volume);
  const verifier = scramVerifier(password, randomBytes(16));
  const prepare = runScratch({
    ...scratch,
    args: ['prepare', database.name, adopt.baseline ?? '', ...sizesFor(database.memory)],
    user: `${uid}:${gid}`,
    capabilities: [],
  });
  const lines = yield* runAdoption(bench, { ...prepare, stdin: new Secret(`${verifier.reveal()}\n`) }, adopt.volume);
  const schema = lines.flatMap((line) => /^schema: (.*)$/.exec(line)?.[1] ?? []);
  if (schema.length > 0) throw await baselineMissing(bench, adopt.volume, new Set(schema));
}

/** What the image's own tuning gives: a quarter of the memory for buffers, three quarters as what is cached. */
function sizesFor(memory: string): readonly [buffers: string, cache: string] {
  const [, size = '1', unit = 'GB'] = /^(\d+)(MB|GB)$/.exec(memory) ?? [];
  const megabytes = Number(size) * (unit === 'GB' ? 1024 : 1);
  return [`${Math.floor(megabytes / 4)}MB`, `${Math.floor((megabytes * 3) / 4)}MB`];
}

/** Which SQL files the old schema is the work of is a person's word; what its tables say is proposed. */
async function baselineMissing(
  { dir, stack }: Workbench,
  volume: string,
  schema: ReadonlySet<string>,
): Promise<SetupError> {
  const paths = stack.database.kind === 'none' ? [] : stack.database.migrations;
  const files = await Promise.all(paths.map(async (path) => ({ path, text: (await readText(join(dir, path))) ?? '' })));
  const proposed = proposeBaseline(files, schema);
  const set = (file: string) => `trading-setup init --set adopt.database.baseline=${file}`;
  const looks =
    proposed === undefined
      ? 'None of the SQL files looks applied.'
      : `By its tables, columns and indexes it has everything up to ${proposed}.`;
  return new SetupError('needs-you', `The database of ${volume} has tables and no ledger of its SQL files. ${looks}`, {
    code: 'baseline-needed',
    next: [
      ...(proposed === undefined ? [] : [`If that is right: ${set(proposed)}`]),
      `${proposed === undefined ? 'Name' : 'Else name'} the last file that it contains: ${set('FILE')}`,
      'Then run the same command again: what is up to that file is never run, what comes after it is.',
    ],
  });
}
