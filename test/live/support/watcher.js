// node watcher.js FOLDER: until SIGTERM, keeps in FOLDER what passes by and is gone at once: the arguments of every process
// of this machine and the environments of docker's clients, looked at every few milliseconds; what the engine broadcasts;
// what `docker inspect` shows of every container that is created. A process of its own, so that nothing else delays it.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD_MS = 8;
/** A process is read at every look while it is so young: it may still become another program. Later now and then. */
const YOUNG_MS = 300;
const NOW_AND_THEN = 40;
const CLIENT = /^docker(?:-compose|-buildx)?$|\/docker(?:-compose|-buildx)?$/;

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const files = {
  arguments: openSync(join(folder, 'arguments'), 'a'),
  environments: openSync(join(folder, 'environments'), 'a'),
};
const seen = { arguments: new Set(), environments: new Set() };
const gaps = [];
let looks = 0;
let clients = 0;
let last = performance.now();

function keep(kind, bytes) {
  const key = bytes.toString('latin1');
  if (bytes.length === 0 || seen[kind].has(key)) return false;
  seen[kind].add(key);
  appendFileSync(files[kind], Buffer.concat([bytes, Buffer.from('\n')]));
  return true;
}

let known = new Map();

function look() {
  const begin = performance.now();
  const before = known;
  known = new Map();
  for (const name of readdirSync('/proc')) {
    const code = name.charCodeAt(0);
    if (code < 48 || code > 57) continue;
    const since = before.get(name) ?? begin;
    known.set(name, since);
    if (begin - since > YOUNG_MS && (looks + Number(name)) % NOW_AND_THEN !== 0) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`);
      if (words.length === 0) continue;
      keep('arguments', words);
      const program = words.subarray(0, words.indexOf(0)).toString();
      if (CLIENT.test(program) && keep('environments', readFileSync(`/proc/${name}/environ`))) clients += 1;
    } catch {
      // It ended in this moment.
    }
  }
  looks += 1;
  const now = performance.now();
  gaps.push(now - last);
  last = now;
}

const events = openSync(join(folder, 'events'), 'a');
const inspected = openSync(join(folder, 'inspected'), 'a');
const running = new Set();
let broadcast = 0;
let inspections = 0;

function start(argv, stdio) {
  const child = spawn(argv[0], argv.slice(1), { stdio });
  running.add(child);
  child.on('close', () => running.delete(child));
  child.on('error', () => running.delete(child));
  return child;
}

const follower = start(['docker', 'events', '--format', '{{json .}}'], ['ignore', 'pipe', 'ignore']);
let rest = '';
follower.stdout.setEncoding('utf8').on('data', (chunk) => {
  appendFileSync(events, chunk);
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    broadcast += 1;
    const { Type: type, Action: action, id } = JSON.parse(line);
    if (type !== 'container' || action !== 'create') continue;
    inspections += 1;
    start(['docker', 'container', 'inspect', id], ['ignore', inspected, 'ignore']);
  }
});

const timer = setInterval(look, PERIOD_MS);
look();
writeFileSync(join(folder, 'ready'), String(process.pid));

process.on('SIGTERM', () => {
  clearInterval(timer);
  look();
  for (const child of running) child.kill('SIGTERM');
  gaps.shift();
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const stats = {
    looks,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    processes: seen.arguments.size,
    clients,
    events: broadcast,
    inspections,
  };
  writeFileSync(join(folder, 'stats.json'), JSON.stringify(stats));
  for (const file of [...Object.values(files), events, inspected]) closeSync(file);
  process.exit(0);
});
