import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { healthy } from './engine.ts';
import { cli, docker, LIVE, must, type Ran, run } from './run.ts';

const Decisions = z.object({
  id: z.string(),
  ports: z.object({ api: z.object({ host: z.int() }), tui: z.int() }),
  secrets: z.object({ gateUser: z.string() }),
});

/** A deployed sample workspace. */
export interface Stack {
  readonly id: string;
  readonly dir: string;
  readonly api: number;
  readonly tui: number;
  /** `user:password` of the gate. */
  readonly login: string;
  /** How it came up the first time. */
  readonly first: Ran;
  /** Its volumes on the engine before that. */
  readonly volumesBefore: readonly string[];
}

const First = z.object({
  ran: z.object({ code: z.int(), stdout: z.string(), stderr: z.string(), seconds: z.number() }),
  volumesBefore: z.array(z.string()),
});

export async function volumesOf(id: string): Promise<readonly string[]> {
  const names = await docker('volume', 'ls', '-q', '--filter', `name=^${id}_`);
  return names.split('\n').filter(Boolean).sort();
}

/** What `npm start` does: the sample, without a terminal, all defaults, up to a healthy stack. */
async function begin(dir: string, record: string): Promise<void> {
  // Written first: the id comes into being with the files, and nothing of it may be on the engine yet.
  const written = await cli(['try', dir, '--no-start']);
  if (written.code !== 0) throw new Error(`try --no-start ended with ${written.code}\n${written.stderr}`);
  const volumesBefore = await volumesOf(readDecisions(dir).id);
  writeFileSync(record, JSON.stringify({ ran: await cli(['try', dir]), volumesBefore }));
}

function readDecisions(dir: string) {
  return Decisions.parse(parse(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')));
}

/**
 * The deployed and healthy stack of this name, shared by the test files that ask for it: `sample` is left as it was
 * found, `scratch` is for tests that break things and mend them again.
 */
export async function deployed(name: 'sample' | 'scratch'): Promise<Stack> {
  const dir = join(LIVE, name);
  const record = join(LIVE, `${name}.first.json`);
  if (!existsSync(record)) await begin(dir, record);
  else if ((await cli(['status', '--once', '--dir', dir])).code !== 0) await deploy(dir);
  const { ran: first, volumesBefore } = First.parse(JSON.parse(readFileSync(record, 'utf8')));
  if (first.code !== 0) throw new Error(`the first deploy ended with ${first.code}\n${first.stdout}\n${first.stderr}`);
  const { id, ports, secrets } = readDecisions(dir);
  const { stdout } = await cli(['secrets', 'reveal', 'GATE_PASSWORD', '--yes', '--dir', dir]);
  const login = `${secrets.gateUser}:${stdout.trim()}`;
  await healthy(id);
  return { id, dir, api: ports.api.host, tui: ports.tui, login, first, volumesBefore };
}

/** A deploy that has to succeed. */
export async function deploy(dir: string, ...flags: readonly string[]): Promise<Ran> {
  const ran = await cli(['deploy', '--yes', '--dir', dir, ...flags]);
  if (ran.code !== 0) throw new Error(`deploy ended with ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** `docker compose …` as an operator types it, in the folder of the stack. */
export function compose({ dir }: Pick<Stack, 'dir'>, ...args: readonly string[]): Promise<string> {
  return must(['docker', 'compose', ...args], { cwd: dir });
}

export function tryCompose({ dir }: Pick<Stack, 'dir'>, ...args: readonly string[]): Promise<Ran> {
  return run(['docker', 'compose', ...args], { cwd: dir });
}

/** A container for one command, with the label by which a run finds what it left. */
export function oneOff(...args: readonly string[]): readonly string[] {
  return ['docker', 'run', '--rm', '-i', '--label', `trading-setup.live=${LIVE}`, ...args];
}

/** A shell as root on a volume, in a container that has nothing to do with the stack. */
export function inVolume(volume: string, script: string, ...more: readonly string[]): Promise<string> {
  const image = 'debian:13.1-slim';
  return must(oneOff('--network', 'none', '-v', `${volume}:/volume`, ...more, image, 'sh', '-euc', script));
}

/**
 * SQL with the application's own role, over TCP, from a container that is no part of the stack. The login is the one
 * that the collector reads from its secret volume; libpq insists on SCRAM.
 */
export function sql({ id }: Pick<Stack, 'id'>, query: string, login: 'right' | 'wrong' = 'right'): Promise<Ran> {
  const script = `url=$(sed 's/.*url="\\([^"]*\\)".*/\\1/' /run/secrets/env/APP_DATABASE)
    [ "$LOGIN" = right ] || url=$(printf %s "$url" | sed 's/:[^:@/]*@/:wrong@/')
    exec psql --no-psqlrc -At -v ON_ERROR_STOP=1 "$url?require_auth=scram-sha-256"`;
  const mounts = ['--network', `${id}_database`, '-v', `${id}_collect-secrets:/run/secrets:ro`, '-e', `LOGIN=${login}`];
  const image = `localhost/${id}/migrate:current`;
  return run(oneOff(...mounts, '--user', '10001:10001', '--entrypoint', 'sh', image, '-euc', script), { stdin: query });
}

/** SQL as the superuser inside the database's container, where loopback needs no password. */
export function superuserSql(stack: Pick<Stack, 'dir'>, query: string, database = 'algo_trade'): Promise<string> {
  const psql = ['psql', '-h', '127.0.0.1', '-U', 'postgres', '-d', database, '-At', '-v', 'ON_ERROR_STOP=1'];
  return must(['docker', 'compose', 'exec', '-T', 'database', ...psql], { cwd: stack.dir, stdin: query });
}
