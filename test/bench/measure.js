// How things are measured: the two sides take turns in one run, and the ratio of their medians is the figure.
import { spawn, spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import pty from '@lydell/node-pty';

const LIMIT_MS = 30_000;

/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs a program to its end; milliseconds. Anything but the expected exit code ends the bench. */
export async function timed(argv, options = {}) {
  const { expected = 0, ...rest } = options;
  const begin = performance.now();
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], ...rest });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-4000);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== expected) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
  return performance.now() - begin;
}

/** Milliseconds from the start of a program on a real terminal until `text` is on it; then it gets Ctrl-C. */
export async function untilShown(argv, text, options = {}) {
  const begin = performance.now();
  const terminal = pty.spawn(argv[0], argv.slice(1), { cols: 80, rows: 24, ...options });
  let seen = '';
  const at = await new Promise((resolve, reject) => {
    setTimeout(
      () => reject(new Error(`"${text}" was not shown within ${LIMIT_MS} ms: ${seen.slice(-500)}`)),
      LIMIT_MS,
    ).unref();
    terminal.onData((chunk) => {
      seen += chunk;
      if (seen.includes(text)) resolve(performance.now());
    });
    terminal.onExit(() => reject(new Error(`${argv.join(' ')} ended before "${text}" was shown: ${seen.slice(-500)}`)));
  });
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  terminal.write('\u0003');
  await ended;
  return at - begin;
}

/** Both sides in turns, so that a slow minute of the machine hits both. */
export async function compare(rounds, ours, theirs) {
  const sides = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    sides.theirs.push(await theirs(round));
    sides.ours.push(await ours(round));
  }
  const [mine, other] = [median(sides.ours), median(sides.theirs)];
  return { ours: mine, theirs: other, ratio: mine / other, rounds };
}

/** Output of a program that has to succeed. */
export function read(argv, options = {}) {
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return stdout.trim();
}
