import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KEY } from '../../terminal/support/real.ts';
import { containerOf, containersOf, healthy, pidsOf } from '../support/engine.ts';
import { record } from '../support/recording.ts';
import { CLI, cli, docker, type How, LIVE, type Ran, REPOSITORY, run } from '../support/run.ts';
import { volumesOf } from '../support/stack.ts';
import { type Stats, watch } from '../support/watch.ts';
import type { Scene } from './kinds.ts';
import { Values } from './values.ts';

/** Values that exist nowhere else. Those that may have such signs have what each encoding writes otherwise. */
const MARKED = {
  first: `0x${'7c1e5a93b2d84f60'.repeat(4)}`,
  typed: `0x${'e2b96d0f4a7c8135'.repeat(4)}`,
  imported: `0x${'4f8a1c3e9b6d7250'.repeat(4)}`,
  rotated: `0x${'b6d39e17c5f0a482'.repeat(4)}`,
  wrong: `0x${'9d4e1c7a3b5f8e26'.repeat(4)}`.slice(0, -2),
  database: `mark/db "1"\\%41+&$HOME'=~?#@:;{}`,
  gate: `mark/gate "2"\\%42+&$HOME'=~?#@:;<>`,
};
const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

const MINUTE = 60_000;

const Written = z.object({ id: z.string() });

/** What a stack's life left behind, for the search. */
export interface Life {
  readonly scene: Scene;
  readonly values: Values;
  /** What went otherwise than the life was meant to go. */
  readonly surprises: readonly string[];
  /** Takes the containers away, and ends the watch. */
  end(): Promise<Stats>;
}

interface Actor {
  readonly dir: string;
  readonly id: string;
  readonly values: Values;
  readonly outputs: string;
  readonly surprises: string[];
}

const environment = { TMPDIR: join(LIVE, 'leaks-temporary') };

/** The program as a person without a terminal runs it; all it says is kept, apart from values that were asked for. */
async function say(
  actor: Pick<Actor, 'dir' | 'outputs' | 'surprises'>,
  args: readonly string[],
  wanted: readonly number[] = [0],
  how: How = {},
): Promise<Ran> {
  const ran = await cli([...args, '--dir', actor.dir], { ...how, env: { ...environment, ...how.env } });
  const name = args
    .filter((word) => /^[\w-]+$/.test(word))
    .join('_')
    .slice(0, 60);
  appendFileSync(join(actor.outputs, `${name}.out`), ran.stdout);
  appendFileSync(join(actor.outputs, `${name}.err`), ran.stderr);
  if (!wanted.includes(ran.code))
    actor.surprises.push(`${args.join(' ')} ended with ${ran.code}: ${ran.stderr.slice(-500)}`);
  return ran;
}

/** The same, ended by SIGKILL when one of its events says so, or told something then. */
async function follow(
  actor: Actor,
  args: readonly string[],
  step: string,
  then: (child: { kill(): void }) => Promise<unknown>,
): Promise<number> {
  const child = spawn(process.execPath, [CLI, ...args, '--json', '--dir', actor.dir], {
    cwd: LIVE,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = join(actor.outputs, `${args.filter((word) => /^\w+$/.test(word)).join('_')}_${step}.jsonl`);
  let text = '';
  let done: Promise<unknown> | undefined;
  const take = (chunk: Buffer): void => {
    appendFileSync(file, chunk);
    text += chunk.toString();
    if (done === undefined && text.includes(`{"type":"step-started","id":"${step}"}`))
      done = then({ kill: () => child.kill('SIGKILL') });
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 137)));
  if (done === undefined) actor.surprises.push(`${args.join(' ')} never began ${step}: ${text.slice(-800)}`);
  await done;
  return code;
}

/** `docker inspect` of everything, `compose config`: what is only so for a moment. */
async function moment({ dir, id, outputs }: Actor, name: string): Promise<void> {
  const containers = [...(await containersOf(id)).values()].map(({ Id }) => Id);
  const texts = [
    docker('container', 'inspect', ...containers),
    docker('volume', 'inspect', ...(await volumesOf(id))),
    run(['docker', 'compose', 'config'], { cwd: dir }).then(({ stdout, stderr }) => stdout + stderr),
    run(['docker', 'compose', 'ps', '-a', '--format', 'json'], { cwd: dir }).then(({ stdout }) => stdout),
    ...containers.map((each) => run(['docker', 'logs', each]).then(({ stdout, stderr }) => stdout + stderr)),
    run(['docker', 'ps', '-a', '--no-trunc', '--format', '{{json .}}']).then(({ stdout }) => stdout),
  ];
  writeFileSync(join(outputs, `moment-${name}`), (await Promise.all(texts)).join('\n'));
}

/** The wizard on a real terminal: goes to the credentials, types a key, is shown it, writes. */
async function typeKey({ dir, surprises }: Actor, terminals: string): Promise<void> {
  const { terminal, end } = record([process.execPath, CLI, 'init', '--no-start', '--dir', dir], {
    folder: terminals,
    name: 'init',
  });
  try {
    await terminal.sees(/unchanged|to update|to create|Write these files/, MINUTE);
    await terminal.settled();
    for (let turns = 0; !/^ ▸ Credentials/m.test(terminal.screen()) && turns < 12; turns += 1)
      await terminal.press(KEY.tab);
    for (let rows = 0; !/▸ HYPERLIQUID_API_WALLET_KEY/.test(terminal.screen()) && rows < 12; rows += 1)
      await terminal.press(KEY.down);
    await terminal.press(KEY.enter);
    // Typed sign by sign, wrong at first; then pasted.
    for (const sign of 'mark-wrong') terminal.type(sign);
    await terminal.press(KEY.enter);
    await terminal.press(KEY.ctrlU);
    await terminal.press(`\u001B[200~${MARKED.typed}\u001B[201~`);
    await terminal.press(KEY.enter);
    for (let keys = 0; terminal.state.alternate && keys < 20; keys += 1) {
      await terminal.press('w');
      if (/▸ Write these files/.test(terminal.screen())) await terminal.press(KEY.enter);
      else await terminal.press(KEY.down);
    }
  } catch (error) {
    surprises.push(`the wizard: ${String(error)}\n${terminal.screen()}`);
    terminal.kill('SIGKILL');
  }
  const code = await end();
  if (code !== 0) surprises.push(`the wizard ended with ${code}:\n${terminal.screen()}`);
}

/** Lives a whole life with marked secrets: set up, built, started, changed, rotated, broken, ended. */
export async function live(): Promise<Life> {
  const dir = join(LIVE, 'leaks');
  const folders = { outputs: `${dir}-outputs`, terminals: `${dir}-terminals`, watched: `${dir}-watched` };
  for (const folder of [...Object.values(folders), environment.TMPDIR]) mkdirSync(folder, { recursive: true });
  cpSync(join(REPOSITORY, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  const watching = await watch(folders.watched);
  const values = new Values();
  const surprises: string[] = [];
  for (const [name, value] of Object.entries(MARKED)) values.add(name, value);
  const begun = { dir, outputs: folders.outputs, surprises };
  await say(begun, ['init', '--yes', '--no-start']);
  const { id } = Written.parse(parse(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')));
  const actor: Actor = { ...begun, id, values };
  const set = (name: string, value: string, wanted = 0) =>
    say(actor, ['secrets', 'set', name], [wanted], { stdin: value });
  await set('HYPERLIQUID_API_WALLET_KEY', MARKED.wrong, 2);
  await set('HYPERLIQUID_API_WALLET_KEY', MARKED.first);
  await set('HYPERLIQUID_ACCOUNT_ADDRESS', ADDRESS);
  await set('DATABASE_PASSWORD', MARKED.database);
  await set('GATE_PASSWORD', MARKED.gate);
  await typeKey(actor, folders.terminals);
  await say(actor, ['build', '--progress', 'json']);
  await say(actor, ['deploy', '--yes', '--json']);
  await healthy(id);
  await values.fromStore(dir);
  await values.fromVolumes(id);
  await moment(actor, 'started');
  const file = join(LIVE, 'leaks-import', 'old.env');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `OTHER=1\nHYPERLIQUID_API_WALLET_KEY="${MARKED.imported}"\n`, { mode: 0o600 });
  await say(actor, ['secrets', 'import', file, '--yes', '--blank', '--no-check']);
  rmSync(file);
  for (const args of [
    ['secrets', 'list'],
    ['secrets', 'list', '--json'],
    ['secrets', 'push'],
    ['inspect'],
    ['inspect', '--json'],
    ['init', '--yes', '--dry-run'],
    ['deploy', '--yes'],
  ])
    await say(actor, args);
  await say(actor, ['secrets', 'move', '--to', 'vault', '--yes'], [0, 1, 2, 4]);
  const { terminal, end } = record([process.execPath, CLI, 'secrets', 'list', '--dir', dir], {
    folder: folders.terminals,
    name: 'list',
  });
  await end();
  if (!terminal.written.includes('GATE_PASSWORD')) surprises.push(`secrets list on a terminal:\n${terminal.written}`);
  await rotate(actor, folders.terminals);
  await ill(actor, folders.terminals);
  const containers = [...(await containersOf(id)).values()];
  await values.fromStore(dir);
  await values.fromVolumes(id);
  const networks = (await docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${id}`))
    .split('\n')
    .filter(Boolean);
  const scene: Scene = {
    containers: containers.map(({ Id }) => Id),
    images: [...new Set(containers.map(({ Config }) => Config.Image))],
    volumes: await volumesOf(id),
    networks,
    repository: dir,
    program: dirname(dirname(CLI)),
    homes: ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME']
      .flatMap((name) => process.env[name] ?? [])
      .filter((home) => existsSync(home)),
    temporary: environment.TMPDIR,
    outputs: folders.outputs,
    terminals: folders.terminals,
    watched: folders.watched,
  };
  return {
    scene,
    values,
    surprises,
    async end() {
      await say(actor, ['down', '--json']);
      return watching.stop();
    },
  };
}

/** Rotations that succeed, fail, and are killed. */
async function rotate(actor: Actor, terminals: string): Promise<void> {
  const { dir, id, values } = actor;
  await say(actor, ['rotate', 'DATABASE_PASSWORD', '--dry-run', '--yes']);
  await say(actor, ['rotate', 'DATABASE_PASSWORD', '--yes', '--json']);
  await values.fromVolumes(id);
  await say(actor, ['rotate', 'HYPERLIQUID_API_WALLET_KEY', '--yes', '--no-check', '--manual-done', '--json'], [0], {
    stdin: MARKED.rotated,
  });
  await say(actor, ['rotate', '--resume', '--yes', '--manual-done', '--json']);
  const gate = record([process.execPath, CLI, 'rotate', 'GATE_PASSWORD', '--yes', '--dir', dir], {
    folder: terminals,
    name: 'rotate',
  });
  if ((await gate.end()) !== 0) actor.surprises.push(`rotate on a terminal:\n${gate.terminal.screen()}`);
  await values.fromVolumes(id);
  await moment(actor, 'rotated');
  // A reader that is stopped while it is waited for: the old values come back.
  const failed = await follow(actor, ['rotate', 'DATABASE_PASSWORD', '--yes'], 'ready', async () => {
    const { Id } = await containerOf(id, 'collect');
    await docker('stop', '-t', '1', Id);
    await values.fromVolumes(id);
  });
  if (failed === 0) actor.surprises.push('the rotation whose reader was stopped did not fail');
  await moment(actor, 'undone');
  await follow(actor, ['rotate', 'DATABASE_PASSWORD', 'GATE_PASSWORD', '--yes'], 'recreate', async ({ kill }) =>
    kill(),
  );
  await values.fromVolumes(id);
  await moment(actor, 'killed');
  await say(actor, ['status', '--once'], [0, 3]);
  await say(actor, ['rotate', '--resume', '--yes', '--json']);
}

/** A service that crashes, the board meanwhile, and the end. */
async function ill(actor: Actor, terminals: string): Promise<void> {
  const { dir, id } = actor;
  const board = record([process.execPath, CLI, 'status', '--dir', dir], { folder: terminals, name: 'status' });
  const lines = spawn(process.execPath, [CLI, 'status', '--watch', '--json', '--dir', dir], {
    cwd: LIVE,
    env: { ...process.env, ...environment },
  });
  for (const pipe of [lines.stdout, lines.stderr])
    pipe.on('data', (chunk: Buffer) => appendFileSync(join(actor.outputs, 'watch.jsonl'), chunk));
  const watched = new Promise((done) => lines.on('close', done));
  await board.terminal.sees('GATE', 20_000).catch(() => board.terminal.sees('gate'));
  const [daemon] = (await pidsOf(await containerOf(id, 'app'))).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('algo-trade\0'),
  );
  if (daemon === undefined) actor.surprises.push('the daemon was not found');
  else process.kill(daemon, 'SIGKILL');
  await say(actor, ['status', '--once'], [0, 3]);
  await say(actor, ['status', '--once', '--json'], [0, 3]);
  await moment(actor, 'crashed');
  board.terminal.type('q');
  board.terminal.type(KEY.ctrlC);
  await board.end();
  lines.kill('SIGTERM');
  await watched;
}
