// How things are measured: the two sides take turns in one run, and the ratio of their medians is the figure.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/**
 * A program on a real terminal until `isThere` finds on it what it waits for; then it gets Ctrl-C.
 * @returns milliseconds from its start, and the memory that it had until then, in MiB (Linux; else NaN).
 */
export async function shown(argv, isThere, options = {}) {
  const begin = performance.now();
  const terminal = pty.spawn(argv[0], argv.slice(1), { cols: 80, rows: 24, ...options });
  let seen = '';
  const found = await new Promise((resolve, reject) => {
    const late = () => {
      terminal.kill();
      reject(new Error(`not shown within ${LIMIT_MS} ms: ${seen.slice(-1500)}`));
    };
    const timer = setTimeout(late, LIMIT_MS);
    terminal.onData((chunk) => {
      seen += chunk;
      if (!isThere(seen)) return;
      clearTimeout(timer);
      resolve({ ms: performance.now() - begin, mib: memoryOf(terminal.pid) });
    });
    terminal.onExit(() => reject(new Error(`${argv.join(' ')} ended before it was shown: ${seen.slice(-1500)}`)));
  });
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  terminal.write('\u0003');
  await ended;
  return found;
}

/** Milliseconds until a text is on a real terminal. */
export async function untilShown(argv, text, options = {}) {
  return (await shown(argv, (seen) => seen.includes(text), options)).ms;
}

/** The largest resident size of a process so far. */
function memoryOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
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
