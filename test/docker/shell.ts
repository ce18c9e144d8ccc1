import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const DOCKER = new URL('../../docker/', import.meta.url).pathname;

export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'docker-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * A script of `docker/` with `/run/secrets` and `/migrations` moved below a folder. The paths are fixed in the script,
 * because a variable for them would be one more thing to set wrongly; moving them needs no root, as a mount would.
 */
export function moved(name: string, dir: string): string {
  const path = join(dir, name);
  const text = readFileSync(join(DOCKER, name), 'utf8');
  writeFileSync(
    path,
    text
      .replaceAll('/run/secrets', `${dir}/secrets`)
      .replaceAll('/migrations', `${dir}/migrations`)
      .replaceAll('/tmp/script.sql', `${dir}/script.sql`),
    { mode: 0o755 },
  );
  return path;
}

export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with this environment and nothing else of ours; `onOutput` may send it a signal. */
export function run(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(argv[0], argv.slice(1), {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += String(chunk);
    onOutput(said.stdout, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, ...said })));
}
