import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface How {
  readonly cwd?: string;
  readonly stdin?: string;
  /** undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For a caller that wants to see it as it comes. */
  readonly onStdout?: (chunk: string) => void;
}

function fromRunner(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start the live tests with npm run live`);
  return value;
}

/** The folder of this run. */
export const LIVE = fromRunner('TRADING_SETUP_LIVE');
/** The program as it is published, installed by npm. */
export const CLI = fromRunner('TRADING_SETUP_CLI');
export const TARBALL = fromRunner('TRADING_SETUP_TARBALL');
export const REPOSITORY = join(import.meta.dirname, '../../..');

/** The folder with everything that trading-setup said in this run, for the search for secrets. */
export const OUTPUTS = join(LIVE, 'outputs');

/** Runs a program without a terminal; a non-zero exit is a result. */
export function run(argv: readonly string[], how: How = {}): Promise<Ran> {
  const started = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      cwd: how.cwd ?? LIVE,
      env: { ...process.env, ...how.env },
      stdio: [how.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text.stdout += chunk;
      how.onStdout?.(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text.stderr += chunk;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? -1, ...text, seconds: (performance.now() - started) / 1000 }));
    child.stdin?.end(how.stdin);
  });
}

/** Runs a program that has to succeed and gives its output. */
export async function must(argv: readonly string[], how: How = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, how);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

export function docker(...args: readonly string[]): Promise<string> {
  return must(['docker', ...args]);
}

/** Runs trading-setup; what it says is kept for the search for secrets, but for `secrets reveal`. */
export async function cli(args: readonly string[], how: How = {}): Promise<Ran> {
  const ran = await run([process.execPath, CLI, ...args], how);
  if (!args.includes('reveal')) {
    mkdirSync(OUTPUTS, { recursive: true });
    appendFileSync(join(OUTPUTS, `${args[0]}.log`), ran.stdout + ran.stderr);
  }
  return ran;
}
