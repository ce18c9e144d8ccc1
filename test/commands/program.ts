import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { NOBODY } from '../support/nobody.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** Inside the repository: the program looks for its templates in the folders above it. */
const CACHE = join(ROOT, 'node_modules', '.cache');

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bundle that ships, made once in a folder of its own; `remove` takes it away. */
export function bundle() {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'bundle-'));
  execFileSync(process.execPath, [join(ROOT, 'bin/bundle.js'), folder]);
  // As bin/trading-setup.js does.
  const start = `const { load } = createRequire(import.meta.url)('./load.js');
const args = process.argv.slice(2);
load('ahead.js').startAhead(args);
await load('main.js').main(args);
`;
  writeFileSync(join(folder, 'start.mjs'), `import { createRequire } from 'node:module';\n${start}`);
  return {
    /** For a test that runs it on a terminal. */
    start: join(folder, 'start.mjs'),
    run: (args: readonly string[], options: Parameters<typeof run>[2] = {}) =>
      run(join(folder, 'start.mjs'), args, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs it without a terminal, without an engine and with a home of its own. */
function run(
  start: string,
  args: readonly string[],
  {
    home = temporary(),
    cwd = home,
    input = '',
    env = {},
  }: { home?: string; cwd?: string; input?: string; env?: Record<string, string> } = {},
): Promise<Said> {
  const child = spawn(process.execPath, [start, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: home, DOCKER_HOST: `unix://${home}/no-engine.sock`, ...NOBODY, ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
  child.stdin.end(input);
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? -1, ...said })));
}

/** A folder that is gone after the test. */
export function temporary(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'program-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
