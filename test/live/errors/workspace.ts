import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { cli, docker, LIVE, REPOSITORY } from '../support/run.ts';

const outside: string[] = [];

/** A new empty folder; the run takes its own away, together with what is on the engine of the stacks in it. */
export function emptyFolder(name: string, parent = LIVE): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `errors-${name}-`));
  if (parent !== LIVE) outside.push(folder);
  return folder;
}

/** Removes the folders that are not in the run's own. */
export function removeFolders(): void {
  for (const folder of outside.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The sources of the sample, without anything of ours in them. */
export function sources(name: string, parent?: string): string {
  const dir = emptyFolder(name, parent);
  cpSync(join(REPOSITORY, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  return dir;
}

export interface Workspace {
  readonly dir: string;
  readonly id: string;
  readonly api: number;
  readonly tui: number;
}

/** The sample, set up on ports of its own and not started. */
export async function workspace(name: string, ...sets: readonly string[]): Promise<Workspace> {
  const dir = sources(name);
  const [api, tui] = [await freePort(), await freePort()];
  const flags = [`ports.api.host=${api}`, `ports.tui=${tui}`, ...sets].flatMap((set) => ['--set', set]);
  const { code, stderr } = await cli(['init', '--yes', '--no-start', '--dir', dir, ...flags]);
  if (code !== 0) throw new Error(`init ended with ${code}\n${stderr}`);
  return { dir, id: idOf(dir), api, tui };
}

export function idOf(dir: string): string {
  const id = /^id: (\S+)$/m.exec(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8'))?.[1];
  if (id === undefined) throw new Error(`no stack id in ${dir}`);
  return id;
}

/** Below the range from which the machine takes ports for outgoing connections. */
let next = 21_000 + (process.pid % 500) * 10;

async function freePort(): Promise<number> {
  next += 1;
  const server = await hold(next).catch(() => undefined);
  if (!server) return freePort();
  await release(server);
  return next;
}

/** Listens on a port of loopback, as any program might. */
export function hold(port: number): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

export function release(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

/** Content of every file below a folder by its path; links and sockets are left out. */
export function filesOf(dir: string): ReadonlyMap<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(dir, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(dir, path), 'utf8')]));
}

/** The lock of a stack on the engine. */
export async function lockOf(id: string): Promise<string> {
  return (await docker('container', 'ls', '-aq', '--filter', `name=^trading-setup-lock-${id}$`)).trim();
}

export async function imagesOf(id: string): Promise<string> {
  return (await docker('image', 'ls', '-q', `localhost/${id}/*`)).trim();
}
