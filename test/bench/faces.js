// The build screen while a build writes fast: time from a key to the frame that answers it, and memory. The product runs
// whole on a real terminal: runner, decoder, folds and screen; only `docker` is a program of ours that plays BuildKit.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import { read } from './measure.js';

const LIMIT_MS = 300_000;
/** Keys, and what only the frame that answers them has. */
const KEYS = [
  [' ', 'space follow'],
  [' ', 'space pause'],
  ['/', 'type to search'],
  ['z', ' lines '],
  ['\u007F', 'type to search'],
  ['\u007F', 'space pause'],
];

/** The value below which this share of them lies. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}

/** The product on a terminal; `shows` resolves with the time at which a text came after it was asked for. */
function onTerminal(argv, env, { columns, rows }) {
  const terminal = pty.spawn(argv[0], argv.slice(1), { name: 'xterm-256color', cols: columns, rows, env });
  let seen = '';
  let wanted;
  terminal.onData((chunk) => {
    seen = `${seen}${chunk}`.slice(-200_000);
    if (wanted && seen.includes(wanted.text)) {
      wanted.resolve(performance.now());
      wanted = undefined;
    }
  });
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  const shows = (text, act = () => undefined) => {
    seen = '';
    const shown = new Promise((resolve, reject) => {
      wanted = { text, resolve };
      setTimeout(() => reject(new Error(`"${text}" was not shown: ${seen.slice(-2000)}`)), 20_000).unref();
    });
    act();
    return shown;
  };
  return { terminal, shows, ended, text: () => seen };
}

async function pressed({ terminal, shows }, times) {
  for (const [key, answer] of KEYS) {
    await wait(30 + Math.random() * 120);
    let begin = 0;
    const at = await shows(answer, () => {
      begin = performance.now();
      terminal.write(key);
    });
    times.push(at - begin);
  }
}

/** One run: so many lines at such a rate, keys all the while. */
async function run(cli, scratch, env, { rate, lines, burst = 0, size }) {
  const stats = join(scratch, `stats-${rate}-${lines}`);
  rmSync(stats, { force: true });
  const figures = {
    FACES_RATE: String(rate),
    FACES_LINES: String(lines),
    FACES_BURST: String(burst),
    FACES_STATS: stats,
  };
  const argv = [...cli, 'build', '--dir', join(scratch, 'sample')];
  const screen = onTerminal(argv, { ...env, ...figures }, size);
  const times = [];
  const memory = [];
  try {
    await Promise.race([
      screen.shows('space pause'),
      screen.ended.then(() => {
        throw new Error(`the build ended before it was shown: ${screen.text().slice(-2000)}`);
      }),
    ]);
    const begin = performance.now();
    while (!existsSync(stats)) {
      if (performance.now() - begin > LIMIT_MS) throw new Error('the build did not end in time');
      await pressed(screen, times);
      memory.push(memoryOf(screen.terminal.pid).now);
    }
    const reached = JSON.parse(readFileSync(stats, 'utf8'));
    await wait(500);
    const most = memoryOf(screen.terminal.pid);
    writeFileSync(stats, 'end');
    await screen.ended;
    return { times, memory: [...memory, most.now], most: most.most, reached: reached.rate };
  } finally {
    screen.terminal.kill('SIGKILL');
  }
}

function told(what, { times, memory, most, reached }) {
  const [p50, p95, max] = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
  console.log(
    `${what.padEnd(44)} ${Math.round(reached).toLocaleString('en').padStart(8)} lines/s reached   ` +
      `key to frame p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, max ${max.toFixed(0)} ms (${times.length} keys)   ` +
      `memory ${Math.max(...memory).toFixed(0)} MB, peak ${most.toFixed(0)} MB`,
  );
}

/** Prints the figures of the build screen; `scratch` is a folder of ours. */
export async function faces(cli, scratch) {
  const bin = join(scratch, 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(fileURLToPath(new URL('faces/docker.js', import.meta.url)), join(bin, 'docker'));
  writeFileSync(join(bin, 'package.json'), '{"type":"module"}');
  chmodSync(join(bin, 'docker'), 0o755);
  const home = (name) => join(scratch, 'faces', name);
  const env = {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    HOME: home('home'),
    XDG_DATA_HOME: home('data'),
    XDG_CONFIG_HOME: home('config'),
    XDG_STATE_HOME: home('state'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
  };
  read([...cli, 'try', 'sample', '--yes', '--no-start'], { env, cwd: scratch });
  console.log(`build screen, ${cpus().length} cores for the product, the playing program and the terminal together`);
  const size = { columns: 120, rows: 40 };
  told('20,000 lines/s, 300,000 lines', await run(cli, scratch, env, { rate: 20_000, lines: 300_000, size }));
  told(
    '50,000 lines/s, a second on, a second off',
    await run(cli, scratch, env, { rate: 50_000, lines: 300_000, burst: 1000, size }),
  );
  told(
    'as fast as it is read, 1,000,000 lines',
    await run(cli, scratch, env, { rate: 10_000_000, lines: 1_000_000, size }),
  );
}
